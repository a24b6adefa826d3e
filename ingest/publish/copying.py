"""Rows as PostgreSQL's COPY reads them, a batch at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT = "FORMAT csv"
"""The options of COPY that :class:`CopyFile` is for."""

_WRITE = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
"""Texts stand in quotes and nulls do not, which is how COPY tells them apart."""


class CopyFile:
    """A file that COPY reads; it is written while it is read.

    Parameters
    ----------
    batches
        The rows; they are taken as COPY wants more.
    """

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self._pending = memoryview(b"")
        self.rows = 0
        """Rows taken so far."""
        self.error: Exception | None = None
        """What went wrong with the rows; the driver gives only its text to the database."""

    def read(self, size: int) -> bytes:
        """Give the next bytes, none at the end."""
        while not self._pending:
            try:
                batch = next(self._batches, None)
            except Exception as error:
                self.error = error
                raise
            if batch is None:
                return b""
            self.rows += batch.num_rows
            self._pending = memoryview(_written(batch))
        part, self._pending = self._pending[:size], self._pending[size:]
        return bytes(part)


def _written(batch: pa.RecordBatch) -> pa.Buffer:
    arrays = [_as_text(array) if pa.types.is_list(array.type) else array for array in batch.columns]
    names = [str(number) for number in range(len(arrays))]
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(pa.RecordBatch.from_arrays(arrays, names), sink, _WRITE)
    return sink.getvalue()


def _as_text(array: pa.Array) -> pa.Array:
    """Write arrays as PostgreSQL's array literals, and bytes as its hexadecimals."""
    if array.type.value_type == pa.uint8():
        return pa.array(
            [None if value is None else "\\x" + bytes(value).hex() for value in array.to_pylist()],
            pa.string(),
        )
    flat = array.flatten()
    if pa.types.is_string(flat.type):
        escaped = pc.replace_substring_regex(flat, r'(["\\\\])', r"\\\1")
        flat = pc.binary_join_element_wise('"', escaped, '"', "")
    flat = pc.fill_null(flat.cast(pa.string()), "NULL")
    lengths = pc.fill_null(pc.list_value_length(array), 0)
    offsets = pa.concat_arrays(
        [pa.array([0], pa.int64()), pc.cumulative_sum(lengths.cast("int64"))]
    )
    mask = array.is_null() if array.null_count else None
    lists = pa.ListArray.from_arrays(offsets.cast(pa.int32()), flat, mask=mask)
    return pc.binary_join_element_wise("{", pc.binary_join(lists, ","), "}", "")
