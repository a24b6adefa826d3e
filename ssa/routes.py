"""HTTP side of the SSA service."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response
from werkzeug.exceptions import HTTPException

from resources.ssap import ssa_capabilities_document
from resources.vosi import availability_document
from ssa.service import refusal
from tap.errors import ServiceError
from tap.requests import open_to_pages, read_pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.session import Caller
    from ssa.service import SsaService

_log = logging.getLogger(__name__)

MAX_REQUEST: Final = 1 << 20
"""Longest request in bytes; no search needs more."""

MEDIA_TYPE: Final = "application/x-votable+xml"
"""Of all answers, errors included."""


def blueprint(
    service: SsaService, current_caller: Callable[[], Caller], base_url: str
) -> Blueprint:
    """Make the blueprint of the service at ``/ssa``.

    Parameters
    ----------
    service
        Answers.
    current_caller
        Tells who sent the request being answered.
    base_url
        Public URL that ``/ssa`` is below, without a slash at its end.
    """
    routes = Blueprint("ssa", __name__)

    @routes.route("/ssa", methods=["GET", "POST"], strict_slashes=False)
    def query_data() -> Response:
        try:
            pairs = read_pairs(MAX_REQUEST)
        except ServiceError as error:
            return Response(refusal(str(error)), content_type=MEDIA_TYPE)
        body = service.answer(pairs, current_caller())
        return Response(body, content_type=MEDIA_TYPE)

    @routes.get("/ssa/capabilities")
    def capabilities() -> Response:
        document = ssa_capabilities_document(
            service.capability(f"{base_url}/ssa", current_caller())
        )
        return Response(document, content_type="text/xml; charset=utf-8")

    @routes.get("/ssa/availability")
    def availability() -> Response:
        document = availability_document(available=service.is_available(current_caller()))
        return Response(document, content_type="text/xml; charset=utf-8")

    def failed(error: Exception) -> Response | HTTPException:
        """Answer in VOTable even to what went wrong here; HTTP's own refusals stay as they are."""
        if isinstance(error, HTTPException):
            return error
        if isinstance(error, ServiceError):
            body = refusal(str(error))
            return Response(body, error.status, error.headers, content_type=MEDIA_TYPE)
        _log.exception("an SSA request failed")
        body = refusal("The service failed; this has been logged. Try again in a moment.")
        return Response(body, status=500, content_type=MEDIA_TYPE)

    routes.register_error_handler(Exception, failed)
    routes.after_request(open_to_pages)
    return routes
