"""Reads the parameters of the HTTP request being handled, from its URL and its form."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from tap.errors import AddressTooLongError, MediaTypeError, TooLargeError, UsageError
from tap.parameters import Parameters

if TYPE_CHECKING:
    from flask import Response

_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"

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


def read_pairs(limit: int) -> list[tuple[str, str]]:
    """Collect the names and values of a GET or POST, as :func:`read_parameters` does."""
    if len(request.query_string) > limit:
        raise AddressTooLongError("The URL is too long. Send the parameters by POST.")
    request.max_content_length = limit
    request.max_form_memory_size = limit
    pairs = _decoded(request.query_string, "URL")
    if request.method == "POST" and (request.content_length or _is_chunked()):
        pairs += _form_pairs(limit)
    return pairs


def _is_chunked() -> bool:
    """Whether the body comes in chunks, as STILTS sends uploads: its length is not told."""
    return "chunked" in request.headers.get("Transfer-Encoding", "").lower()


def _form_pairs(limit: int) -> list[tuple[str, str]]:
    try:
        if request.mimetype == _URLENCODED:
            return _decoded(request.get_data(), "form")
        if request.mimetype == _MULTIPART:
            return _multipart_pairs()
    except RequestEntityTooLarge as error:
        raise TooLargeError(
            f"The request is larger than the {limit} bytes this service reads."
        ) from error
    raise MediaTypeError(
        f"The body of the request is no form. Send the parameters as {_URLENCODED} or {_MULTIPART}."
    )


def _multipart_pairs() -> list[tuple[str, str]]:
    """Read the fields; bytes that are no UTF-8 become U+FFFD, which Parameters refuses."""
    pairs = list(request.form.items(multi=True))
    if not pairs and not request.files:
        raise UsageError("The parts of the multipart/form-data body cannot be read.")
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
    """Let scripts of any web page read the answer, without the user's credentials."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.update(["Authorization", "Cookie"])
    return response
