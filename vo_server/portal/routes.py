"""HTTP side of the pages for people."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, render_template, request

from tap.errors import ServiceError
from vo_server.portal.examples import FRONT_EXAMPLES, SSA_QUERY, run_query, sync_query
from vo_server.portal.service import DatabaseUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.exceptions import HTTPException

    from schemas.session import Caller
    from vo_server.portal.service import PortalService

_log = logging.getLogger(__name__)

_TITLES: Final = {
    400: "This cannot be done",
    401: "Please log in",
    403: "Not allowed",
    404: "There is nothing here",
    409: "This cannot be done",
    410: "This is gone",
    429: "Too fast",
}
"""What stands above the text of an error that is told in words of its own."""

_MESSAGES: Final = {
    404: (
        "This page is not here",
        "There is nothing at this address. Perhaps it was mistyped, or the link is out of date.",
    ),
    405: (
        "Not this way",
        "This address does not take requests of this method.",
    ),
    500: (
        "Something went wrong here",
        "The fault is on our side and has been logged. Try again in a moment.",
    ),
    503: (
        "The database does not answer",
        "The light curves are out of reach at the moment. Try again in a few minutes.",
    ),
}


def register(app: Flask, service: PortalService, current_caller: Callable[[], Caller]) -> None:
    """Give an application the front page and the error pages."""
    app.register_blueprint(blueprint(service, current_caller))


def blueprint(service: PortalService, current_caller: Callable[[], Caller]) -> Blueprint:
    """Make the blueprint of the front page and of the application's error pages.

    Parameters
    ----------
    service
        Gives the pages their contents.
    current_caller
        Tells who sent the request being answered.
    """
    routes = Blueprint(
        "portal",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/assets",
    )
    # Links are relative to the host, so that pages work under any of its names.
    common = {
        "base_url": service.identity.base_url,
        "root": urlsplit(service.identity.base_url).path,
        "publisher": service.publisher,
    }

    @routes.get("/")
    def front_page() -> str:
        return render_template(
            "portal/front.html",
            overview=service.overview(current_caller()),
            examples=FRONT_EXAMPLES,
            ssa_query=SSA_QUERY,
            sync_query=sync_query,
            run_query=run_query,
            **common,
        )

    def error_page(status: int) -> Response:
        return told(status, *_MESSAGES[status])

    def told(status: int, title: str, text: str) -> Response:
        if not _is_for_browser():
            # A program asks: a line says it all.
            return Response(f"{title}. {text}\n", status, content_type="text/plain; charset=utf-8")
        page = render_template("portal/error.html", status=status, title=title, text=text, **common)
        return make_response(page, status)

    @routes.app_errorhandler(HTTPStatus.NOT_FOUND)
    @routes.app_errorhandler(HTTPStatus.METHOD_NOT_ALLOWED)
    @routes.app_errorhandler(HTTPStatus.INTERNAL_SERVER_ERROR)
    def http_error(error: HTTPException) -> Response:
        response = error_page(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        response.headers.extend(
            (name, value) for name, value in error.get_headers() if name == "Allow"
        )
        return response

    @routes.app_errorhandler(ServiceError)
    def service_error(error: ServiceError) -> Response:
        if _is_for_browser():
            title = _TITLES.get(error.status, "This did not work")
            response = told(error.status, title, str(error))
        else:
            text = f"{error}\n"
            response = Response(text, error.status, content_type="text/plain; charset=utf-8")
        response.headers.update(error.headers)
        return response

    @routes.errorhandler(DatabaseUnavailableError)
    def database_error(error: DatabaseUnavailableError) -> Response:
        _log.error("the front page could not be counted", exc_info=error)
        return error_page(HTTPStatus.SERVICE_UNAVAILABLE)

    return routes


def _is_for_browser() -> bool:
    return "text/html" in request.headers.get("Accept", "")
