"""Arrow tables as the rows that PostgreSQL takes in COPY."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.rows import arrays, putting
from schemas.rows.taking import Columns
from schemas.rows.types import EPOCH, FIXED, STORED, TIMESTAMP
from schemas.rows.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator

    Numbers = np.ndarray[Any, Any]

_ROWS = 8192
"""Rows written at a time."""

_NO_ENDS = np.zeros(1, np.int32)


def copy_data(table: pa.Table) -> Iterator[bytes]:
    """Write a table for COPY … FROM STDIN (FORMAT binary), in parts.

    Parameters
    ----------
    table
        Of numbers, truth values, texts, bytes, times in microseconds, and lists of
        them. What takes it must have the types of :data:`schemas.rows.types.STORED`.
    """
    yield putting.HEAD
    for batch in table.to_batches(max_chunksize=_ROWS):
        yield _rows(batch)
    yield putting.TAIL


def _rows(batch: pa.RecordBatch) -> bytes:
    columns = [_values(array) for array in batch.columns]
    data = np.empty(
        putting.rows_bytes(
            batch.num_rows, len(columns), sum(values.data.nbytes for values in columns)
        ),
        np.uint8,
    )
    written = putting.put_rows(_columns(columns, batch.num_rows), batch.num_rows, data)
    return data[:written].tobytes()


def _columns(columns: list[Values], rows: int) -> Columns:
    ends = np.zeros((len(columns), rows + 1), np.int32)
    for number, values in enumerate(columns):
        if not values.width:
            ends[number] = values.ends
    return Columns(
        np.array([values.width for values in columns], np.int32),
        np.array([values.data.ctypes.data for values in columns], np.uintp),
        np.array([values.data.nbytes for values in columns], np.int64),
        np.zeros(len(columns), np.int64),
        ends,
        np.array([values.there for values in columns], np.uint8).reshape(len(columns), rows),
    )


def _values(array: pa.Array) -> Values:
    there = array.is_valid().to_numpy(zero_copy_only=False).view(np.uint8)
    if pa.types.is_list(array.type):
        return _arrays(array, there)
    if pa.types.is_string(array.type) or pa.types.is_binary(array.type):
        return _texts(array, there)
    kind = FIXED[STORED[array.type]]
    numbers = array.cast(pa.uint8()) if pa.types.is_boolean(array.type) else array
    if array.type == TIMESTAMP:
        numbers = pc.subtract(array.view(pa.int64()), EPOCH)
    native = numbers.fill_null(0).to_numpy()
    data = native.astype(kind.sent).view(np.uint8)
    return Values(kind.sent.itemsize, data, _NO_ENDS, there)


def _texts(array: pa.Array, there: Numbers) -> Values:
    filled = array.cast(pa.binary()).fill_null(b"")
    _, offsets, data = filled.buffers()
    ends = np.frombuffer(offsets, np.int32)[filled.offset : filled.offset + len(filled) + 1]
    content = np.frombuffer(data or b"", np.uint8)[ends[0] : ends[-1]]
    return Values(0, content, ends - ends[0], there)


def _arrays(array: pa.Array, there: Numbers) -> Values:
    """Write lists as PostgreSQL's arrays; those that are null as empty ones."""
    offsets = np.zeros(len(array) + 1, np.int64)
    np.cumsum(array.value_lengths().fill_null(0).to_numpy(), out=offsets[1:])
    elements = _values(array.flatten())
    count = int(offsets[-1])
    if elements.width:
        bounds = np.arange(count + 1, dtype=np.int64) * elements.width
    else:
        bounds = elements.ends.astype(np.int64)
    data = np.empty(arrays.array_bytes(len(array), count, elements.data.nbytes), np.uint8)
    ends = np.zeros(len(array) + 1, np.int32)
    arrays.put_elements(
        offsets, elements.data, bounds, elements.there, STORED[array.type.value_type], data, ends
    )
    return Values(0, data[: ends[-1]], ends, there)
