"""Values written as text, a column at a time: the counterpart of :mod:`tap.arrow.text`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tap.arrow.types import (
    TIMESTAMP,
    arrow_type,
    fixed_length,
    fixed_numbers,
    is_complex,
    is_text,
    string_width,
)
from tap.readers.model import ReadError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schemas.declaration import Column

    Cells = list[str | None]

_TRUTHS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
_UNKNOWN = frozenset({"?", "", " ", "null"})
_INFINITE = re.compile(r"\+?(inf|infinity|nan)|-(inf|infinity)", re.IGNORECASE)


def parsed(cells: Cells, column: Column, null: int | None, first: int) -> pa.Array:
    """Read the values of a column.

    Parameters
    ----------
    cells
        As they are written; None and nothing are null (VOTable 1.4, section 5.1).
    column
        Declares datatype and arraysize.
    null
        The integer that stands for null.
    first
        Number of the first cell's row, for messages.

    Raises
    ------
    ReadError
        If a cell holds no such value.
    """
    if is_text(column):
        return text_column(cells, column)
    if column.xtype == "timestamp":
        return times(cells, column.name, first)
    wanted = arrow_type(column)
    if pa.types.is_list(wanted):
        return _arrays(cells, column, null, first)
    return _scalars(cells, column, null, lambda place: f"row {first + place}")


def text_column(cells: Cells, column: Column) -> pa.Array:
    """Make a column of texts, or of arrays of them; what is empty is null."""
    texts = pa.array([cell or None for cell in cells], pa.string())
    if "x" not in (column.arraysize or ""):
        return texts
    width = string_width(column)
    lists = [cell and pieces(cell, width) for cell in texts.to_pylist()]
    if fixed_length(column.arraysize) is not None:
        # Padding only is how a null of fixed shape is written.
        lists = [one if one and any(one) else None for one in lists]
    return pa.array(lists, pa.list_(pa.string()))


def pieces(text: str, width: int) -> list[str]:
    """Take an array of strings apart, whose blanks at the ends are padding."""
    width = max(width, 1)
    return [text[n : n + width].rstrip(" \0") for n in range(0, len(text), width)]


def times(cells: Cells, name: str, first: int) -> pa.Array:
    """Read times of ISO 8601, without zone or with Z (DALI 1.1, section 3.3.3)."""
    texts = pa.array([(cell or "").strip().rstrip("Zz") or None for cell in cells], pa.string())
    # Digits after the microseconds are more than anything here keeps.
    texts = pc.replace_substring_regex(texts, r"(\.\d{6})\d+$", r"\1")
    try:
        return texts.cast(TIMESTAMP)
    except pa.ArrowInvalid:
        place = _first_wrong(texts.to_pylist(), lambda text: pa.scalar(text).cast(TIMESTAMP))
        raise _wrong(texts[place].as_py(), "time such as 2009-01-31T12:00:00", name,
                     f"row {first + place}") from None  # fmt: skip


def _first_wrong(cells: Sequence[Any], read: Callable[[Any], object]) -> int:
    for place, cell in enumerate(cells):
        try:
            read(cell)
        except (ValueError, OverflowError):
            return place
    raise AssertionError("all cells can be read after all")


def _wrong(cell: str, kind: str, name: str, place: str) -> ReadError:
    shown = cell if len(cell) <= 40 else cell[:39] + "…"  # noqa: PLR2004 # what fits a message
    return ReadError(f"{place}, column {name}: {shown!r} is no {kind}")


def _scalars(
    cells: Cells, column: Column, null: int | None, place: Callable[[int], str]
) -> pa.Array:
    """Read numbers or truth values, wherever they stand."""
    wanted = _element_type(column)
    if pa.types.is_boolean(wanted):
        return _truths(cells, column, place)
    try:
        made = pa.array(cells, pa.string()).cast(wanted)
    except pa.ArrowInvalid:
        made = _slowly(cells, column, wanted, place)
    if null is not None:
        made = pc.if_else(pc.equal(made, pa.scalar(null, wanted)), pa.scalar(None, wanted), made)
    return made


def _element_type(column: Column) -> pa.DataType:
    wanted = arrow_type(column)
    return wanted.value_type if pa.types.is_list(wanted) else wanted


def _truths(cells: Cells, column: Column, place: Callable[[int], str]) -> pa.Array:
    made: list[bool | None] = []
    for number, cell in enumerate(cells):
        text = (cell or "").strip().lower()
        truth = _TRUTHS.get(text)
        if truth is None and text not in _UNKNOWN:
            raise _wrong(cell or "", f"{column.datatype} value", column.name, place(number))
        made.append(truth)
    return pa.array(made, pa.bool_())


def _slowly(
    cells: Cells, column: Column, wanted: pa.DataType, place: Callable[[int], str]
) -> pa.Array:
    """Read numbers one by one: blanks, empty cells, hexadecimals, infinities."""
    read = _real if pa.types.is_floating(wanted) else _whole
    made = []
    for number, cell in enumerate(cells):
        text = (cell or "").strip()
        try:
            value = read(text) if text else None
            pa.scalar(value, wanted)
        except (ValueError, OverflowError):
            raise _wrong(text, column.datatype, column.name, place(number)) from None
        made.append(value)
    return pa.array(made, wanted)


def _whole(text: str) -> int:
    return int(text, 16) if text[:2].lower() == "0x" else int(text)


def _real(text: str) -> float:
    # Python takes underscores in numbers, and Fortran's D is not among its exponents.
    if "_" in text:
        raise ValueError(text)
    return float(
        text.replace("D", "E").replace("d", "e") if not _INFINITE.fullmatch(text) else text
    )


def _arrays(cells: Cells, column: Column, null: int | None, first: int) -> pa.Array:
    """Read arrays, whose elements blanks part; those of bits need none."""
    if column.datatype == "bit":
        lists = [None if not cell else list("".join(cell.split())) for cell in cells]
    else:
        lists = [None if cell is None else cell.split() for cell in cells]
        lists = [cells_ or None for cells_ in lists]
    counts = np.array([len(one or ()) for one in lists], np.int64)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    _check_lengths(lists, column, first)

    def place(element: int) -> str:
        return f"row {first + int(np.searchsorted(offsets, element, side='right')) - 1}"

    flat: Cells = [element for one in lists if one for element in one]
    elements = _scalars(flat, column, null, place)
    mask = pa.array([one is None for one in lists], pa.bool_())
    made = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), elements, mask=mask)
    return _nothing_known(made, column)


def _check_lengths(lists: Sequence[list[str] | None], column: Column, first: int) -> None:
    """See that arrays of fixed shape have it, and that others have whole rows."""
    wanted = fixed_numbers(column)
    for number, one in enumerate(lists):
        if one is not None and not fits_shape(len(one), column, wanted):
            raise ReadError(
                f"row {first + number}, column {column.name}: {len(one)} values;"
                f" arraysize {column.arraysize} of {column.datatype} has other numbers"
            )


def fits_shape(count: int, column: Column, wanted: int | None) -> bool:
    """Tell whether a value has a number of elements that its declaration allows."""
    if wanted is not None:
        return count == wanted
    *axes, _ = (column.arraysize or "*").split("x")
    step = 2 if is_complex(column) else 1
    for axis in axes:
        step *= int(axis)
    return count % step == 0 if step else count == 0


def _nothing_known(array: pa.Array, column: Column) -> pa.Array:
    """Make an array of nulls only, as a null of fixed shape is written, a null itself."""
    if not array.flatten().null_count or fixed_length(column.arraysize) is None:
        return array
    lists = array.to_pylist()
    empty = [one is not None and all(element is None for element in one) for one in lists]
    return pa.array([None if none else one for one, none in zip(lists, empty, strict=True)],
                    array.type)  # fmt: skip
