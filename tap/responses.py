"""What all answers of the service have in common, queries' and jobs' alike."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.exceptions import HTTPException

from resources.capabilities import TAP_ID
from schemas.session import PUBLIC
from tap.errors import MethodNotAllowedError, UsageError, service_error
from tap.formats import VOTABLE_TYPE
from tap.votable import Info, error_votable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import timedelta

    from schemas.session import Caller
    from tap.answer import AnswerStream

ALL_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Registered for every URL, so that a refused method gets an error that clients can read."""


def checked(view: Callable[..., Response], methods: tuple[str, ...]) -> Callable[..., Response]:
    """Let only some methods through to a view, and answer OPTIONS."""

    def guarded(**arguments: str) -> Response:
        if request.method == "OPTIONS":
            return Response(status=204, headers={"Allow": ", ".join(methods)})
        if request.method not in methods:
            allowed = tuple(method for method in methods if method != "OPTIONS")
            raise MethodNotAllowedError(
                f"{request.method} is not possible here. Use {' or '.join(allowed)}.", allowed
            )
        return view(**arguments)

    return guarded


def failed(error: Exception, limit: timedelta) -> Response:
    """Tell an error as a VOTable (DALI 1.1, section 4.2).

    Parameters
    ----------
    error
        Any exception.
    limit
        The time limit in force, for the message about it.
    """
    told = service_error(_own_error(error), limit)
    return Response(error_document(str(told)), told.status, told.headers, content_type=VOTABLE_TYPE)


def error_document(message: str) -> bytes:
    """Write what went wrong as a VOTable."""
    return error_votable(message, infos=[Info("standardID", TAP_ID)])


def xml(document: bytes, caller: Caller = PUBLIC) -> Response:
    """Answer with an XML document."""
    response = Response(document, content_type="application/xml;charset=utf-8")
    return private(response, caller)


def private(response: Response, caller: Caller) -> Response:
    """Keep what a person is told out of shared caches."""
    if caller.principal:
        response.headers["Cache-Control"] = "private"
    return response


class Unframed:
    """A stream whose end is that of the connection, as in HTTP/1.0 (RFC 9112, section 6.3).

    Where it fails, the connection is reset: one that is closed in good order
    means that this was all. In HTTP/1.1 the last chunk is missing then.

    Parameters
    ----------
    body
        The stream.
    client
        The connection it goes to.
    """

    def __init__(self, body: AnswerStream, client: socket.socket) -> None:
        self._body = body
        self._client = client

    def __iter__(self) -> Iterator[bytes]:
        """Walk the parts."""
        try:
            yield from self._body
        except Exception:
            with suppress(OSError):
                # Lingering for no time at all is what makes close() a reset.
                at_once = struct.pack("ii", 1, 0)
                self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
                self._client.close()
            raise

    def close(self) -> None:
        """End the query, as the stream itself does."""
        self._body.close()


def _own_error(error: Exception) -> Exception:
    """Turn an HTTP error of the framework's into one of ours; others pass."""
    if isinstance(error, HTTPException):
        return UsageError("The request is malformed and could not be read.")
    return error
