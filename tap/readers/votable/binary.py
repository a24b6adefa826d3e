"""Rows of VOTable's BINARY and BINARY2 (VOTable 1.4, sections 5.3 and 5.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tap.arrow.types import arrow_schema, is_complex
from tap.readers.model import ROWS, ReadError
from tap.readers.unpacking import ELEMENTS, bits_of, gathered, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tap.readers.votable.fields import Field

    Numbers = np.ndarray[Any, Any]

_COUNT = Struct(">i")
_BATCH_BYTES = 8 * 1024 * 1024
"""Data after which a batch ends, where its rows are long."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A column as it stands in a row: so many elements, or a count and the elements."""

    field: Field
    count: int | None

    def size(self, count: int) -> int:
        """Give the bytes of so many elements."""
        datatype = self.field.column.datatype
        if datatype == "bit":
            return (count + 7) // 8
        return count * ELEMENTS[datatype].itemsize * (2 if is_complex(self.field.column) else 1)


@dataclass(slots=True)
class _Found:
    """Where the rows of a batch, and their columns, are."""

    starts: list[list[int]]
    """Of each column, in bytes."""
    counts: list[list[int]]
    """Elements of each column that varies; empty for others."""
    heads: list[int] = field(default_factory=list)
    """Of the rows."""
    end: int = 0


def binary_rows(
    content: Iterator[bytes], fields: Sequence[Field], *, flags: bool
) -> Iterator[pa.RecordBatch]:
    """Read rows of bytes.

    Parameters
    ----------
    content
        The bytes, in pieces.
    fields
        The columns.
    flags
        Whether flags of the nulls stand before each row, as in BINARY2.

    Raises
    ------
    ReadError
        If the bytes end within a row, or a count is not possible.
    """
    reader = _Reader(fields, flags=flags)
    held = bytearray()
    enough = _COUNT.size
    for piece in content:
        held += piece
        if len(held) < min(enough, _BATCH_BYTES):
            continue
        while (batch := reader.batch(held)) is not None:
            yield batch
        enough = 2 * len(held)
    while (batch := reader.batch(held, at_end=True)) is not None:
        yield batch
    if held:
        raise ReadError(f"the data end within row {reader.done + 1}")


class _Reader:
    """Takes rows from the front of a buffer."""

    def __init__(self, fields: Sequence[Field], *, flags: bool) -> None:
        self.done = 0
        """Rows taken so far."""
        self._flags = (len(fields) + 7) // 8 if flags else 0
        self._parts = [_Part(one, one.length) for one in fields]
        self._schema = arrow_schema([one.column for one in fields])
        self._all_fixed = all(part.count is not None for part in self._parts)
        self._least = self._flags + sum(
            _COUNT.size if part.count is None else part.size(part.count) for part in self._parts
        )
        if not self._least:
            raise ReadError("the columns have no data")
        self._most = min(ROWS, max(1, _BATCH_BYTES // self._least)) if self._all_fixed else ROWS

    def batch(self, held: bytearray, *, at_end: bool = False) -> pa.RecordBatch | None:
        """Take rows; None if there are not enough for a batch, or none at the end."""
        found = self._walk(held)
        full = len(found.heads) == self._most or found.end >= _BATCH_BYTES
        if not found.heads or not (full or at_end):
            return None
        content = np.frombuffer(bytes(held[: found.end]), np.uint8)
        del held[: found.end]
        arrays = [self._column(number, content, found) for number in range(len(self._parts))]
        self.done += len(found.heads)
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)

    def _walk(self, held: bytearray) -> _Found:
        """Find where each value is, up to the last whole row."""
        found = _Found([[] for _ in self._parts], [[] for _ in self._parts])
        if self._all_fixed:
            rows = min(len(held) // self._least, self._most)
            found.heads = list(range(0, rows * self._least, self._least))
            found.end = rows * self._least
            return found
        while len(found.heads) < self._most and found.end < _BATCH_BYTES:
            row = self._row(held, found.end, len(found.heads))
            if row is None:
                break
            spots, counts, end = row
            for number, (spot, count) in enumerate(zip(spots, counts, strict=True)):
                found.starts[number].append(spot)
                found.counts[number].append(count)
            found.heads.append(found.end)
            found.end = end
        return found

    def _row(
        self, held: bytearray, start: int, before: int
    ) -> tuple[list[int], list[int], int] | None:
        """Find where the values of a row are, how many elements each has, and its end."""
        place, size = start + self._flags, len(held)
        spots, counts = [], []
        for part in self._parts:
            count = part.count
            if count is None:
                if place + _COUNT.size > size:
                    return None
                (count,) = _COUNT.unpack_from(held, place)
                place += _COUNT.size
                if count < 0:
                    name = part.field.column.name
                    row = self.done + before + 1
                    raise ReadError(f"row {row}, column {name}: {count} elements are declared")
            spots.append(place)
            counts.append(count)
            place += part.size(count)
        return (spots, counts, place) if place <= size else None

    def _column(self, number: int, content: Numbers, found: _Found) -> pa.Array:
        part = self._parts[number]
        column = part.field.column
        if self._all_fixed:
            counts = np.full(len(found.heads), part.count, np.int64)
            raw = self._slice(number, content)
        else:
            counts = np.array(found.counts[number], np.int64)
            sizes = np.array([part.size(count) for count in found.counts[number]], np.int64)
            raw = gathered(content, np.array(found.starts[number], np.int64), sizes)
        if column.datatype == "bit":
            elements = bits_of(raw, counts)
        else:
            elements = raw.view(ELEMENTS[column.datatype])
            counts = counts * (2 if is_complex(column) else 1)
        offsets = np.concatenate([[0], np.cumsum(counts)])
        made = unpacked(elements, offsets, column, part.field.null, self.done + 1)
        if not self._flags:
            return made
        missing = content[np.array(found.heads) + number // 8] & (0x80 >> number % 8) > 0
        return pc.if_else(pa.array(missing), pa.scalar(None, made.type), made)

    def _slice(self, number: int, content: Numbers) -> Numbers:
        """Cut a column out of rows that are all of one length."""
        sizes = [part.size(part.count or 0) for part in self._parts[: number + 1]]
        end = self._flags + sum(sizes)
        return content.reshape(-1, self._least)[:, end - sizes[-1] : end].reshape(-1)
