"""Which PostgreSQL type a declared column has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    REAL,
    TIMESTAMP,
    BigInteger,
    Boolean,
    Double,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
)
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType
from typing_extensions import override

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

    from schemas.declaration import Column

_SCALARS: dict[str, type[TypeEngine[Any]]] = {
    "boolean": Boolean,
    "bit": Boolean,
    "short": SmallInteger,
    "int": Integer,
    "long": BigInteger,
    "float": REAL,
    "double": Double,
    "char": Text,
    "unicodeChar": Text,
    "floatComplex": REAL,
    "doubleComplex": Double,
}


class Cube(UserDefinedType[str]):
    """The type of PostgreSQL's ``cube`` extension; here, always a unit vector."""

    cache_ok = True

    @override
    def get_col_spec(self, **_: object) -> str:
        """Name the type in DDL."""
        return "cube"

    @override
    def __repr__(self) -> str:
        return "Cube()"


# So that Alembic, which reflects the database, knows the type too.
ischema_names["cube"] = Cube


def sql_type(column: Column) -> TypeEngine[Any]:
    """Give the PostgreSQL type a declared column is stored with.

    Text is ``text`` whatever its declared length, an array of numbers an
    array, ``unsignedByte[*]`` is ``bytea``, a complex number an array of two.
    """
    if column.xtype == "timestamp":
        return TIMESTAMP(timezone=False)
    if column.datatype == "unsignedByte":
        return SmallInteger() if column.arraysize is None else LargeBinary()
    scalar = _SCALARS[column.datatype]()
    if isinstance(scalar, Text):
        return ARRAY(scalar) if "x" in (column.arraysize or "") else scalar
    is_complex = column.datatype in ("floatComplex", "doubleComplex")
    return scalar if column.arraysize is None and not is_complex else ARRAY(scalar)
