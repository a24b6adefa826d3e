"""HTTP side of the pages about records, and of what leads search engines to them."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, render_template
from lxml import etree

from resources.oai.errors import UnavailableError
from resources.records.bibtex import bibtex
from resources.records.datacite import datacite
from resources.records.dates import day_of
from resources.records.schema_org import schema_org
from resources.records.view import dois_in
from tap.errors import NotFoundError
from vo_server.registry.landing import KINDS

if TYPE_CHECKING:
    from vo_server.registry.landing import LandingService, Page

_LOG = logging.getLogger(__name__)

_XML: Final = "application/xml; charset=utf-8"

_SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"

_SITEMAP_PREFIXES: Final = {None: _SITEMAP}

_NOT_FOR_ROBOTS: Final = (
    "/tap/sync",
    "/tap/async",
    "/ssa?",
    "/products/",
    "/exports/",
    "/feeds/",
    "/account",
    "/oai",
)
"""Addresses without end, and files of gigabytes."""

_PLANCK_LIGHT: Final = 1.98644586e-25
"""Planck's constant times the speed of light in J m."""


def blueprint(service: LandingService, publisher: str) -> Blueprint:
    """Make the blueprint of the pages at ``/records``, of the sitemap and of robots.txt.

    Parameters
    ----------
    service
        Finds the records.
    publisher
        Name at the foot of the pages.
    """
    routes = Blueprint("records", __name__, template_folder="templates")
    views = _Views(service)
    common = {
        "base_url": service.identity.base_url,
        "root": urlsplit(service.identity.base_url).path,
        "publisher": publisher,
        "kinds": KINDS,
        "day_of": day_of,
        "nanometres": nanometres,
        "dois_in": dois_in,
    }

    @routes.context_processor
    def given() -> dict[str, object]:
        return common

    @routes.errorhandler(UnavailableError)
    def unavailable(error: UnavailableError) -> Response:
        _LOG.error("the records cannot be read", exc_info=error)
        text = "The records are out of reach at the moment. Try again in a minute.\n"
        return Response(text, HTTPStatus.SERVICE_UNAVAILABLE, content_type="text/plain")

    for rule, view in (
        ("/records", views.index),
        ("/records/<path:key>", views.page),
        ("/records/<path:key>/voresource.xml", views.voresource),
        ("/records/<path:key>/datacite.xml", views.datacite),
        ("/records/<path:key>/citation.bib", views.citation),
        ("/sitemap.xml", views.sitemap),
        ("/robots.txt", views.robots),
    ):
        routes.add_url_rule(rule, view.__name__, view)
    return routes


def nanometres(energy: float) -> int:
    """Give the wavelength of photons of an energy in joule."""
    return round(_PLANCK_LIGHT / energy * 1e9)


class _Views:
    """One method for each URL."""

    def __init__(self, service: LandingService) -> None:
        self._service = service
        self._identity = service.identity

    def index(self) -> Response:
        return make_response(render_template("records/index.html", records=self._service.records()))

    def page(self, key: str) -> Response:
        page = self._service.page(key)
        catalogue = self._identity.url("records")
        return make_response(
            render_template(
                "records/record.html",
                page=page,
                record=page.view,
                json_ld=schema_org(page.view, catalogue, page.downloads),
                bibtex=bibtex(page.view) if page.is_cited else "",
                own=f"ivo://{self._identity.authority}",
            )
        )

    def voresource(self, key: str) -> Response:
        return _xml(self._service.page(key).resource)

    def datacite(self, key: str) -> Response:
        return _xml(datacite(self._cited(key).view))

    def citation(self, key: str) -> Response:
        text = bibtex(self._cited(key).view)
        return Response(text, content_type="application/x-bibtex; charset=utf-8")

    def sitemap(self) -> Response:
        """List the pages (sitemaps.org, protocol 0.9)."""
        root = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap=_SITEMAP_PREFIXES)  # type: ignore[arg-type]
        for path in ("", "records", "exports", "tap/examples"):
            _entry(root, self._identity.url(path))
        for one in self._service.records():
            address = self._identity.url(f"records/{one.landing}")
            _entry(root, address, one.datestamp.date().isoformat())
        return _xml(root)

    def robots(self) -> Response:
        """Keep robots from queries and files, and show them the sitemap (RFC 9309)."""
        root = urlsplit(self._identity.base_url).path
        lines = [
            "User-agent: *",
            *(f"Disallow: {root}{path}" for path in _NOT_FOR_ROBOTS),
            f"Sitemap: {self._identity.url('sitemap.xml')}",
        ]
        return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")

    def _cited(self, key: str) -> Page:
        page = self._service.page(key)
        if not page.is_cited:
            raise NotFoundError("This resource has no authors, and is not cited.")
        return page


def _entry(root: etree._Element, address: str, changed: str | None = None) -> None:
    entry = etree.SubElement(root, f"{{{_SITEMAP}}}url")
    etree.SubElement(entry, f"{{{_SITEMAP}}}loc").text = address
    if changed is not None:
        etree.SubElement(entry, f"{{{_SITEMAP}}}lastmod").text = changed


def _xml(element: etree._Element) -> Response:
    document = etree.tostring(element, encoding="UTF-8", xml_declaration=True)
    return Response(document, content_type=_XML)
