"""The page people see at the base URL of the service (TAP 1.1, section 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import html
from lxml.html import builder as tag

from tap.formats import FORMATS

if TYPE_CHECKING:
    from schemas.declaration import Catalogue
    from tap.query import TapLimits

_RESOURCES = (
    ("examples", "queries to begin with"),
    ("tables", "all tables and their columns"),
    ("capabilities", "what this service can do"),
    ("availability", "whether it is up"),
)


def service_page(
    url: str, catalogue: Catalogue, limits: TapLimits, *, has_examples: bool = False
) -> bytes:
    """Write a page of HTML that says how to use the service.

    Parameters
    ----------
    url
        Base URL of the service, to be pasted into clients.
    catalogue
        The tables to list.
    limits
        What a query may cost.
    has_examples
        Whether there is a document of examples to point to.
    """
    links = [
        tag.LI(tag.A(name, href=f"{url}/{name}"), f" \N{EN DASH} {text}")
        for name, text in _RESOURCES
        if has_examples or name != "examples"
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
        tag.HEAD(
            tag.META(charset="utf-8"),
            tag.META(name="viewport", content="width=device-width, initial-scale=1"),
            tag.TITLE("Table Access Protocol service"),
            tag.LINK(rel="stylesheet", href=f"{url}/assets/tap.css"),
        ),
        tag.BODY(
            tag.H1("Table Access Protocol service"),
            tag.P(
                "This address is for programs such as TOPCAT, STILTS, pyvo and astroquery,"
                " which send it queries in ADQL. Give them the URL ",
                tag.CODE(url),
            ),
            tag.UL(*links),
            tag.H2("Answers"),
            *_answers(limits),
            tag.H2("Tables"),
            tag.DL(*tables),
        ),
        lang="en",
    )
    written: bytes = html.tostring(page, encoding="utf-8", doctype="<!DOCTYPE html>")
    return written


def _answers(limits: TapLimits) -> list[html.HtmlElement]:
    """Say how much a query gives, and in which forms."""
    names = [alias for made in FORMATS for alias in made.aliases]
    return [
        tag.P(
            f"An answer has {limits.default_rows:,} rows unless MAXREC or TOP says otherwise,"
            f" and {limits.hard_rows:,} at most. The database may work for"
            f" {limits.execution.total_seconds():g} s on a query."
        ),
        tag.P("Formats (RESPONSEFORMAT): ", tag.CODE(", ".join(names))),
    ]
