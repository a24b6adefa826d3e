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

    from schemas.session import Caller
    from ssa.download_service import DownloadService

_STATUS: Final[dict[type[DownloadError], int]] = {
    UnknownProductError: 404,
    NotReleasedError: 403,
    UnavailableError: 503,
}

_ONE_RANGE: Final = re.compile(r"bytes=(\d+-\d*|-\d+)")
"""The only form of Range that is served by a part of the file."""


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
        if not _ONE_RANGE.fullmatch(request.headers.get("Range", "").replace(" ", "")):
            # Several ranges, or another unit: a server may give the whole (RFC 9110, 14.2).
            request.environ.pop("HTTP_RANGE", None)
        return send_file(
            download.path,
            mimetype=stored.media_type,
            as_attachment=True,
            download_name=stored.file_name,
            etag=stored.sha256,
            last_modified=stored.published_at,
            conditional=True,
        )

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
