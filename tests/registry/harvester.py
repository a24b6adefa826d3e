"""Asking a repository, and a small record to put into it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import requests
from lxml import etree
from sqlalchemy import text

from tests.support.validity import assert_valid_xml

if TYPE_CHECKING:
    from sqlalchemy import Connection

OAI = "{http://www.openarchives.org/OAI/2.0/}"

_RESOURCE = """<ri:Resource xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0"
 xmlns:vr="http://www.ivoa.net/xml/VOResource/v1.0"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="vr:Resource" status="active"
 created="2020-01-01T00:00:00Z" updated="2020-01-01T00:00:00Z"><title>One of many</title>
<identifier>ivo://org.corot/many/NUMBER</identifier><curation><publisher>Somebody</publisher>
<contact><name>Somebody</name></contact></curation><content><subject>light-curves</subject>
<description>FILLING</description><referenceURL>http://127.0.0.1/</referenceURL></content>
</ri:Resource>"""

_INSERT = text(
    "INSERT INTO registry.records"
    " (identifier, landing, kind, title, document, digest, created, datestamp)"
    " SELECT 'ivo://org.corot/many/' || i, 'many/' || i, 'vr:Resource', 'One of many',"
    " replace(replace(:document, 'NUMBER', i::text), 'FILLING', repeat('All sorts. ', :filling)),"
    " '', moment, moment FROM generate_series(:first, :first + :count - 1) i,"
    " date_trunc('second', clock_timestamp()) moment"
)


def insert_many(app: Connection, first: int, count: int, filling: int = 1) -> None:
    """Put records into a repository, behind those that are there."""
    app.execute(
        _INSERT, {"document": _RESOURCE, "first": first, "count": count, "filling": filling}
    )


def ask(url: str, query: str = "", **arguments: str) -> etree._Element:
    """Send a request to a repository; its answer must be valid."""
    answer = requests.get(f"{url}?{query}", params=arguments, timeout=60)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert_valid_xml(answer.content)
    return etree.fromstring(answer.content)


def errors(answer: etree._Element) -> list[str]:
    """Give the codes of an answer's errors."""
    return [str(error.get("code")) for error in answer.iterfind(f"{OAI}error")]


def identifiers(answer: etree._Element) -> list[str]:
    """Give the identifiers of the records of an answer."""
    return [str(one.text) for one in answer.iterfind(f".//{OAI}header/{OAI}identifier")]


def token(answer: etree._Element) -> str | None:
    """Give the resumption token of an answer; None where it has none."""
    found = answer.find(f".//{OAI}resumptionToken")
    return None if found is None else found.text or ""


def next_second() -> None:
    """Wait for the next second: datestamps know no parts of one."""
    time.sleep(1.02 - time.time() % 1)
