"""What tests ask a TAP service, and what they read in its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

VOTABLE = "{http://www.ivoa.net/xml/VOTable/v1.3}"


def ask(client: FlaskClient, query: str, **parameters: str | int) -> TestResponse:
    """Send a query to /sync by GET."""
    return client.get("/tap/sync", query_string={"LANG": "ADQL", "QUERY": query} | parameters)


_HUGE = etree.XMLParser(huge_tree=True)  # a base64 stream is one text of any length


def statuses(document: bytes) -> list[tuple[str, str]]:
    """Give value and text of each QUERY_STATUS, in order."""
    infos = etree.fromstring(document, _HUGE).iter(f"{VOTABLE}INFO")
    return [
        (info.get("value", ""), info.text or "")
        for info in infos
        if info.get("name") == "QUERY_STATUS"
    ]


def cells(document: bytes) -> list[list[str]]:
    """Give the text of all cells, row by row."""
    rows = etree.fromstring(document).iter(f"{VOTABLE}TR")
    return [[cell.text or "" for cell in row] for row in rows]


def error_text(response: TestResponse) -> str:
    """Give the message of an error document."""
    assert response.content_type == "application/x-votable+xml"
    found = statuses(response.data)
    assert [value for value, _ in found] == ["ERROR"]
    return found[0][1]
