"""Values as the text of a table cell, a column at a time.

The same text stands in TABLEDATA, CSV, TSV, HTML and plain text (TAP 1.1,
section 3.4: values are serialised as in VOTable). A null scalar stays null
here; every one of those formats writes it as nothing (VOTable 1.4, section
5.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tap.arrow.types import TIMESTAMP, fixed_numbers, is_text, ragged, string_width

if TYPE_CHECKING:
    from schemas.declaration import Column

_MISSING = {
    "float": "NaN", "double": "NaN", "floatComplex": "NaN", "doubleComplex": "NaN",
    "boolean": "?", "bit": "0",
}  # fmt: skip
"""What stands for a null element of an array (VOTable 1.4, section 2.1)."""

_SECOND = 1_000_000
"""Microseconds."""

_NOT_ASCII = 0x80
_DATE = 10
"""Characters of a date with a year of four digits."""
_LENGTHS = ({_DATE + 9}, {_DATE + 16})
"""Lengths of the texts of such times, in seconds and with microseconds."""


def texts(array: pa.Array, column: Column, null: int | None = None) -> pa.Array:
    """Write the values of a column.

    Parameters
    ----------
    array
        Of the type that :func:`tap.arrow.types.arrow_type` gives the column.
    column
        Declares datatype and arraysize (VOTable 1.4, sections 2.1 and 2.2).
    null
        The integer that stands for a null element of an array of integers.
        Without it such an element is written as the word null.

    Returns
    -------
    pyarrow.StringArray
    """
    if column.datatype == "bit":
        array = array.cast(pa.list_(pa.int8()) if pa.types.is_list(array.type) else pa.int8())
    if not pa.types.is_list(array.type):
        return scalar_texts(array)
    if is_text(column):
        return _padded(array, string_width(column))
    missing = _MISSING.get(column.datatype) or ("null" if null is None else str(null))
    filled = column.datatype in _MISSING or null is not None
    length = fixed_numbers(column)
    if length is not None:
        array = _of_length(array, length)
    written = joined(array, " ", missing)
    if array.null_count and filled and length is not None:
        # STILTS takes an empty cell of a fixed number of elements for an error.
        written = written.fill_null(" ".join([missing] * length))
    return written


def _of_length(array: pa.Array, length: int) -> pa.Array:
    """Cut or fill up arrays that are not as long as declared."""
    if pc.all(pc.equal(pc.list_value_length(array), length)).as_py() in (True, None):
        return array
    lists = [v and (v + [None] * length)[:length] for v in array.to_pylist()]
    return pa.array([[None] * length if v == [] else v for v in lists], array.type)


def scalar_texts(array: pa.Array) -> pa.Array:
    """Write scalars; text is left as it is."""
    if pa.types.is_string(array.type):
        return array
    if array.type == TIMESTAMP:
        return _times(array)
    written = array.cast(pa.string())
    return _floats(array, written) if pa.types.is_floating(array.type) else written


def joined(array: pa.Array, separator: str, missing: str) -> pa.Array:
    """Write lists as their elements in order; null where the list is."""
    offsets, values = ragged(array)
    elements = scalar_texts(values).fill_null(missing)
    lists = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), elements)
    written = pc.binary_join(lists, separator)
    if array.null_count:
        return pc.if_else(array.is_valid(), written, pa.scalar(None, pa.string()))
    return written


def _times(array: pa.Array) -> pa.Array:
    """Write times with T and without a zone; microseconds only where there are any."""
    ticks = array.view(pa.int64()).fill_null(0).to_numpy()
    short = _iso(array.cast(pa.timestamp("s"), safe=False))
    parts = ticks % _SECOND
    if not parts.any():
        return short
    return pc.if_else(pa.array(parts == 0), short, _iso(array))


def _iso(array: pa.Array) -> pa.Array:
    """Write T for the blank between date and time."""
    written = array.cast(pa.string())
    known = written.drop_null() if written.null_count else written
    if set(pc.binary_length(known).unique().to_pylist()) not in _LENGTHS:
        return pc.replace_substring(written, " ", "T", max_replacements=1)
    validity, offsets, data = written.buffers()
    codes = np.frombuffer(data, np.uint8).copy()
    starts = np.frombuffer(offsets, np.int32)[: len(written)]
    if written.null_count:
        starts = starts[written.is_valid().to_numpy(zero_copy_only=False)]
    codes[starts + _DATE] = ord("T")
    return pa.Array.from_buffers(
        pa.string(), len(written), [validity, offsets, pa.py_buffer(codes)], written.null_count
    )


def _floats(array: pa.Array, written: pa.Array) -> pa.Array:
    """Spell what is no finite number as VOTable does."""
    if pc.all(pc.is_finite(array)).as_py() in (True, None):
        return written
    infinite = pc.if_else(pc.greater(array, 0), "+Inf", "-Inf")
    other = pc.if_else(pc.is_nan(array), "NaN", infinite)
    return pc.if_else(pc.is_finite(array), written, other)


def _padded(array: pa.Array, width: int) -> pa.Array:
    """Write an array of strings, each padded to the width the declaration fixes."""
    offsets, values = ragged(array)
    cut = pc.utf8_slice_codeunits(values.fill_null(""), 0, width)
    padded = pc.utf8_rpad(cut, width)
    lists = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), padded)
    return pc.if_else(array.is_valid(), pc.binary_join(lists, ""), pa.scalar(None, pa.string()))


_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_PLAIN = bytes(code for code in range(256) if code >= ord(" ") or code in b"\t\n")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
"""In this order: the ampersand first, or it would escape the others' own."""


def xml_escaped(array: pa.Array) -> pa.Array:
    """Write text for XML: markup escaped, what XML cannot hold replaced by U+FFFD.

    Looking at all bytes of the column at once shows that most need nothing.
    """
    content = data_of(array)
    odd = content.translate(None, _PLAIN) or b"\xef\xbf" in content
    if odd:
        # XML 1.0, section 2.2
        array = pc.replace_substring_regex(
            array, "[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x{FFFE}\\x{FFFF}]", _REPLACEMENT
        )
    for character, escaped in _ESCAPES.items():
        if character.encode() in content:
            array = pc.replace_substring(array, character, escaped)
    return array


def data_of(array: pa.Array) -> bytes:
    """Give all text of a column in one piece."""
    return bytes(_view_of(array))


def is_ascii(array: pa.Array) -> bool:
    """Tell whether a column has ASCII text only, without copying it."""
    codes = np.frombuffer(_view_of(array), np.uint8)
    return not len(codes) or bool(codes.max() < _NOT_ASCII)


def _view_of(array: pa.Array) -> memoryview:
    _, offsets, data = array.buffers()
    if data is None or not len(array):
        return memoryview(b"")
    ends = memoryview(offsets).cast("i")
    return memoryview(data)[ends[array.offset] : ends[array.offset + len(array)]]
