"""TAP over HTTP: requests in, responses out, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from resources.capabilities import TAP_ID
from tap.errors import (
    MethodNotAllowedError,
    NotFoundError,
    UsageError,
    service_error,
)
from tap.formats import VOTABLE_TYPE
from tap.page import service_page
from tap.parameters import shown
from tap.requests import open_to_pages, read_parameters
from tap.votable import Info, error_votable

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.session import Caller
    from tap.parameters import Parameters
    from tap.service import TapService

_READING = ("GET", "HEAD", "OPTIONS")
_QUERYING = ("GET", "HEAD", "POST", "OPTIONS")
_ALL_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Registered for every URL, so that a refused method gets an error that clients can read."""


def blueprint(service: TapService, current_caller: Callable[[], Caller]) -> Blueprint:
    """Mount a TAP service at ``/tap``.

    Parameters
    ----------
    service
        Answers the requests.
    current_caller
        Tells who makes the request being handled.
    """
    made = Blueprint(
        "tap", __name__, url_prefix="/tap", static_folder="assets", static_url_path="/assets"
    )
    views = _Views(service, current_caller)
    for rules, view, methods in (
        (("", "/"), views.page, _READING),
        (("/sync",), views.sync, _QUERYING),
        (("/capabilities",), views.capabilities, _READING),
        (("/availability",), views.availability, _READING),
        (("/tables",), views.tables, _READING),
        (("/tables/<path:name>",), views.table, _READING),
        (("/<path:path>",), views.absent, _ALL_METHODS),
    ):
        checked = _checked(view, methods)
        for rule in rules:
            made.add_url_rule(
                rule,
                endpoint=view.__name__,
                view_func=checked,
                methods=_ALL_METHODS,
                provide_automatic_options=False,
            )
    made.register_error_handler(Exception, views.failed)
    made.after_request(open_to_pages)
    return made


class _Views:
    """One method for each URL."""

    def __init__(self, service: TapService, current_caller: Callable[[], Caller]) -> None:
        self._service = service
        self._current_caller = current_caller

    def _parameters(self) -> Parameters:
        return read_parameters(self._service.limits.request_bytes)

    def page(self) -> Response:
        page = service_page(self._service.url, self._service.catalogue)
        return Response(page, content_type="text/html;charset=utf-8")

    def sync(self) -> Response:
        caller = self._current_caller()
        # Where the web server lets us see the connection, a hang-up is noticed in silence too.
        client = request.environ.get("gunicorn.socket")
        answer = self._service.sync(self._parameters(), caller, client)
        # A stream has a close(), which the server calls also when the client has gone.
        response = Response(answer.body, content_type=answer.content_type)
        if caller.principal:
            response.headers["Cache-Control"] = "private"
        return response

    def capabilities(self) -> Response:
        return _xml(self._service.metadata.capabilities())

    def availability(self) -> Response:
        response = _xml(self._service.availability())
        response.headers["Cache-Control"] = "no-store"
        return response

    def tables(self) -> Response:
        return _xml(self._service.metadata.tables(self._parameters()))

    def table(self, name: str) -> Response:
        return _xml(self._service.metadata.table(name, self._parameters()))

    def absent(self, path: str) -> Response:
        raise NotFoundError(
            f"There is no resource {shown(path)} in this service. {self._service.url} lists them."
        )

    def failed(self, error: Exception) -> Response:
        """Tell an error as a VOTable (DALI 1.1, section 4.2)."""
        told = service_error(_own_error(error), self._service.limits.execution)
        body = error_votable(str(told), infos=[Info("standardID", TAP_ID)])
        return Response(body, told.status, told.headers, content_type=VOTABLE_TYPE)


def _checked(view: Callable[..., Response], methods: tuple[str, ...]) -> Callable[..., Response]:
    """Let only some methods through to a view, and answer OPTIONS."""

    def checked(**arguments: str) -> Response:
        if request.method == "OPTIONS":
            return Response(
                status=204,
                headers={
                    "Allow": ", ".join(methods),
                    "Access-Control-Allow-Methods": ", ".join(methods),
                    "Access-Control-Allow-Headers": "*",
                },
            )
        if request.method not in methods:
            allowed = tuple(method for method in methods if method != "OPTIONS")
            raise MethodNotAllowedError(
                f"{request.method} is not possible here. Use {' or '.join(allowed)}.", allowed
            )
        return view(**arguments)

    return checked


def _own_error(error: Exception) -> Exception:
    """Turn an HTTP error of the framework's into one of ours; others pass."""
    if isinstance(error, HTTPException):
        return UsageError("The request is malformed and could not be read.")
    return error


def _xml(document: bytes) -> Response:
    return Response(document, content_type="application/xml;charset=utf-8")
