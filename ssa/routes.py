"""HTTP side of the SSA service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request

from resources.ssap import ssa_capabilities_document
from resources.vosi import availability_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.session import Caller
    from ssa.service import SsaService

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
        pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
        body = service.answer(pairs, current_caller())
        return Response(body, content_type=MEDIA_TYPE)

    @routes.get("/ssa/capabilities")
    def capabilities() -> Response:
        document = ssa_capabilities_document(service.capability(f"{base_url}/ssa"))
        return Response(document, content_type="text/xml; charset=utf-8")

    @routes.get("/ssa/availability")
    def availability() -> Response:
        document = availability_document(available=service.is_available(current_caller()))
        return Response(document, content_type="text/xml; charset=utf-8")

    return routes
