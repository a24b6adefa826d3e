from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

from resources.vosi import availability_document, table_document, tableset_document
from schemas.declaration import Column, ForeignKey, Schema, Table, catalogue
from schemas.tap_schema import TAP_SCHEMA
from tests.support.validity import assert_valid_xml

STARS = Table(
    "lab.stars",
    "Stars & such",
    (
        Column("id", "long", "Identifier", nullable=False, principal=True, indexed=True),
        Column(
            "seen", "char", "When", arraysize="*", xtype="timestamp", ucd="time.epoch", utype="x:t"
        ),
        Column("size", "double", unit="mm", std=True),
    ),
    title="The stars",
    utype="ivo://x#stars",
)
OTHER = Table(
    "lab.other",
    "Others",
    (Column("star", "long"),),
    kind="view",
    foreign_keys=(ForeignKey("lab.stars", (("star", "id"),), "its star"),),
)
PUBLISHED = catalogue([TAP_SCHEMA, Schema("lab", "A laboratory", (STARS, OTHER), utype="x:lab")])


def texts(document: bytes, path: str) -> list[str]:
    found = etree.fromstring(document).xpath(path)
    assert isinstance(found, list)
    return [element.text or "" for element in found if etree.iselement(element)]


@pytest.mark.parametrize("detail", ["min", "max"])
def test_tableset_is_valid(detail: str) -> None:
    assert_valid_xml(tableset_document(PUBLISHED, "min" if detail == "min" else "max"))


def test_max_tells_all() -> None:
    document = tableset_document(PUBLISHED)
    lab = "//schema[name='lab']"
    assert texts(document, f"{lab}/utype") == ["x:lab"]
    assert texts(document, f"{lab}/table/name") == ["lab.stars", "lab.other"]
    stars = f"{lab}/table[name='lab.stars']"
    assert texts(document, f"{stars}/title") == ["The stars"]
    assert texts(document, f"{stars}/utype") == ["ivo://x#stars"]
    assert texts(document, f"{stars}/column/name") == ["id", "seen", '"size"']
    assert texts(document, f"{stars}/column/dataType") == ["long", "char", "double"]
    assert texts(document, f"{stars}/column[1]/flag") == ["indexed", "principal"]
    assert texts(document, f"{stars}/column[2]/flag") == ["nullable"]
    assert texts(document, f"{stars}/column[3][@std='true']/unit") == ["mm"]
    seen = etree.fromstring(document).find(".//column[name='seen']/dataType")
    assert seen is not None
    assert {str(name): value for name, value in seen.attrib.items()} == {
        "{http://www.w3.org/2001/XMLSchema-instance}type": "vs:VOTableType",
        "arraysize": "*",
        "extendedType": "timestamp",
    }
    other = f"{lab}/table[@type='view']/foreignKey"
    assert texts(document, f"{other}/targetTable") == ["lab.stars"]
    assert texts(document, f"{other}/fkColumn/*") == ["star", "id"]
    assert texts(document, f"{other}/description") == ["its star"]


def test_min_tells_names_and_descriptions_only() -> None:
    document = tableset_document(PUBLISHED, "min")
    assert texts(document, "//table/name") == [table.name for table in PUBLISHED]
    assert texts(document, "//table/description")
    assert texts(document, "//column") == texts(document, "//foreignKey") == []


def test_single_table_is_a_document_of_its_own() -> None:
    document = table_document(OTHER)
    assert_valid_xml(document)
    root = etree.fromstring(document)
    assert root.tag == "{http://www.ivoa.net/xml/VOSITables/v1.0}table"
    assert texts(document, "/*/name") == ["lab.other"]
    assert texts(document, "/*/column/name") == ["star"]
    assert texts(table_document(OTHER, "min"), "/*/column") == []


def test_availability_is_valid_and_in_order() -> None:
    up = availability_document(available=True, up_since=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert_valid_xml(up)
    assert [(etree.QName(e).localname, e.text) for e in etree.fromstring(up)] == [
        ("available", "true"),
        ("upSince", "2026-01-02T03:04:05+00:00"),
    ]
    down = availability_document(available=False, notes=["The database is away.", "Wait."])
    assert_valid_xml(down)
    assert [e.text for e in etree.fromstring(down)] == ["false", "The database is away.", "Wait."]
