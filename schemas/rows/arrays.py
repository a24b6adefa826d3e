"""Compiled code for PostgreSQL's arrays: a header, and each element behind its length.

The header is the number of axes, whether an element is null, the type of the
elements, and each axis' length and lowest index (PostgreSQL's ``array_send``);
an empty array has no axis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas.rows.compiling import compiled

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]

_HEADER, _AXIS, _LENGTH = 12, 8, 4
"""Bytes of the header without axes, of an axis, and of the length of an element."""


@compiled
def _number(data: Numbers, at: int) -> int:
    """Read four bytes as a number with a sign."""
    number = 0
    for byte in range(_LENGTH):
        number = number << 8 | data[at + byte]
    return number - (number >> 31 << 32)


@compiled
def write_number(data: Numbers, at: int, number: int) -> int:
    """Write a number as four bytes; give where they end."""
    for byte in range(_LENGTH):
        data[at + byte] = number >> (24 - 8 * byte) & 255
    return at + _LENGTH


@compiled
def count_elements(data: Numbers, ends: Numbers, offsets: Numbers) -> None:
    """Count the elements of arrays, those of all axes.

    Parameters
    ----------
    data, ends
        The arrays, uint8, and where each ends, behind a 0. One that is null is empty here.
    offsets
        Filled: where each array's elements begin among all of them; one number more.
    """
    for row in range(ends.size - 1):
        count = 0
        at = ends[row]
        if ends[row + 1] > at:
            axes = _number(data, at)
            count = 1 if axes > 0 else 0
            for axis in range(axes):
                count *= _number(data, at + _HEADER + _AXIS * axis)
        offsets[row + 1] = offsets[row] + count


@compiled
def take_elements(  # noqa: PLR0913, PLR0917 # a named tuple more would only hide them
    data: Numbers, ends: Numbers, width: int, values: Numbers, value_ends: Numbers, there: Numbers
) -> None:
    """Put the elements of arrays one behind the other.

    Parameters
    ----------
    data, ends
        As above.
    width
        Bytes of each element; 0 where they differ.
    values, value_ends, there
        Filled: the bytes (those of nulls of fixed width stay as they are), where each
        ends, if their widths differ, and 0 where an element is null, else 1.
    """
    element, filled = 0, 0
    for row in range(ends.size - 1):
        at = ends[row]
        if ends[row + 1] > at:
            at += _HEADER + _AXIS * _number(data, at)
        while at < ends[row + 1]:
            length = _number(data, at)
            at += _LENGTH
            there[element] = length >= 0
            length = max(length, 0)
            start = element * width if width > 0 else filled
            values[start : start + length] = data[at : at + length]
            at += length
            filled += length
            element += 1
            if width == 0:
                value_ends[element] = filled


@compiled
def put_elements(  # noqa: PLR0913, PLR0917 # as above
    offsets: Numbers, values: Numbers, bounds: Numbers, there: Numbers, kind: int,
    data: Numbers, ends: Numbers,
) -> None:  # fmt: skip
    """Write lists as arrays.

    Parameters
    ----------
    offsets
        Where each list's elements begin, and where the last one's end.
    values, bounds, there
        The elements' bytes, where each begins, and where the last one ends, and 0 where
        one is null.
    kind
        Number of the elements' type.
    data, ends
        Filled: the arrays, and where each ends, behind a 0; see :func:`array_bytes`.
    """
    at = 0
    for row in range(offsets.size - 1):
        first, last = offsets[row], offsets[row + 1]
        at = write_number(data, at, 1 if last > first else 0)
        at = write_number(data, at, 0 if there[first:last].all() else 1)
        at = write_number(data, at, kind)
        if last > first:
            at = write_number(data, write_number(data, at, last - first), 1)
        for element in range(first, last):
            length = bounds[element + 1] - bounds[element]
            at = write_number(data, at, length if there[element] else -1)
            if there[element]:
                data[at : at + length] = values[bounds[element] : bounds[element + 1]]
                at += length
        ends[row + 1] = at


def array_bytes(lists: int, elements: int, size: int) -> int:
    """Give how many bytes are enough for lists of so many elements of so many bytes."""
    return lists * (_HEADER + _AXIS) + elements * _LENGTH + size
