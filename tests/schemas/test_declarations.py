"""The declared columns speak the vocabularies of the field."""

from __future__ import annotations

import pytest
from astropy import units
from astropy.io.votable.ucd import parse_ucd

from schemas.declaration import Column, Schema, Table, catalogue
from schemas.published import CATALOGUE

COLUMNS = [(table, column) for table in CATALOGUE for column in table.columns]


def named(value: object) -> str:
    return getattr(value, "name", "")


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=named)
def test_a_ucd_is_of_the_vocabulary(table: Table, column: Column) -> None:
    if column.ucd:
        assert parse_ucd(column.ucd, check_controlled_vocabulary=True), table.name


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=named)
def test_a_unit_is_a_vounit(table: Table, column: Column) -> None:
    if column.unit:
        assert units.Unit(column.unit, format="vounit"), table.name


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=named)
def test_a_column_is_described(table: Table, column: Column) -> None:
    assert column.description, table.name
    assert not column.description.endswith(".")


def test_the_45_columns_of_the_metadata_file_are_all_there() -> None:
    products = CATALOGUE.table("corot.products")
    legacy = [column.legacy_name for column in products.columns if column.legacy_name]
    assert len(legacy) == len(set(legacy)) == 45


def test_foreign_keys_point_at_published_columns() -> None:
    for table in CATALOGUE:
        for key in table.foreign_keys:
            target = CATALOGUE.table(key.target_table)
            for here, there in key.columns:
                assert table.column(here).datatype == target.column(there).datatype


def test_a_table_is_declared_once_and_in_its_schema() -> None:
    table = Table("x.t", "", (Column("a", "int"),))
    with pytest.raises(ValueError, match="declared twice"):
        catalogue([Schema("x", "", (table, table))])
    with pytest.raises(ValueError, match="is declared in schema y"):
        catalogue([Schema("y", "", (table,))])
