"""Binary values as columns: the counterpart of :mod:`tap.arrow.packing`.

VOTable's BINARY forms and FITS have the same numbers, truth values and texts,
big-endian and one behind the other.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tap.arrow.packing import UCS2
from tap.arrow.types import arrow_type, is_text
from tap.readers.cells import text_column, times

if TYPE_CHECKING:
    from schemas.declaration import Column, Datatype

    Numbers = np.ndarray[Any, Any]

ELEMENTS: dict[Datatype, np.dtype[Any]] = {
    "boolean": np.dtype("u1"),
    "bit": np.dtype("u1"),
    "unsignedByte": np.dtype("u1"),
    "short": np.dtype(">i2"),
    "int": np.dtype(">i4"),
    "long": np.dtype(">i8"),
    "char": np.dtype("u1"),
    "unicodeChar": np.dtype(">u2"),
    "float": np.dtype(">f4"),
    "double": np.dtype(">f8"),
    "floatComplex": np.dtype(">f4"),
    "doubleComplex": np.dtype(">f8"),
}
"""How each primitive is written (VOTable 1.4, section 2.1); a complex one is two of these."""

_UNKNOWN = 2
_TRUTHS = np.full(256, _UNKNOWN, np.uint8)
_TRUTHS[list(b"Tt1")] = 1
_TRUTHS[list(b"Ff0")] = 0


def unpacked(
    elements: Numbers, offsets: Numbers, column: Column, null: int | None, first: int
) -> pa.Array:
    """Read the values of a column.

    Parameters
    ----------
    elements
        Of all rows, one behind the other: of a type of :data:`ELEMENTS`, but for
        ``bit``, where each is a truth value of its own.
    offsets
        Where each row's elements begin, and where the last ones end.
    column
        Declares datatype and arraysize.
    null
        The integer that stands for null.
    first
        Number of the first row, for messages.

    Raises
    ------
    ReadError
        If a text is no time where it should be one.
    """
    if is_text(column) or column.xtype == "timestamp":
        cells = _texts(elements, offsets, column)
        if is_text(column):
            return text_column(cells, column)
        return times(cells, column.name, first)
    return listed(_values(elements, column, null), offsets, column)


def listed(values: pa.Array, offsets: Numbers, column: Column) -> pa.Array:
    """Put elements together to arrays, if the column has any."""
    if not pa.types.is_list(arrow_type(column)):
        return values
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)


def _texts(elements: Numbers, offsets: Numbers, column: Column) -> list[str | None]:
    content = elements.tobytes()
    places = (offsets * elements.dtype.itemsize).tolist()
    pieces = [content[start:end] for start, end in pairwise(places)]
    if column.datatype == "unicodeChar":
        texts = [piece.decode(UCS2, "replace") for piece in pieces]
    else:
        texts = _decoded(pieces)
    if "\0" in content.decode("latin-1") and "x" not in (column.arraysize or ""):
        return [text.partition("\0")[0] for text in texts]
    return list(texts)


def _decoded(pieces: list[bytes]) -> list[str]:
    """Read characters: ASCII by the standards, UTF-8 or Latin 1 in fact."""
    try:
        return [piece.decode() for piece in pieces]
    except UnicodeDecodeError:
        return [piece.decode("latin-1") for piece in pieces]


def _values(elements: Numbers, column: Column, null: int | None) -> pa.Array:
    if column.datatype == "bit":
        return pa.array(elements.astype(np.bool_))
    if column.datatype == "boolean":
        truths = _TRUTHS[elements]
        return pa.array(truths == 1, mask=truths == _UNKNOWN)
    native = elements.astype(elements.dtype.newbyteorder("="))
    values = pa.array(native)
    if null is not None:
        values = pc.if_else(pc.equal(values, pa.scalar(null, values.type)), None, values)
    return values


def bits_of(content: Numbers, counts: Numbers) -> Numbers:
    """Take packed bits apart, the highest of each byte first (VOTable 1.4, section 6).

    Parameters
    ----------
    content
        Bytes of all rows, each row in whole bytes.
    counts
        Bits of each row.
    """
    sizes = (counts + 7) // 8
    ends = np.cumsum(sizes)
    rows = [
        np.unpackbits(content[end - size : end], count=count)
        for end, size, count in zip(ends.tolist(), sizes.tolist(), counts.tolist(), strict=True)
    ]
    return np.concatenate(rows) if rows else np.empty(0, np.uint8)


def gathered(content: Numbers, starts: Numbers, sizes: Numbers) -> Numbers:
    """Put slices of different lengths one behind the other."""
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    places = np.repeat(starts - offsets[:-1], sizes) + np.arange(offsets[-1])
    found: Numbers = content[places]
    return found
