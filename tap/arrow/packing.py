"""Values as the bytes of VOTable's BINARY and BINARY2, a column at a time.

Numbers are big-endian (VOTable 1.4, section 2.1). A column is either of
fixed width in every row, or a count and that many bytes or numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tap.arrow.text import data_of, is_ascii, texts
from tap.arrow.types import fixed_length, fixed_numbers, is_complex, ragged

if TYPE_CHECKING:
    from schemas.declaration import Column

    Numbers = np.ndarray[Any, Any]

_BOOLEANS = np.array([b"F", b"T", b"?"])

UCS2 = "utf-16-be"
"""What unicodeChar is made of; characters beyond its plane become pairs."""

_PAIR, _PAIR_BEGINS = 0xFC00, 0xD800
"""Which bits tell the first unit of a pair, and how they are set then."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A column whose values differ in length."""

    counts: Numbers
    """Elements of each value."""
    content: pa.Array
    """Their bytes."""


def packed(array: pa.Array, column: Column, null: int | None = None) -> Numbers | Variable:
    """Pack the values of a column.

    Parameters
    ----------
    array
        Of the type that :func:`tap.arrow.types.arrow_type` gives the column.
    column
        Declares datatype and arraysize.
    null
        The integer that stands for null, 0 if absent.

    Returns
    -------
    numpy.ndarray or Variable
        The array has a big-endian or byte dtype, and one or two dimensions.
    """
    length = fixed_length(column.arraysize)
    if column.datatype in ("char", "unicodeChar"):
        return _text(array, column, length)
    if column.datatype == "bit":
        return _bits(array, length)
    if not pa.types.is_list(array.type):
        return _scalars(array, null)
    offsets, values = ragged(array)
    elements = _scalars(values, null)
    numbers = fixed_numbers(column)
    if numbers is None:
        counts = np.diff(offsets) // (2 if is_complex(column) else 1)
        return Variable(counts, binary_array(elements, offsets))
    return _fixed(offsets, elements, numbers, _filler(elements.dtype, null))


def _bits(array: pa.Array, length: int | None) -> Numbers | Variable:
    """Pack bits, the first one highest, each value in whole bytes; nulls are 0."""
    if not pa.types.is_list(array.type):
        scalars = array.fill_null(fill_value=False).to_numpy(zero_copy_only=False)
        return np.packbits(scalars[:, None], axis=1)
    offsets, values = ragged(array)
    bits = values.fill_null(fill_value=False).to_numpy(zero_copy_only=False)
    if length is not None:
        return np.packbits(_fixed(offsets, bits, length, filler=False), axis=1)
    rows = [np.packbits(bits[start:end]).tobytes() for start, end in pairwise(offsets.tolist())]
    return Variable(np.diff(offsets), pa.array(rows, pa.binary()))


def _scalars(array: pa.Array, null: int | None) -> Numbers:
    """Give numbers or truth values as big-endian bytes, nulls as what stands for them."""
    if pa.types.is_boolean(array.type):
        truths: Numbers = _BOOLEANS[array.cast(pa.uint8()).fill_null(2).to_numpy()]
        return truths
    if array.null_count:
        filler = float("nan") if pa.types.is_floating(array.type) else null or 0
        array = array.fill_null(pa.scalar(filler, array.type))
    values: Numbers = array.to_numpy()
    return values.astype(values.dtype.newbyteorder(">"))


def _filler(dtype: np.dtype[Any], null: int | None) -> bytes | float:
    if dtype.kind == "S":
        return b"?"
    return float("nan") if dtype.kind == "f" else null or 0


def _fixed(offsets: Numbers, elements: Numbers, length: int, filler: bytes | float) -> Numbers:
    """Arrange lists as rows of a matrix, cut or filled up to its width."""
    rows = len(offsets) - 1
    counts = np.diff(offsets)
    if (counts == length).all():
        return elements.reshape(rows, length)
    matrix = np.full((rows, length), filler, elements.dtype)
    places = np.arange(length)
    there = places < counts[:, None]
    if (counts > length).any():
        elements = elements[(offsets[:-1, None] + places)[there]]
    matrix[there] = elements
    return matrix


def _text(array: pa.Array, column: Column, length: int | None) -> Numbers | Variable:
    """Pack characters: ASCII for char, 16-bit units for unicodeChar (section 2.1)."""
    strings = texts(array, column).fill_null("")
    if column.datatype == "unicodeChar":
        offsets, units = _utf16(strings)
        if length is None:
            return Variable(np.diff(offsets), binary_array(units, offsets))
        return _cut(offsets, units, length)
    strings = ascii_only(strings)
    if length is None:
        return Variable(pc.binary_length(strings).to_numpy(), strings.cast(pa.binary()))
    padded = pc.binary_slice(
        pc.ascii_rpad(strings, length, padding="\0").cast(pa.binary()), 0, length
    )
    return np.frombuffer(data_of(padded), np.uint8).reshape(len(strings), length)


def ascii_only(strings: pa.Array) -> pa.Array:
    """Put a question mark for what is outside ASCII; readers take it for damage."""
    if is_ascii(strings):
        return strings
    return pc.replace_substring_regex(strings, "[^\\x00-\\x7F]", "?")


def _cut(offsets: Numbers, units: Numbers, length: int) -> Numbers:
    """Arrange 16-bit units as rows of a fixed width, padded by NUL, without splitting a pair."""
    made = _fixed(offsets, units, length, filler=0)
    split = (made[:, -1] & _PAIR) == _PAIR_BEGINS
    if split.any():
        made[split, -1] = 0
    return made


def _utf16(strings: pa.Array) -> tuple[Numbers, Numbers]:
    """Encode a whole column at once; give where each text begins, and the 16-bit units."""
    content = data_of(strings)
    _, buffer, _ = strings.buffers()
    offsets = np.frombuffer(buffer, np.int32)[strings.offset : strings.offset + len(strings) + 1]
    offsets = offsets.astype(np.int64) - (offsets[0] if len(offsets) else 0)
    if not content.isascii():
        codes = np.frombuffer(content, np.uint8)
        # A character is counted at its first byte; those of four bytes become two units.
        units = ((codes & 0xC0) != 0x80).astype(np.int8) + (codes >= 0xF0)  # noqa: PLR2004 # UTF-8
        offsets = np.concatenate([[0], np.cumsum(units, dtype=np.int64)])[offsets]
    return offsets, np.frombuffer(content.decode().encode(UCS2), np.dtype(">u2"))


def binary_array(elements: Numbers, offsets: Numbers) -> pa.Array:
    """See slices of an array as one binary value each."""
    places = (offsets * elements.dtype.itemsize).astype(np.int32)
    return pa.Array.from_buffers(
        pa.binary(), len(offsets) - 1,
        [None, pa.py_buffer(places), pa.py_buffer(np.ascontiguousarray(elements))],
    )  # fmt: skip
