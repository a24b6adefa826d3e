"""TAP_SCHEMA 1.1: the five tables that describe every published table, themselves included.

Columns and types by TAP 1.1, section 4. :func:`tap_schema_rows` gives their
content for any catalogue; filling the database with it is the migrations'
part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.declaration import Column, ForeignKey, Schema, Table
from schemas.identifiers import adql_identifier, adql_table_name

if TYPE_CHECKING:
    from schemas.declaration import Catalogue

Row = dict[str, str | int | None]
"""One row of a TAP_SCHEMA table, by column name."""


def _string(
    name: str, description: str, *, nullable: bool = True, principal: bool = False
) -> Column:
    return Column(
        name,
        "char",
        description,
        arraysize="*",
        nullable=nullable,
        principal=principal,
        std=True,
    )


def _integer(name: str, description: str, *, nullable: bool = True) -> Column:
    return Column(name, "int", description, nullable=nullable, std=True)


SCHEMAS = Table(
    "tap_schema.schemas",
    "Schemas of the tables of this service",
    (
        _string("schema_name", "Name of the schema", nullable=False, principal=True),
        _string("utype", "UType of the schema, if it follows a data model"),
        _string("description", "What the schema holds", principal=True),
        _integer("schema_index", "Recommended place in a list of schemas"),
    ),
    primary_key=("schema_name",),
)
"""TAP 1.1, section 4.1."""

TABLES = Table(
    "tap_schema.tables",
    "Tables and views that queries can use",
    (
        _string("schema_name", "Schema the table belongs to", nullable=False, principal=True),
        _string("table_name", "Name of the table as used in FROM", nullable=False, principal=True),
        _string("table_type", "Either table or view", nullable=False),
        _string("utype", "UType of the table, if it follows a data model"),
        _string("description", "What a row of the table is", principal=True),
        _integer("table_index", "Recommended place in a list of tables"),
    ),
    primary_key=("table_name",),
    foreign_keys=(ForeignKey("tap_schema.schemas", (("schema_name", "schema_name"),)),),
)
"""TAP 1.1, section 4.2."""

COLUMNS = Table(
    "tap_schema.columns",
    "Columns of the tables",
    (
        _string("table_name", "Table the column belongs to", nullable=False, principal=True),
        _string("column_name", "Name of the column", nullable=False, principal=True),
        _string("datatype", "Datatype, by its VOTable name", nullable=False, principal=True),
        _string("arraysize", "Shape of the values as in VOTable; null for scalars"),
        _string("xtype", "Extended type, for instance timestamp"),
        _integer("size", "Length of a one-dimensional value; deprecated, use arraysize"),
        _string("description", "What the column holds", principal=True),
        _string("utype", "UType, if the column follows a data model"),
        _string("unit", "Unit of the values, in VOUnits", principal=True),
        _string("ucd", "Unified Content Descriptor of the column", principal=True),
        _integer("indexed", "1 if conditions on the column are fast, else 0", nullable=False),
        _integer("principal", "1 if the column is of first interest, else 0", nullable=False),
        _integer("std", "1 if a standard defines the column, else 0", nullable=False),
        _integer("column_index", "Recommended place in a list of the table's columns"),
    ),
    primary_key=("table_name", "column_name"),
    foreign_keys=(ForeignKey("tap_schema.tables", (("table_name", "table_name"),)),),
)
"""TAP 1.1, section 4.3."""

KEYS = Table(
    "tap_schema.keys",
    "Foreign keys: which tables can be joined",
    (
        _string("key_id", "Identifier of the key", nullable=False, principal=True),
        _string("from_table", "Table that refers", nullable=False, principal=True),
        _string("target_table", "Table that is referred to", nullable=False, principal=True),
        _string("description", "What the reference means"),
        _string("utype", "UType of the key, if it follows a data model"),
    ),
    primary_key=("key_id",),
    foreign_keys=(
        ForeignKey("tap_schema.tables", (("from_table", "table_name"),)),
        ForeignKey("tap_schema.tables", (("target_table", "table_name"),)),
    ),
)
"""TAP 1.1, section 4.4."""

KEY_COLUMNS = Table(
    "tap_schema.key_columns",
    "Pairs of columns that make up the foreign keys",
    (
        _string("key_id", "Key the pair belongs to", nullable=False, principal=True),
        _string("from_column", "Column of the table that refers", nullable=False, principal=True),
        _string("target_column", "Column it is equal to", nullable=False, principal=True),
    ),
    primary_key=("key_id", "from_column"),
    foreign_keys=(ForeignKey("tap_schema.keys", (("key_id", "key_id"),)),),
)
"""TAP 1.1, section 4.4."""

TAP_SCHEMA = Schema(
    "tap_schema",
    "Description of the tables of this service, as TAP 1.1 defines it",
    (SCHEMAS, TABLES, COLUMNS, KEYS, KEY_COLUMNS),
)
"""To be put into every catalogue that TAP serves."""


def tap_schema_rows(catalogue: Catalogue) -> dict[str, list[Row]]:
    """Describe a catalogue as the rows of the TAP_SCHEMA tables.

    Parameters
    ----------
    catalogue
        The tables to describe, normally with :data:`TAP_SCHEMA` among them.

    Returns
    -------
    dict of str to list of dict
        Rows by qualified table name, in the order in which foreign keys
        between the five tables allow them to be stored. Names are in the form
        ADQL uses, quoted where needed.
    """
    keys = [
        (f"{table.name}.{number}", table, key)
        for table in catalogue
        for number, key in enumerate(table.foreign_keys, 1)
    ]
    return {
        SCHEMAS.name: [_schema_row(s, i) for i, s in enumerate(catalogue.schemas, 1)],
        TABLES.name: [_table_row(t, i) for i, t in enumerate(catalogue, 1)],
        COLUMNS.name: [_column_row(t, c, i) for t in catalogue for i, c in enumerate(t.columns, 1)],
        KEYS.name: [_key_row(key_id, table, key) for key_id, table, key in keys],
        KEY_COLUMNS.name: [
            {
                "key_id": key_id,
                "from_column": adql_identifier(here),
                "target_column": adql_identifier(there),
            }
            for key_id, _, key in keys
            for here, there in key.columns
        ],
    }


def one_dimension(arraysize: str | None) -> int | None:
    """Give the length a one-dimensional arraysize states, None for any other.

    Examples: ``256*`` gives 256; ``*``, ``2x3`` and None give None (TAP 1.1,
    section 4.3).
    """
    length = (arraysize or "").removesuffix("*")
    return int(length) if length.isdigit() else None


def _schema_row(schema: Schema, index: int) -> Row:
    return {
        "schema_name": adql_identifier(schema.name),
        "utype": schema.utype,
        "description": schema.description or None,
        "schema_index": index,
    }


def _table_row(table: Table, index: int) -> Row:
    return {
        "schema_name": adql_identifier(table.schema_name),
        "table_name": adql_table_name(table.name),
        "table_type": table.kind,
        "utype": table.utype,
        "description": table.description or None,
        "table_index": index,
    }


def _column_row(table: Table, column: Column, index: int) -> Row:
    return {
        "table_name": adql_table_name(table.name),
        "column_name": adql_identifier(column.name),
        "datatype": column.datatype,
        "arraysize": column.arraysize,
        "xtype": column.xtype,
        "size": one_dimension(column.arraysize),
        "description": column.description or None,
        "utype": column.utype,
        "unit": column.unit,
        "ucd": column.ucd,
        "indexed": int(column.indexed),
        "principal": int(column.principal),
        "std": int(column.std),
        "column_index": index,
    }


def _key_row(key_id: str, table: Table, key: ForeignKey) -> Row:
    return {
        "key_id": key_id,
        "from_table": adql_table_name(table.name),
        "target_table": adql_table_name(key.target_table),
        "description": key.description or None,
        "utype": None,
    }
