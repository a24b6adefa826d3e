from __future__ import annotations

import pytest

from schemas.declaration import Column, ForeignKey, Schema, Table, catalogue
from schemas.identifiers import adql_identifier, adql_table_name
from schemas.tap_schema import TAP_SCHEMA, one_dimension, tap_schema_rows
from tap.adql.keywords import TERMINALS

FOREIGN = Schema(
    "lab",
    "A laboratory",
    (
        Table(
            "lab.people",
            "Who works here",
            (Column("id", "int", nullable=False), Column("level", "char", arraysize="256*")),
            primary_key=("id",),
        ),
        Table(
            "lab.my table",
            "",
            (
                Column(
                    "owner", "int", "Who", unit="m", ucd="meta.id", indexed=True, principal=True
                ),
                Column("at", "char", arraysize="*", xtype="timestamp", utype="x:y", std=True),
            ),
            kind="view",
            utype="ivo://x#y",
            foreign_keys=(ForeignKey("lab.people", (("owner", "id"),), "the owner"),),
        ),
    ),
    utype="x:lab",
)
ROWS = tap_schema_rows(catalogue([TAP_SCHEMA, FOREIGN]))


def described(table: str) -> dict[str, tuple[str, bool]]:
    """Type (s or i) and NOT NULL of each column of a TAP_SCHEMA table."""
    found = next(t for t in TAP_SCHEMA.tables if t.name == f"tap_schema.{table}")
    types = {("char", "*"): "s", ("int", None): "i"}
    return {c.name: (types[c.datatype, c.arraysize], not c.nullable) for c in found.columns}


# TAP 1.1, section 4: s string, i integer, ! not null.
@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("schemas", "schema_name s!, utype s, description s, schema_index i"),
        (
            "tables",
            "schema_name s!, table_name s!, table_type s!, utype s, description s, table_index i",
        ),
        (
            "columns",
            (
                "table_name s!, column_name s!, datatype s!, arraysize s, xtype s, size i,"
                " description s, utype s, unit s, ucd s, indexed i!, principal i!, std i!,"
                " column_index i"
            ),
        ),
        (
            "keys",
            "key_id s!, from_table s!, target_table s!, description s, utype s",
        ),
        ("key_columns", "key_id s!, from_column s!, target_column s!"),
    ],
)
def test_columns_are_those_of_the_standard(table: str, columns: str) -> None:
    expected = {}
    for column in columns.split(","):
        name, kind = column.split()
        expected[name] = (kind[0], kind.endswith("!"))
    assert described(table) == expected
    assert list(described(table)) == list(expected)


def test_every_column_is_standard_and_described() -> None:
    for table in TAP_SCHEMA.tables:
        assert table.description
        for column in table.columns:
            assert column.std
            assert column.description


def test_rows_have_the_columns_of_their_tables() -> None:
    for table in TAP_SCHEMA.tables:
        assert ROWS[table.name]
        for row in ROWS[table.name]:
            assert list(row) == [column.name for column in table.columns]
            for column in table.columns:
                assert column.nullable or row[column.name] is not None


def test_it_describes_itself() -> None:
    tables = {row["table_name"] for row in ROWS["tap_schema.tables"]}
    assert {table.name for table in TAP_SCHEMA.tables} < tables
    own = [r for r in ROWS["tap_schema.keys"] if str(r["from_table"]).startswith("tap_schema.")]
    assert len(own) == 5


def test_primary_keys_are_unique() -> None:
    for table in TAP_SCHEMA.tables:
        keys = [tuple(row[name] for name in table.primary_key) for row in ROWS[table.name]]
        assert len(keys) == len(set(keys))


def test_every_key_refers_to_existing_columns() -> None:
    columns = {(row["table_name"], row["column_name"]) for row in ROWS["tap_schema.columns"]}
    keys = {row["key_id"]: row for row in ROWS["tap_schema.keys"]}
    for pair in ROWS["tap_schema.key_columns"]:
        key = keys[pair["key_id"]]
        assert (key["from_table"], pair["from_column"]) in columns
        assert (key["target_table"], pair["target_column"]) in columns


def test_a_foreign_table_is_told_completely() -> None:
    table = next(r for r in ROWS["tap_schema.tables"] if r["table_type"] == "view")
    assert table == {
        "schema_name": "lab",
        "table_name": 'lab."my table"',
        "table_type": "view",
        "utype": "ivo://x#y",
        "description": None,
        "table_index": 7,
    }
    owner, at = (r for r in ROWS["tap_schema.columns"] if r["table_name"] == 'lab."my table"')
    assert (owner["datatype"], owner["arraysize"], owner["size"]) == ("int", None, None)
    assert (owner["indexed"], owner["principal"], owner["std"]) == (1, 1, 0)
    assert (owner["unit"], owner["ucd"], owner["column_index"]) == ("m", "meta.id", 1)
    assert (at["column_name"], at["xtype"], at["utype"]) == ('"at"', "timestamp", "x:y")
    assert (at["size"], at["std"], at["column_index"]) == (None, 1, 2)


def test_size_is_quoted_where_columns_are_named() -> None:
    names = {r["column_name"] for r in ROWS["tap_schema.columns"]}
    assert '"size"' in names
    assert "size" not in names
    assert '"level"' in names


@pytest.mark.parametrize(
    ("arraysize", "size"),
    [(None, None), ("*", None), ("256*", 256), ("8", 8), ("2x3", None), ("2x*", None)],
)
def test_size_of_an_arraysize(arraysize: str | None, size: int | None) -> None:
    assert one_dimension(arraysize) == size


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("mag_r", "mag_r"),
        ("size", '"size"'),
        ("Offset", '"Offset"'),
        ("_x", '"_x"'),
        ("2mass", '"2mass"'),
        ('a"b', '"a""b"'),
        ("t_min", "t_min"),
    ],
)
def test_identifiers_are_quoted_only_where_needed(name: str, written: str) -> None:
    assert adql_identifier(name) == written


def test_a_table_name_is_quoted_part_by_part() -> None:
    assert adql_table_name("lab.my table.v2") == 'lab."my table.v2"'


def test_every_word_the_translator_reserves_is_quoted() -> None:
    unquoted = {word for word in TERMINALS if adql_identifier(word) == word}
    assert unquoted == set()
