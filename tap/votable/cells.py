"""Values as the text of a table cell, by the datatype of their column.

The same text stands in TABLEDATA and in CSV (TAP 1.1, section 3.4: values are
serialised as in VOTable). Null is the empty string for every type (VOTable
1.4, section 5.1).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.declaration import Column

Encoder = Callable[[object], str]
"""Turns one value of a column into the text of its cell."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters XML 1.0 cannot hold, not even as references (section 2.2)."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def xml_text(text: str) -> str:
    """Replace each character that XML cannot hold by U+FFFD."""
    return _NOT_XML.sub(_REPLACEMENT, text)


def encoder(column: Column) -> Encoder:
    """Choose how the values of a column are written.

    Parameters
    ----------
    column
        Declares datatype and arraysize (VOTable 1.4, sections 2.1 and 2.2).
    """
    shape = column.arraysize
    if column.datatype in ("char", "unicodeChar"):
        # "8x*" is an array of strings of 8 characters each.
        return _string_array(int(shape.partition("x")[0])) if shape and "x" in shape else _text
    scalar = _SCALARS[column.datatype]
    return scalar if shape is None else _array(scalar, column)


def _boolean(value: object) -> str:
    if value is None:
        return ""
    return "true" if value else "false"


def _integer(value: object) -> str:
    """Write an integer; sums arrive from the database as integral Decimals."""
    if value is None:
        return ""
    if isinstance(value, (float, Decimal)) and value != int(value):
        message = "a value with a fraction stands in an integer column"
        raise ValueError(message)
    return str(int(value))  # type: ignore[call-overload] # anything that is not a number raises


def _floating(value: object) -> str:
    """Write the shortest text that reads back as the same number."""
    if value is None:
        return ""
    if isinstance(value, (float, Decimal)) and not math.isfinite(value):
        if math.isnan(value):
            return "NaN"
        return "+Inf" if value > 0 else "-Inf"
    if isinstance(value, float):
        return float.__repr__(value)  # a numpy double would put its type's name around it
    return str(value)


def _text(value: object) -> str:
    if isinstance(value, str):
        return xml_text(value)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return _timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return _boolean(value)
    return xml_text(str(value))


def _timestamp(value: datetime) -> str:
    """Write a time with T and no zone (DALI 1.1, section 3.3.3)."""
    if value.tzinfo is not None:
        value = value.astimezone(UTC).replace(tzinfo=None)
    return value.isoformat()


def _array(scalar: Encoder, column: Column) -> Encoder:
    """Write arrays of any depth as elements separated by blanks, the first axis fastest.

    A null array of fixed length is written as that many null elements, where
    its type has them: STILTS takes an empty cell there for an error.
    """
    missing = _MISSING.get(column.datatype, "")
    null = " ".join([missing] * _length(column.arraysize)) if missing else ""

    def encode(value: object) -> str:
        if value is None:
            return null
        elements = [scalar(element) or missing for element in _flat(value)]
        if "" in elements:
            message = f"the array column {column.name} has a null element, which has no text form"
            raise ValueError(message)
        return " ".join(elements)

    return encode


def _length(arraysize: str | None) -> int:
    """Count the elements of an array of fixed shape; 0 where the shape varies."""
    axes = (arraysize or "").split("x")
    return math.prod(map(int, axes)) if all(axis.isdigit() for axis in axes) else 0


def _string_array(width: int) -> Encoder:
    """Write an array of strings, each padded to the width the declaration fixes."""

    def encode(value: object) -> str:
        if value is None:
            return ""
        return "".join(_text(element)[:width].ljust(width) for element in _flat(value))

    return encode


def _flat(value: object) -> Iterator[object]:
    if isinstance(value, Iterable) and not isinstance(value, str):
        for element in value:
            yield from _flat(element)
    else:
        yield value


_MISSING = {"float": "NaN", "double": "NaN", "boolean": "?"}
"""What stands for a null element of an array (VOTable 1.4, section 2.1)."""

_SCALARS: dict[str, Encoder] = {
    "boolean": _boolean,
    "unsignedByte": _integer,
    "short": _integer,
    "int": _integer,
    "long": _integer,
    "float": _floating,
    "double": _floating,
}
