"""HTTP side of VOSI, for services that tell everybody the same."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response

from resources.capabilities import capabilities_document
from resources.vosi import availability_document
from tap.requests import open_to_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lxml import etree

    from vo_server.registry.services import Server, Service

_XML: Final = "text/xml; charset=utf-8"


def blueprint(services: Iterable[Service], server: Server) -> Blueprint:
    """Make the blueprint of VOSI for the services that are declared to want it.

    Parameters
    ----------
    services
        All that are declared.
    server
        What they are made of.
    """
    routes = Blueprint("vosi", __name__)
    for service in services:
        if service.vosi_path is not None:
            add_vosi(
                routes,
                service.vosi_path,
                partial(service.capabilities, server),
                server.is_available,
            )
    routes.after_request(open_to_pages)
    return routes


def add_vosi(
    routes: Blueprint,
    path: str,
    capabilities: Callable[[], tuple[etree._Element, ...]],
    is_available: Callable[[], bool],
) -> None:
    """Add the documents of a service at a path to a blueprint (VOSI 1.1, section 5)."""

    def tell_capabilities() -> Response:
        return Response(capabilities_document(capabilities()), content_type=_XML)

    def tell_availability() -> Response:
        document = availability_document(available=is_available())
        return Response(document, content_type=_XML, headers={"Cache-Control": "no-store"})

    for name, view in (("capabilities", tell_capabilities), ("availability", tell_availability)):
        routes.add_url_rule(f"/{path}/{name}", f"{path} {name}", view)
