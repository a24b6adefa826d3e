"""The page people see at the base URL of the service (TAP 1.1, section 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import html
from lxml.html import builder as tag

if TYPE_CHECKING:
    from schemas.declaration import Catalogue

_RESOURCES = (
    ("capabilities", "what this service can do"),
    ("tables", "all tables and their columns"),
    ("availability", "whether it is up"),
)


def service_page(url: str, catalogue: Catalogue) -> bytes:
    """Write a page of HTML that says how to use the service.

    Parameters
    ----------
    url
        Base URL of the service, to be pasted into clients.
    catalogue
        The tables to list.
    """
    links = [
        tag.LI(tag.A(name, href=f"{url}/{name}"), f" \N{EN DASH} {text}")
        for name, text in _RESOURCES
    ]
    tables = [
        element
        for table in catalogue
        for element in (
            tag.DT(tag.A(tag.CODE(table.name), href=f"{url}/tables/{table.name}")),
            tag.DD(table.description),
        )
    ]
    page = tag.HTML(
        tag.HEAD(tag.META(charset="utf-8"), tag.TITLE("Table Access Protocol service")),
        tag.BODY(
            tag.H1("Table Access Protocol service"),
            tag.P(
                "This address is for programs such as TOPCAT, STILTS, pyvo and astroquery,"
                " which send it queries in ADQL. Give them the URL ",
                tag.CODE(url),
            ),
            tag.UL(*links),
            tag.H2("Tables"),
            tag.DL(*tables),
        ),
        lang="en",
    )
    written: bytes = html.tostring(page, encoding="utf-8", doctype="<!DOCTYPE html>")
    return written
