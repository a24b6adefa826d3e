"""HTTP side of the harvesting interface."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response

from resources.oai.errors import UnavailableError
from resources.records.registry import registry_capabilities
from tap.errors import MediaTypeError, UsageError
from tap.requests import open_to_pages, read_pairs
from vo_server.registry.vosi_routes import add_vosi

if TYPE_CHECKING:
    from resources.oai.service import OaiService

_LOG = logging.getLogger(__name__)

MAX_REQUEST: Final = 1 << 16
"""Longest request in bytes; no argument needs more."""

_XML: Final = "text/xml; charset=utf-8"
"""As OAI-PMH 2.0, section 3.1.2.1, wants it."""

_RETRY_SECONDS: Final = "60"


def blueprint(service: OaiService, url: str, page: int) -> Blueprint:
    """Make the blueprint of the registry at ``/oai``.

    Parameters
    ----------
    service
        Answers.
    url
        Base URL of the interface.
    page
        Most records in one answer.
    """
    routes = Blueprint("oai", __name__)

    @routes.route("/oai", methods=["GET", "POST"], strict_slashes=False)
    def harvest() -> Response:
        try:
            body = service.answer(read_pairs(MAX_REQUEST))
        except (UsageError, MediaTypeError) as error:
            body = service.refuse(str(error))
        return Response(body, content_type=_XML)

    add_vosi(routes, "oai", lambda: registry_capabilities(url, page), service.is_available)

    def unavailable(error: Exception) -> Response:
        """Ask harvesters to come again, which their software then does (section 3.1.2.2)."""
        _LOG.error("the records cannot be read", exc_info=error)
        return Response(
            "The records cannot be read at the moment. Try again in a minute.\n",
            HTTPStatus.SERVICE_UNAVAILABLE,
            {"Retry-After": _RETRY_SECONDS},
            content_type="text/plain; charset=utf-8",
        )

    routes.register_error_handler(UnavailableError, unavailable)
    routes.after_request(open_to_pages)
    return routes
