"""The values of a column between the bytes of PostgreSQL and an Arrow array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
from psycopg.adapt import Transformer
from psycopg.pq import Format

from schemas.rows import arrays
from schemas.rows.types import ELEMENTS, EPOCH, EPOCH_DAY, FIXED, NUMERIC, TEXT, TIMESTAMP

if TYPE_CHECKING:
    from schemas.rows.types import Fixed

    Numbers = np.ndarray[Any, Any]

_TICKS, _DAYS = np.iinfo(np.int64), np.iinfo(np.int32)
"""Of times and dates; the first and the last are infinite."""


class Values(NamedTuple):
    """The values of a column, in PostgreSQL's binary form."""

    width: int
    """Bytes of each value; 0 where they differ."""
    data: Numbers
    """Bytes, one value behind the other; zeros for nulls of fixed width."""
    ends: Numbers
    """Where each value ends, int32, behind a 0; of no meaning where all are equally wide."""
    there: Numbers
    """0 where a value is null, else 1; uint8."""


def typed(kind: int, values: Values) -> pa.Array:
    """Make an Arrow array of a column.

    Parameters
    ----------
    kind
        Number of PostgreSQL's type. Types not known here become binary.
    values
        As they were sent.
    """
    if kind in FIXED:
        return _fixed(FIXED[kind], values)
    if kind in ELEMENTS:
        return _lists(ELEMENTS[kind], values)
    if kind == NUMERIC:
        return _numerics(values)
    return _varying(pa.string() if kind in TEXT else pa.binary(), values)


def _validity(there: Numbers) -> pa.Buffer | None:
    return None if there.all() else pa.py_buffer(_bitmap(there))


def _bitmap(flags: Numbers) -> Numbers:
    return np.packbits(flags, bitorder="little")


def _fixed(kind: Fixed, values: Values) -> pa.Array:
    numbers, there = values.data.view(kind.sent), values.there
    if kind.arrow in (TIMESTAMP, pa.date32()):
        numbers, there = _since_1970(numbers, there)
    if pa.types.is_boolean(kind.arrow):
        numbers = _bitmap(numbers)
    elif numbers.dtype.kind != "V":
        numbers = numbers.astype(numbers.dtype.newbyteorder("="), copy=False)
    buffers = [_validity(there), pa.py_buffer(numbers)]
    return pa.Array.from_buffers(kind.arrow, len(there), buffers)


def _since_1970(times: Numbers, there: Numbers) -> tuple[Numbers, Numbers]:
    """Count from Arrow's epoch; infinite times, and those after 294246, become null."""
    days = times.dtype.itemsize == _DAYS.bits // 8
    shift = EPOCH_DAY if days else EPOCH
    first, last = (_DAYS.min, _DAYS.max - 1) if days else (_TICKS.min, _TICKS.max - EPOCH)
    there = there & (times > first) & (times <= last)
    counted = np.where(there, times, -shift) + shift
    return counted.astype(times.dtype.newbyteorder("=")), there


def _varying(kind: pa.DataType, values: Values) -> pa.Array:
    buffers = [_validity(values.there), pa.py_buffer(values.ends), pa.py_buffer(values.data)]
    return pa.Array.from_buffers(kind, len(values.there), buffers)


def _numerics(values: Values) -> pa.Array:
    """Write decimal numbers as text, as none of Arrow's types has room for all of them."""
    load = Transformer().get_loader(NUMERIC, Format.BINARY).load
    raw = _varying(pa.binary(), values).to_pylist()
    return pa.array([None if value is None else str(load(value)) for value in raw], pa.string())


def _lists(kind: int, values: Values) -> pa.Array:
    _, data, ends, there = values
    offsets = np.zeros(len(there) + 1, np.int32)
    arrays.count_elements(data, ends, offsets)
    count = int(offsets[-1])
    width = FIXED[kind].sent.itemsize if kind in FIXED else 0
    taken = np.zeros(count * width if width else len(data), np.uint8)
    taken_ends = np.zeros(1 if width else count + 1, np.int32)
    taken_there = np.empty(count, np.uint8)
    arrays.take_elements(data, ends, width, taken, taken_ends, taken_there)
    used = count * width or taken_ends[-1]
    elements = Values(width, taken[:used], taken_ends, taken_there)
    null = None if there.all() else pa.array(there == 0)
    return pa.ListArray.from_arrays(pa.array(offsets), typed(kind, elements), mask=null)
