"""The examples of a service, for people and for clients (DALI 1.1, section 2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.examples import QueryExample

EXAMPLES_TYPE = "application/xhtml+xml"
"""Media type of the document."""

_XHTML = "http://www.w3.org/1999/xhtml"

_VOCABULARY = "http://www.ivoa.net/rdf/examples#"
"""In this very form, or clients do not know the properties (DALI 1.1, section 2.3.1)."""


def examples_document(url: str, examples: Iterable[tuple[QueryExample, tuple[str, ...]]]) -> bytes:
    """Write the examples as XHTML with RDFa.

    Parameters
    ----------
    url
        Base URL of the service.
    examples
        Each with the names of the tables it reads.

    Returns
    -------
    bytes
        A document in UTF-8.
    """
    page = _element("html", lang="en")
    page.append(
        _element(
            "head",
            _element("title", "Examples of queries"),
            _element("link", rel="stylesheet", href=f"{url}/assets/tap.css"),
        )
    )
    intro = _element("p", "In ADQL, for ", _element("a", "this TAP service", href=url), ".")
    described = [_example(url, example, tables) for example, tables in examples]
    page.append(
        _element(
            "body", _element("h1", "Examples of queries"), intro, *described, vocab=_VOCABULARY
        )
    )
    return etree.tostring(page, encoding="UTF-8", xml_declaration=True)


def _example(url: str, example: QueryExample, tables: tuple[str, ...]) -> etree._Element:
    """Make one example with the properties of TAP 1.1, section 2.6."""
    query = {"LANG": "ADQL", "RESPONSEFORMAT": "html", "QUERY": example.adql}
    named = [_element("li", _element("code", table, property="table")) for table in tables]
    return _element(
        "div",
        _element("h2", example.title, property="name"),
        _element("p", example.text),
        _element("p", "Tables:"),
        _element("ul", *named),
        _element("pre", example.adql, property="query"),
        _element("p", _element("a", "Run it", href=f"{url}/sync?{urlencode(query)}")),
        id=example.name,
        resource=f"#{example.name}",
        typeof="example",
    )


def _element(tag: str, *content: etree._Element | str, **attributes: str) -> etree._Element:
    """Make an element of XHTML with text and other elements in it."""
    made = etree.Element(f"{{{_XHTML}}}{tag}", attributes, nsmap={None: _XHTML})  # type: ignore[dict-item] # None is the default namespace
    for part in content:
        if not isinstance(part, str):
            made.append(part)
        elif len(made):
            made[-1].tail = part
        else:
            made.text = part
    return made
