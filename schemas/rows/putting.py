"""Compiled code that writes rows as COPY … FROM STDIN (FORMAT binary) takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from schemas.rows import libpq
from schemas.rows.arrays import write_number
from schemas.rows.compiling import compiled

if TYPE_CHECKING:
    from schemas.rows.taking import Columns

    Numbers = np.ndarray[Any, Any]

HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
"""What the data begin with (PostgreSQL's manual, COPY, "Binary Format")."""

TAIL = b"\xff\xff"
"""What they end with."""

_COUNT, _LENGTH = 2, 4
"""Bytes of the number of columns of a row, and of the length of a value."""


def rows_bytes(rows: int, columns: int, size: int) -> int:
    """Give how many bytes are enough for rows whose values have so many."""
    return rows * (_COUNT + columns * _LENGTH) + size


@compiled
def put_rows(columns: Columns, rows: int, data: Numbers) -> int:
    """Write rows.

    Parameters
    ----------
    columns
        The values. Of those whose length differs all of the bytes are used, also a null's.
    rows
        How many.
    data
        Filled, uint8; see :func:`rows_bytes`.

    Returns
    -------
    int
        Bytes written.
    """
    at = 0
    for row in range(rows):
        data[at], data[at + 1] = columns.widths.size >> 8, columns.widths.size & 255
        at += _COUNT
        for column in range(columns.widths.size):
            if columns.there[column, row] == 0:
                at = write_number(data, at, -1)
                continue
            length = columns.widths[column]
            start = row * length
            if length == 0:
                start = columns.ends[column, row]
                length = columns.ends[column, row + 1] - start
            at = write_number(data, at, length)
            libpq.copy(
                np.uint64(data.ctypes.data + at),
                columns.places[column] + np.uint64(start),
                np.uint64(length),
            )
            at += length
    return at
