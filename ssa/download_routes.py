"""HTTP side of the downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from ssa.download_service import (
    DownloadError,
    NotReleasedError,
    UnavailableError,
    UnknownProductError,
)
from tap.errors import ServiceError
from tap.ranges import (
    PRECONDITION_FAILED,
    has_changed,
    precondition_failed,
    simplify_range,
)
from tap.requests import open_to_pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.session import Caller
    from ssa.download_quota import DownloadQuota
    from ssa.download_service import DownloadService

_STATUS: Final[dict[type[DownloadError], int]] = {
    UnknownProductError: 404,
    NotReleasedError: 403,
    UnavailableError: 503,
}

_SENDING: Final = (200, 206)


def blueprint(
    service: DownloadService,
    current_caller: Callable[[], Caller],
    current_address: Callable[[], str] = lambda: request.remote_addr or "",
    quota: DownloadQuota | None = None,
) -> Blueprint:
    """Make the blueprint that gives out products below ``/products``.

    Parameters
    ----------
    service
        Finds the files.
    current_caller
        Tells who makes the request being handled.
    current_address
        Tells from where; absent: the other end of the connection.
    quota
        Counts downloads; absent: nobody does.

    Notes
    -----
    HEAD, ranges (RFC 9110, section 14) and conditions on the strong ETag, which
    is the file's SHA-256, are answered by Werkzeug.
    """
    routes = Blueprint("products", __name__)

    @routes.get("/products/<path:path>")
    def product(path: str) -> Response:
        download = service.find(path, current_caller())
        stored = download.stored
        simplify_range(stored.size)
        if has_changed(stored.published_at):
            return precondition_failed()
        response = send_file(
            download.path,
            mimetype=stored.media_type,
            as_attachment=True,
            download_name=stored.file_name,
            etag=stored.sha256,
            last_modified=stored.published_at,
            conditional=True,
        )
        if response.status_code == PRECONDITION_FAILED:
            # Werkzeug would send the file along.
            response.close()
            return precondition_failed()
        if quota is not None and request.method == "GET" and response.status_code in _SENDING:
            began = not response.content_range.start
            try:
                quota.spend(
                    current_caller(),
                    current_address(),
                    files=int(began),
                    size=response.content_length or 0,
                )
            except BaseException:
                response.close()
                raise
        return response

    @routes.errorhandler(ServiceError)
    def tell(error: ServiceError) -> Response:
        content_type = "text/plain; charset=utf-8"
        return Response(f"{error}\n", error.status, error.headers, content_type=content_type)

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

    # What a VO search finds, a script that runs it can fetch.
    routes.after_request(open_to_pages)
    return routes
