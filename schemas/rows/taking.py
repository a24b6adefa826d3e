"""Compiled code that takes rows from a connection, a column's values one behind the other.

PostgreSQL sends a value as its length and that many bytes (its manual, section
"Message Formats", DataRow).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from schemas.rows import libpq
from schemas.rows.compiling import compiled

if TYPE_CHECKING:
    Address = Any  # an integer, of Python's or numpy's
    Numbers = np.ndarray[Any, Any]

RESULT, ROW, STATUS, NEEDED, COLUMN = range(5)
"""Places in the state of reading: the result of libpq's that is being read, the row in it
that is next, why reading stopped, how many bytes a value needs and in which column."""

FULL, END, FAILED, NO_ROOM = range(4)
"""Why reading stopped. After FAILED the result is the error."""

_TUPLES, _CHUNK = 2, 12
"""Statuses of results that hold rows."""

_CLOCK = time.CLOCK_MONOTONIC


class Columns(NamedTuple):
    """Where the values of a batch go; all arrays are contiguous."""

    widths: Numbers
    """Bytes of each value of a column, int32; 0 where they differ."""
    places: Numbers
    """Address of each column's bytes, uintp. Those of fixed width begin as zeros."""
    room: Numbers
    """Bytes there are at that address, int64; of no meaning where the width is fixed."""
    filled: Numbers
    """Bytes used of them, int64."""
    ends: Numbers
    """Columns x (rows + 1), int32: where the values of differing length end; begins with 0."""
    there: Numbers
    """Columns x rows, uint8: 0 where a value is null, else 1."""


@compiled
def _fits(result: Address, row: int, columns: Columns, state: Numbers) -> bool:
    """Tell whether there is room for a row."""
    for column in range(columns.widths.size):
        if columns.widths[column] == 0:
            wanted = columns.filled[column] + libpq.length(result, row, column)
            if wanted > columns.room[column]:
                state[NEEDED], state[COLUMN] = wanted, column
                return False
    return True


@compiled
def _take_row(result: Address, row: int, columns: Columns, number: int) -> int:
    """Copy the values of a row; give how many bytes they have."""
    size = 0
    for column in range(columns.widths.size):
        width = columns.widths[column]
        length = libpq.length(result, row, column)
        there = length > 0 or libpq.is_null(result, row, column) == 0
        columns.there[column, number] = there
        start = number * width if width > 0 else columns.filled[column]
        if there:
            libpq.copy(
                columns.places[column] + np.uint64(start),
                libpq.value(result, row, column),
                np.uint64(length),
            )
        if width == 0:
            columns.filled[column] = start + length
            columns.ends[column, number + 1] = start + length
        size += length
    return size


@compiled
def _seconds(clock: Numbers) -> float:
    """Tell the time; ``clock`` is two int64."""
    libpq.clock(_CLOCK, clock.ctypes.data)
    return float(clock[0] + clock[1] * 1e-9)


@compiled
def take_rows(  # noqa: PLR0913, PLR0917 # a named tuple more would only hide them
    connection: Address, state: Numbers, columns: Columns, rows: int, size: int, patience: float
) -> int:
    """Take rows from a connection on which a query is running.

    Parameters
    ----------
    connection
        Address of libpq's connection.
    state
        Five int64; see :data:`RESULT`.
    columns
        What is filled, from its beginning.
    rows, size
        How many rows, or bytes, are enough.
    patience
        Seconds after which what is there is enough, if anything is.

    Returns
    -------
    int
        Rows taken. ``state`` tells why they are no more.
    """
    clock = np.zeros(2, np.int64)
    until = _seconds(clock) + patience
    taken, used = 0, 0
    state[STATUS] = FULL
    while taken < rows and used < size:
        if state[RESULT] == 0:
            if taken > 0 and _seconds(clock) > until:
                break
            state[RESULT], state[ROW] = libpq.next_result(np.uint64(connection)), 0
            if state[RESULT] == 0:
                state[STATUS] = END
                break
        result = np.uint64(state[RESULT])
        status = libpq.status(result)
        if status not in (_TUPLES, _CHUNK):
            state[STATUS] = FAILED
            break
        there = libpq.row_count(result)
        while state[ROW] < there and taken < rows and used < size:
            if not _fits(result, state[ROW], columns, state):
                state[STATUS] = NO_ROOM
                return taken
            used += _take_row(result, state[ROW], columns, taken)
            state[ROW] += 1
            taken += 1
        if state[ROW] >= there:
            libpq.clear(result)
            state[RESULT] = 0
    return taken


@compiled
def drain(connection: Address) -> None:
    """Throw away what is still to come of a query."""
    result = libpq.next_result(np.uint64(connection))
    while result != 0:
        libpq.clear(result)
        result = libpq.next_result(np.uint64(connection))


@compiled
def await_result(connection: Address) -> Address:
    """Wait for the next result of a connection; 0 after the last one."""
    return libpq.next_result(np.uint64(connection))
