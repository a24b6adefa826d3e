"""The rows of a query, as Arrow record batches.

Values come in PostgreSQL's binary form and are taken apart by compiled code,
so that reading them takes less time than sending them takes PostgreSQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pyarrow as pa

from schemas.arrow_errors import database_error
from schemas.rows import libpq, taking
from schemas.rows.types import ELEMENTS, FIXED
from schemas.rows.values import Values, typed

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn

    Numbers = np.ndarray[Any, Any]

FIRST_BYTES = 128 * 1024
"""Data in the first batch, which is soon there; each further one may have twice as much."""

MOST_BYTES = 2 * 1024 * 1024

_FIRST_ROWS, _MOST_ROWS = 1024, 32 * 1024

_CHUNK = 32
"""Rows that libpq holds at a time, however large: fewer take longer, more are no faster."""

_PATIENCE = 0.1
"""Seconds spent on collecting rows; then what is there goes on."""


def prepare() -> None:
    """Have what reads rows compiled, which takes a moment, before a query waits for it."""
    empty = Values(0, np.zeros(0, np.uint8), np.zeros(1, np.int32), np.zeros(0, np.uint8))
    typed(next(iter(ELEMENTS)), empty)
    no_connection, state = 0, np.zeros(5, np.int64)
    batch = _Batch(np.zeros(1, np.int32), np.zeros(1, np.int64), 1)
    taking.await_result(no_connection)
    taking.take_rows(no_connection, state, batch.columns, 1, 1, _PATIENCE)
    taking.drain(no_connection)


class RowReader:
    """Iterates over the batches of one query, each of at least one row.

    Reading does not hold Python's lock. It must come to its end, or be
    closed, before the connection can be used for anything else.

    Parameters
    ----------
    connection
        On which nothing is running.
    sql
        A statement that gives rows.

    Raises
    ------
    ArrowDatabaseError
        If it fails, now or while it is walked.
    """

    def __init__(self, connection: PGconn, sql: str) -> None:
        connection.send_query_params(sql.encode(), None, result_format=1)
        connection.set_chunked_rows_mode(_CHUNK)
        self._address = connection.pgconn_ptr  # type: ignore[attr-defined] # not in the protocol
        self._state = np.zeros(5, np.int64)
        self._state[taking.RESULT] = taking.await_result(self._address)
        self.exhausted = False
        """Whether all rows were read, or none can be."""
        self._left = False
        if libpq.has_failed(self._result):
            self._fail()
        columns = libpq.columns(self._result)
        self._names = [name for name, _ in columns]
        self._types = [kind for _, kind in columns]
        fixed = (FIXED.get(kind) for kind in self._types)
        self._widths = np.array([kind.sent.itemsize if kind else 0 for kind in fixed], np.int32)
        self._rows, self._bytes = _FIRST_ROWS, FIRST_BYTES

    def __iter__(self) -> RowReader:
        """Walk the batches."""
        return self

    def __next__(self) -> pa.RecordBatch:
        """Wait for the next batch; what came before a failure is one too."""
        if self._left:
            raise RuntimeError("the rest of these rows was thrown away")
        if self.exhausted:
            raise StopIteration
        batch, rows = self._take()
        status = self._state[taking.STATUS]
        if status == taking.FAILED and not rows:
            self._fail()
        self.exhausted = bool(status == taking.END)
        if not rows:
            raise StopIteration
        self._grow(rows, batch.size(rows))
        return pa.RecordBatch.from_arrays(
            [typed(kind, batch.values(column, rows)) for column, kind in enumerate(self._types)],
            names=self._names,
        )

    def close(self) -> None:
        """Throw away what is still to come, waiting for it: cancel the query before."""
        if not self.exhausted:
            self._left = True
            self._discard()

    @property
    def _result(self) -> int:
        return int(self._state[taking.RESULT])

    def _take(self) -> tuple[_Batch, int]:
        """Take rows; where a value is larger than a whole batch, make room for it."""
        room = np.full(len(self._types), self._bytes, np.int64)
        while True:
            batch = _Batch(self._widths, room, self._rows)
            rows = taking.take_rows(
                self._address, self._state, batch.columns, self._rows, self._bytes, _PATIENCE
            )
            if rows or self._state[taking.STATUS] != taking.NO_ROOM:
                return batch, rows
            room[self._state[taking.COLUMN]] = self._state[taking.NEEDED]

    def _grow(self, rows: int, size: int) -> None:
        """Let the next batch be larger, and have room for as many rows as will then fit."""
        self._bytes = min(2 * self._bytes, MOST_BYTES)
        self._rows = min(max(_FIRST_ROWS, self._bytes * rows // max(size, 1)), _MOST_ROWS)

    def _fail(self) -> NoReturn:
        sqlstate, message = libpq.failure(self._result)
        self._discard()
        raise database_error(sqlstate, message)

    def _discard(self) -> None:
        self.exhausted = True
        libpq.forget(self._result)
        self._state[taking.RESULT] = 0
        taking.drain(self._address)


class _Batch:
    """Room for the values of some rows.

    Parameters
    ----------
    widths
        Bytes of each value of a column; 0 where they differ.
    room
        Bytes for all values of such a column.
    rows
        Most rows.
    """

    def __init__(self, widths: Numbers, room: Numbers, rows: int) -> None:
        self._data = [
            # What is null stays zero: nothing else of this memory may get out.
            np.zeros(rows * width, np.uint8) if width else np.empty(size, np.uint8)
            for width, size in zip(widths.tolist(), room.tolist(), strict=True)
        ]
        columns = len(widths)
        self.columns = taking.Columns(
            widths,
            np.array([data.ctypes.data for data in self._data], np.uintp),
            room,
            np.zeros(columns, np.int64),
            np.zeros((columns, rows + 1), np.int32),
            np.empty((columns, rows), np.uint8),
        )

    def values(self, column: int, rows: int) -> Values:
        """Give the values of a column."""
        width = int(self.columns.widths[column])
        used = rows * width or int(self.columns.filled[column])
        return Values(
            width,
            self._data[column][:used],
            self.columns.ends[column, : rows + 1],
            self.columns.there[column, :rows],
        )

    def size(self, rows: int) -> int:
        """Count the bytes of the values of so many rows."""
        return int(rows * self.columns.widths.sum() + self.columns.filled.sum())
