"""What a published table is: the one declaration everything else comes from.

A :class:`Column` says once what TAP_SCHEMA, VOSI tables, VOTable FIELDs, the
documentation and the database itself say about a column. Nothing here imports
the database or the web framework, and nothing here knows CoRoT.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Datatype = Literal[
    "boolean", "bit", "unsignedByte", "short", "int", "long", "float", "double", "char",
    "unicodeChar", "floatComplex", "doubleComplex",
]  # fmt: skip
"""VOTable primitive types (VOTable 1.4, section 2.1) a declared column may have."""


@dataclass(frozen=True, slots=True)
class TimeSystem:
    """Scale, reference position and origin of a time column (VOTable 1.4, section 3.4).

    ``origin`` is the Julian date of value 0 in days, or None for calendar
    timestamps, where VOTable forbids it.
    """

    name: str
    timescale: str
    refposition: str
    origin: float | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One published column.

    Attributes follow the VOTable FIELD and TAP_SCHEMA.columns of the same
    names (TAP 1.1, section 4.3); ``arraysize`` is None for a scalar.

    ``legacy_name`` is the name in the pipe-separated metadata file partners
    know, and ``legacy_number`` the column's number there, from 1. ``stored``
    names the table that holds the value when it is not the declared one (a
    view's base table), ``expression`` the SQL that computes it in a view.
    ``physical`` is what the database calls the column, where that is another
    name, as for columns uploaded with a query.
    """

    name: str
    datatype: Datatype
    description: str = ""
    arraysize: str | None = None
    xtype: str | None = None
    unit: str | None = None
    ucd: str | None = None
    utype: str | None = None
    time_system: TimeSystem | None = None
    principal: bool = False
    indexed: bool = False
    std: bool = False
    nullable: bool = True
    legacy_name: str | None = None
    legacy_number: int | None = None
    stored: str | None = None
    expression: str | None = None
    physical: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """A pair of columns that is a position, and the stored, indexed column made of it.

    ``longitude`` and ``latitude`` are in degrees in ``frame``, None where it is
    not known; ``vector`` is the database's column for the geometry back end,
    which is never published.
    """

    longitude: str
    latitude: str
    vector: str
    frame: str | None = "ICRS"


@dataclass(frozen=True, slots=True)
class Region:
    """A published column that is a region of the sky, and the stored columns made of it.

    Geometrical functions take ``column`` by its name, whether it is published
    as STC-S text or as a DALI array. ``array`` and ``index`` are never
    published.

    Attributes
    ----------
    column
        Name of the published column.
    shape
        What all its regions are.
    array
        The database's column of type ``float8[]`` with longitude, latitude and
        radius of a circle, or longitude and latitude of a polygon's vertices
        in turn, in degrees. A radius is at most 90.
    index
        The database's indexed column for the geometry back end, generated
        from ``array`` by ``adql.region_bounds``: a ``cube`` or an ``scircle``.
    """

    column: str
    shape: Literal["circle", "polygon"]
    array: str
    index: str


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns of this table that point at columns of another published table."""

    target_table: str
    columns: tuple[tuple[str, str], ...]
    """Pairs of (column here, column there)."""
    description: str = ""


TEMPORARY = "pg_temp."
"""Begins the physical names of tables that are there for one transaction."""


@dataclass(frozen=True, slots=True)
class Table:
    """One published table or view, named ``schema.table`` in lower case.

    ``physical`` is what the database calls it, ``schema.table`` too, where
    that is another name, as for tables uploaded with a query.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    kind: Literal["table", "view"] = "table"
    utype: str | None = None
    title: str | None = None
    primary_key: tuple[str, ...] = ()
    positions: tuple[Position, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    physical: str | None = None
    regions: tuple[Region, ...] = ()

    @property
    def schema_name(self) -> str:
        """The part of the name before the dot."""
        return self.name.partition(".")[0]

    @property
    def local_name(self) -> str:
        """The part of the name after the dot."""
        return self.name.partition(".")[2]

    @property
    def temporary(self) -> bool:
        """Whether it came with a query, and goes with it."""
        return (self.physical or "").startswith(TEMPORARY)

    def column(self, name: str) -> Column:
        """Find a column by its exact name.

        Raises
        ------
        KeyError
            If the table has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Schema:
    """A named group of published tables."""

    name: str
    description: str
    tables: tuple[Table, ...]
    utype: str | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything one server publishes, in the order it is listed."""

    schemas: tuple[Schema, ...]

    def __iter__(self) -> Iterator[Table]:
        """Walk all tables, schema by schema."""
        for schema in self.schemas:
            yield from schema.tables

    def table(self, name: str) -> Table:
        """Find a table by its qualified name, whatever its case.

        Raises
        ------
        KeyError
            If no such table is published.
        """
        wanted = name.lower()
        for table in self:
            if table.name.lower() == wanted:
                return table
        raise KeyError(name)


def catalogue(schemas: Iterable[Schema]) -> Catalogue:
    """Put schemas together, refusing a table declared twice.

    Raises
    ------
    ValueError
        If two tables share a name, or a table is in the wrong schema.
    """
    made = Catalogue(tuple(schemas))
    seen: set[str] = set()
    for schema in made.schemas:
        for table in schema.tables:
            if table.name in seen:
                message = f"table {table.name} is declared twice"
                raise ValueError(message)
            if table.schema_name != schema.name:
                message = f"table {table.name} is declared in schema {schema.name}"
                raise ValueError(message)
            seen.add(table.name)
    return made
