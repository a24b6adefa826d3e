"""Reads the HTTP request being handled: parameters of its URL and form, and files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from tap.errors import AddressTooLongError, MediaTypeError, TooLargeError, UsageError
from tap.parameters import Parameters
from tap.uploads.model import InlineFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response

_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"

_BOUNDARY = re.compile(r"boundary=([^\s;,\"]{1,70})(?=[\s;,]|$)", re.IGNORECASE)

_MOST_FIELDS = 10_000
"""Parameters in one request; more are an attack on the parser."""


def read_parameters(limit: int) -> Parameters:
    """Collect the parameters of a GET or POST (DALI 1.1, section 3).

    Parameters
    ----------
    limit
        Size in bytes that neither URL nor body may exceed.

    Raises
    ------
    ServiceError
        If one of them is too long or cannot be read, or the body is no form.
    """
    return Parameters(read_pairs(limit))


def read_request(limit: int, file_limit: int) -> tuple[Parameters, Mapping[str, InlineFile]]:
    """Collect the parameters of a GET or POST, and the files that come with them.

    Parameters
    ----------
    limit
        Size in bytes that neither URL nor the parameters in the body may exceed.
    file_limit
        Size in bytes that all files together may have.

    Returns
    -------
    tuple
        The parameters, and the parts of a multipart body that are files by
        their names (DALI 1.1, section 3.4.5). They are closed with the request.

    Raises
    ------
    ServiceError
        If one of them is too long or cannot be read, or the body is no form.
    """
    pairs, files = read_inputs(limit, file_limit)
    return Parameters(pairs), files


def read_inputs(limit: int, file_limit: int) -> tuple[list[tuple[str, str]], dict[str, InlineFile]]:
    """Collect names and values, and files, as :func:`read_request` does."""
    multipart = request.mimetype == _MULTIPART
    if multipart:
        _find_boundary()
    pairs = read_pairs(limit, limit + file_limit if multipart else limit)
    files = {
        name: InlineFile(part.stream, part.content_type or "")
        for name, part in (request.files.items() if multipart else ())
    }
    return pairs, files


def read_pairs(limit: int, body_limit: int | None = None) -> list[tuple[str, str]]:
    """Collect the names and values of a GET or POST, as :func:`read_parameters` does.

    A body that may hold files may be larger than ``limit``.
    """
    if len(request.query_string) > limit:
        raise AddressTooLongError("The URL is too long. Send the parameters by POST.")
    body_limit = body_limit or limit
    request.max_content_length = body_limit
    request.max_form_memory_size = limit
    pairs = _decoded(request.query_string, "URL")
    if request.method == "POST" and (request.content_length or _is_chunked()):
        pairs += _form_pairs(limit, body_limit)
    return pairs


def _find_boundary() -> None:
    """Find a boundary that ought to stand in quotes; astroquery's holds ``=``."""
    found = _BOUNDARY.search(request.content_type or "")
    if found and not request.mimetype_params.get("boundary"):
        request.mimetype_params["boundary"] = found[1]


def read_body(limit: int) -> bytes:
    """Read a body that is one value and nothing else, as in a PUT.

    Raises
    ------
    ServiceError
        If it is too long.
    """
    request.max_content_length = limit
    try:
        return request.get_data()
    except RequestEntityTooLarge as error:
        raise TooLargeError(
            f"The request is larger than the {limit} bytes this service reads."
        ) from error


def _is_chunked() -> bool:
    """Whether the body comes in chunks, as STILTS sends uploads: its length is not told."""
    return "chunked" in request.headers.get("Transfer-Encoding", "").lower()


def _form_pairs(limit: int, body_limit: int) -> list[tuple[str, str]]:
    try:
        if request.mimetype == _URLENCODED:
            return _decoded(request.get_data(), "form")
        if request.mimetype == _MULTIPART:
            return _multipart_pairs()
    except RequestEntityTooLarge as error:
        files = f", or with its files than {body_limit} bytes" if body_limit > limit else ""
        raise TooLargeError(
            f"The request is larger than the {limit} bytes this service reads{files}."
        ) from error
    raise MediaTypeError(
        f"The body of the request is no form. Send the parameters as {_URLENCODED} or {_MULTIPART}."
    )


def _multipart_pairs() -> list[tuple[str, str]]:
    """Read the fields; bytes that are no UTF-8 become U+FFFD, which Parameters refuses."""
    pairs = list(request.form.items(multi=True))
    if not pairs and not request.files:
        raise UsageError("The parts of the multipart/form-data body cannot be read.")
    if None in request.form or None in request.files:
        raise UsageError("A part of the multipart/form-data body has no name.")
    return pairs


def _decoded(encoded: bytes, place: str) -> list[tuple[str, str]]:
    """Decode names and values strictly, where the framework would leave bad text as it is."""
    try:
        return parse_qsl(
            encoded.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except UnicodeDecodeError as error:
        raise UsageError(f"The parameters in the {place} are not valid UTF-8 text.") from error
    except ValueError as error:
        raise UsageError(f"The {place} has more than {_MOST_FIELDS} parameters.") from error


def open_to_pages(response: Response) -> Response:
    """Let scripts of any web page read the answer, without the user's credentials.

    A browser asks by OPTIONS first what it may send (Fetch standard, section 3.2).
    """
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "*"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
        response.headers["Access-Control-Allow-Headers"] = "*"
    response.vary.update(["Authorization", "Cookie"])
    return response
