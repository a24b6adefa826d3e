"""Rows of binary values, put together from packed columns.

Runs of columns of fixed width, and the counts before those that vary, become
one packed record array; only between the runs are bytes of different lengths
joined. That is several times faster than joining column by column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tap.arrow.packing import Variable, binary_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Numbers = np.ndarray[Any, Any]

_COUNT = np.dtype(">i4")
"""Number of elements before an array of varying length (VOTable 1.4, section 5.3)."""


def records(parts: Iterable[Numbers | Variable], rows: int) -> memoryview:
    """Write rows whose columns are these."""
    segments: list[pa.Array] = []
    run: list[Numbers] = []
    for part in parts:
        if isinstance(part, Variable):
            run.append(part.counts.astype(_COUNT))
            segments += [_binary(fixed_records(run, rows)), part.content]
            run = []
        else:
            run.append(part)
    if not segments:
        return fixed_records(run, rows).view(np.uint8).data
    if run:
        segments.append(_binary(fixed_records(run, rows)))
    return joined_bytes(segments)


def fixed_records(run: Sequence[Numbers], rows: int) -> Numbers:
    """Pack columns of fixed width into one record array without gaps."""
    dtype = np.dtype([(f"f{n}", part.dtype, part.shape[1:]) for n, part in enumerate(run)])
    made = np.empty(rows, dtype)
    for number, part in enumerate(run):
        made[f"f{number}"] = part
    return made


def joined_bytes(segments: Sequence[Any]) -> memoryview:
    """Join columns row by row, and the rows to one piece, which is not copied; nulls are nothing.

    Parameters
    ----------
    segments
        Columns of the same type, text or bytes, and constants.
    """
    text = any(pa.types.is_string(s.type) for s in segments if isinstance(s, pa.Array))
    separator = pa.scalar("" if text else b"", pa.string() if text else pa.binary())
    rows = pc.binary_join_element_wise(
        *segments, separator, null_handling="replace", null_replacement=""
    )
    _, offsets, data = rows.buffers()
    ends = np.frombuffer(offsets, np.int32)
    start, end = int(ends[rows.offset]), int(ends[rows.offset + len(rows)])
    return memoryview(b"") if data is None else memoryview(data)[start:end]


def _binary(run: Numbers) -> pa.Array:
    return binary_array(run, np.arange(len(run) + 1))
