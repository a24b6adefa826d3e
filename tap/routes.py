"""TAP over HTTP: requests in, responses out, nothing else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from tap.answer import AnswerStream
from tap.errors import NotFoundError
from tap.examples import EXAMPLES_TYPE
from tap.parameters import shown
from tap.requests import open_to_pages, read_parameters, read_request
from tap.responses import ALL_METHODS, Unframed, checked, failed, private, xml
from tap.tap_plus import flagged, may_be_tap_plus

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.session import Caller
    from tap.parameters import Parameters
    from tap.service import TapService

_READING = ("GET", "HEAD", "OPTIONS")
_QUERYING = ("GET", "HEAD", "POST", "OPTIONS")


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
        (("/examples",), views.examples, _READING),
        (("/tables",), views.tables, _READING),
        (("/tables/<path:name>",), views.table, _READING),
        (("/<path:path>",), views.absent, ALL_METHODS),
    ):
        guarded = checked(view, methods)
        for rule in rules:
            made.add_url_rule(
                rule,
                endpoint=view.__name__,
                view_func=guarded,
                methods=ALL_METHODS,
                provide_automatic_options=False,
            )
    made.register_error_handler(Exception, partial(failed, limit=service.limits.execution))
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
        return Response(self._service.page(), content_type="text/html;charset=utf-8")

    def sync(self) -> Response:
        caller = self._current_caller()
        # Where the web server lets us see the connection, a hang-up is noticed in silence too.
        client = request.environ.get("gunicorn.socket")
        limits = self._service.limits_of(caller)
        parameters, files = read_request(limits.request_bytes, limits.uploads.size)
        answer = self._service.sync(parameters, caller, client, files)
        # A stream has a close(), which the server calls also when the client has gone.
        body: bytes | AnswerStream | Unframed = answer.body
        if isinstance(body, AnswerStream) and client and _ends_with_connection():
            body = Unframed(body, client)
        return private(Response(body, content_type=answer.content_type), caller)

    def capabilities(self) -> Response:
        caller = self._current_caller()
        return xml(self._service.metadata.capabilities(self._service.limits_of(caller)), caller)

    def availability(self) -> Response:
        response = xml(self._service.availability())
        response.headers["Cache-Control"] = "no-store"
        return response

    def examples(self) -> Response:
        return Response(self._service.examples(), content_type=EXAMPLES_TYPE)

    def tables(self) -> Response:
        document = self._service.metadata.tables(self._parameters())
        response = xml(
            flagged(document) if may_be_tap_plus(request.user_agent.string) else document
        )
        response.vary.add("User-Agent")
        return response

    def table(self, name: str) -> Response:
        return xml(self._service.metadata.table(name, self._parameters()))

    def absent(self, path: str) -> Response:
        raise NotFoundError(
            f"There is no resource {shown(path)} in this service. {self._service.url} lists them."
        )


def _ends_with_connection() -> bool:
    """Whether a client of the protocol's first version sees no other end of a stream."""
    return bool(request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0")
