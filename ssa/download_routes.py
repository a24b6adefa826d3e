"""HTTP side of the downloads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from ssa.download_service import (
    DownloadError,
    NotReleasedError,
    UnavailableError,
    UnknownProductError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from schemas.session import Caller
    from ssa.download_service import DownloadService

_STATUS: Final[dict[type[DownloadError], int]] = {
    UnknownProductError: 404,
    NotReleasedError: 403,
    UnavailableError: 503,
}

_ONE_RANGE: Final = re.compile(r"bytes=(?:(\d+)-(\d*)|-(\d+))")
"""The only form of Range that is served by a part of the file."""

_PRECONDITION: Final = 412


def blueprint(service: DownloadService, current_caller: Callable[[], Caller]) -> Blueprint:
    """Make the blueprint that gives out products below ``/products``.

    HEAD, ranges (RFC 9110, section 14) and conditions on the strong ETag, which
    is the file's SHA-256, are answered by Werkzeug.
    """
    routes = Blueprint("products", __name__)

    @routes.get("/products/<path:path>")
    def product(path: str) -> Response:
        download = service.find(path, current_caller())
        stored = download.stored
        _simplify_range(stored.size)
        if _has_changed(stored.published_at):
            return _precondition_failed()
        response = send_file(
            download.path,
            mimetype=stored.media_type,
            as_attachment=True,
            download_name=stored.file_name,
            etag=stored.sha256,
            last_modified=stored.published_at,
            conditional=True,
        )
        if response.status_code == _PRECONDITION:
            # Werkzeug would send the file along.
            response.close()
            return _precondition_failed()
        return response

    @routes.errorhandler(DownloadError)
    def refuse(error: DownloadError) -> Response:
        status = _STATUS[type(error)]
        headers = {"Retry-After": "600"} if status == 503 else {}  # noqa: PLR2004 - as in _STATUS
        return Response(f"{error}.\n", status, headers, content_type="text/plain; charset=utf-8")

    @routes.errorhandler(RequestedRangeNotSatisfiable)
    def outside(error: RequestedRangeNotSatisfiable) -> Response:
        text = f"The range lies outside the file, which has {error.length} bytes.\n"
        headers = {"Content-Range": f"bytes */{error.length}"}
        return Response(text, 416, headers, content_type="text/plain; charset=utf-8")

    return routes


def _simplify_range(size: int) -> None:
    """Leave of a Range what Werkzeug serves rightly (RFC 9110, section 14).

    Several ranges, another unit, or an end before the beginning: the whole is
    given. A suffix longer than the file is the whole file.
    """
    found = _ONE_RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    first, last, suffix = found.groups() if found else (None, None, None)
    if found is None or (first and last and int(first) > int(last)):
        request.environ.pop("HTTP_RANGE", None)
    elif suffix and int(suffix) > size:
        request.environ["HTTP_RANGE"] = "bytes=0-"


def _has_changed(published_at: datetime) -> bool:
    """Evaluate If-Unmodified-Since, which If-Match overrides (RFC 9110, section 13.1.4)."""
    since = request.if_unmodified_since
    if since is None or request.if_match:
        return False
    return published_at.replace(microsecond=0, tzinfo=since.tzinfo) > since


def _precondition_failed() -> Response:
    text = "The file is not in the state the request asks for.\n"
    return Response(text, _PRECONDITION, content_type="text/plain; charset=utf-8")
