"""The descriptor for DaCHS is what is declared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from lxml import etree

from schemas.published import CATALOGUE
from vo_server.registry.partner_dachs import dachs_files

if TYPE_CHECKING:
    from schemas.declaration import Table

FOLDER: Final = Path(__file__).parents[2] / "resources" / "dachs"

SERVED: Final = [CATALOGUE.table(f"corot.{name}") for name in ("runs", "stars", "products")] + [
    CATALOGUE.table("ivoa.obscore")
]


@pytest.mark.parametrize("name", ["corot.rd", "foreign_tables.sql"])
def test_the_files_are_those_of_the_declarations(name: str) -> None:
    assert (FOLDER / name).read_bytes() == dachs_files()[name], "run `make generate`"


def test_these_are_the_tables() -> None:
    root = etree.fromstring(dachs_files()["corot.rd"])
    assert [one.get("id") for one in root.iterfind("table")] == [one.local_name for one in SERVED]
    made = [one.get("table") for one in root.iterfind("data/make")]
    assert made == [one.local_name for one in SERVED]
    # Nothing is published to registries a second time.
    assert root.find(".//publish") is None


@pytest.mark.parametrize("table", SERVED, ids=lambda table: table.name)
def test_a_column_says_what_is_declared_of_it(table: Table) -> None:
    root = etree.fromstring(dachs_files()["corot.rd"])
    (element,) = root.findall(f"table[@id='{table.local_name}']")
    assert [one.get("name") for one in element.iterfind("column")] == [
        column.name for column in table.columns
    ]
    for column, told in zip(table.columns, element.iterfind("column"), strict=True):
        assert told.get("unit") == column.unit
        assert told.get("ucd") == column.ucd
        assert told.get("utype") == column.utype
        assert told.get("description") == column.description
        assert told.get("required") == (None if column.nullable else "True")
        has_null = told.find("values") is not None
        assert has_null == (column.nullable and column.datatype in {"short", "int", "long"})
