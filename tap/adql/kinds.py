"""The kinds of value the resolver tells apart, and the metadata of results."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

from schemas.declaration import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.declaration import Datatype


class Kind(Enum):
    """What can be done with a value (ADQL 2.1, section 3); the value is its name in messages."""

    INTEGER = "an integer"
    REAL = "a number"
    STRING = "a string"
    TIMESTAMP = "a timestamp"
    BOOLEAN = "a boolean"
    POINT = "a point"
    CIRCLE = "a circle"
    POLYGON = "a polygon"
    OTHER = "an array"
    NULL = "NULL"
    UNKNOWN = "unknown"
    """The value of a name that could not be resolved, which is already reported."""


NUMBERS = frozenset({Kind.INTEGER, Kind.REAL})
ANYTHING = frozenset({Kind.NULL, Kind.UNKNOWN})
"""Kinds that may stand wherever any other may."""

_RANKS: dict[Datatype, int] = {
    "unsignedByte": 0, "short": 1, "int": 2, "long": 3, "float": 4, "double": 5,
}  # fmt: skip
_CHARACTERS = frozenset({"char", "unicodeChar"})
_GEOMETRIES = {"point": Kind.POINT, "circle": Kind.CIRCLE, "polygon": Kind.POLYGON}


def kind_of(column: Column) -> Kind:
    """Tell the kind of a column from datatype, arraysize and xtype."""
    if column.datatype in _CHARACTERS:
        return Kind.TIMESTAMP if column.xtype == "timestamp" else Kind.STRING
    if column.arraysize is not None:
        return _GEOMETRIES.get(column.xtype or "", Kind.OTHER)
    if column.datatype == "boolean":
        return Kind.BOOLEAN
    return Kind.REAL if column.datatype in {"float", "double"} else Kind.INTEGER


def plain(datatype: Datatype, unit: str | None = None) -> Column:
    """Make the metadata of a computed scalar."""
    return Column("", datatype, unit=unit)


STRING = Column("", "char", arraysize="*")
UNICODE = Column("", "unicodeChar", arraysize="*")
TIMESTAMP = Column("", "char", arraysize="*", xtype="timestamp")
POINT = Column("", "double", arraysize="2", xtype="point", unit="deg", ucd="pos.eq")
CIRCLE = Column("", "double", arraysize="3", xtype="circle", unit="deg", ucd="pos.eq")
POLYGON = Column("", "double", arraysize="*", xtype="polygon", unit="deg", ucd="pos.outline")


def common(columns: Sequence[Column]) -> Column:
    """Merge the metadata of values that become one column, as set operators do.

    Names, units and UCDs are the first value's (ADQL 2.1, section 4.6);
    the datatype is wide enough for all.
    """
    first = columns[0]
    if all(column == first for column in columns):
        return first
    if first.datatype in _RANKS and first.arraysize is None:
        datatype = wider([column.datatype for column in columns])
        return replace(first, datatype=datatype)
    if any(column.datatype == "unicodeChar" for column in columns):
        return replace(first, datatype="unicodeChar", arraysize="*")
    return replace(first, arraysize="*") if first.datatype == "char" else first


def wider(datatypes: Sequence[Datatype]) -> Datatype:
    """Find the type PostgreSQL gives an operation on numbers of these types."""
    found = max(datatypes, key=lambda datatype: _RANKS.get(datatype, 0))
    if found == "float" and any(datatype != "float" for datatype in datatypes):
        return "double"
    return "short" if found == "unsignedByte" else found
