"""Answers that are a file of the storage, or a part of it."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from tap.errors import RangeError
from tap.ranges import PRECONDITION_FAILED, has_changed, precondition_failed, simplify_range

if TYPE_CHECKING:
    from datetime import datetime


def file_response(
    content: IO[bytes], size: int, media_type: str, etag: str, changed: datetime | None = None
) -> Response:
    """Give a file, or what the request's ranges and conditions leave of it.

    Parameters
    ----------
    content
        The file, which is closed when it was sent.
    size
        Its bytes.
    media_type
        Content-Type of the answer.
    etag
        Strong validator, without quotes.
    changed
        When it was last changed, in UTC.

    Raises
    ------
    RangeError
        If the range lies outside.
    """
    simplify_range(size)
    if changed is not None and has_changed(changed):
        content.close()
        return precondition_failed()
    response = Response(
        wrap_file(request.environ, content), content_type=media_type, direct_passthrough=True
    )
    response.content_length = size
    response.set_etag(etag)
    response.last_modified = changed
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable as error:
        response.close()
        raise RangeError(size) from error
    if response.status_code == PRECONDITION_FAILED:
        # Werkzeug would send the file along.
        response.close()
        return precondition_failed()
    return response
