"""The rows of an answer: as many batches as may be sent, and knowing that there were more."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tap.arrow.types import TIMESTAMP, arrow_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemas.declaration import Column

ROWS = 512
"""Rows collected into one batch."""


class Limited:
    """At most ``maxrec`` rows of some batches, all of them when it is None.

    Iterate once. Afterwards ``overflow`` says why the rows were cut off, or
    is None where all were sent. With a limit of 0 the batches are not read
    at all and it always overflows (DALI 1.1, section 3.4.4).
    """

    def __init__(self, batches: Iterable[pa.RecordBatch], maxrec: int | None = None) -> None:
        self._batches = batches
        self._maxrec = maxrec
        self._cut: str | None = None
        self.overflow: str | None = None
        self.count = 0
        """Rows passed on so far."""

    def cut(self, reason: str) -> None:
        """Pass no further batch on; what would have come counts as cut off."""
        self._cut = self._cut or reason

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Walk the batches; what reading them raises passes through."""
        if self._maxrec == 0:
            self.overflow = "MAXREC is 0: the columns only, no rows"
            return
        for batch in self._batches:
            if batch.num_rows == 0:
                continue
            if self._cut:
                self.overflow = self._cut
                return
            room = batch.num_rows if self._maxrec is None else self._maxrec - self.count
            if room > 0:
                self.count += min(room, batch.num_rows)
                yield batch.slice(0, room)
            if room < batch.num_rows:
                self.overflow = (
                    f"the answer is cut off after {self._maxrec} rows (MAXREC); there are more"
                )
                return


def batches_of(
    columns: Sequence[Column], rows: Iterable[Sequence[object]], limit: int | None = None
) -> Iterator[pa.RecordBatch]:
    """Collect rows of Python values into batches.

    Parameters
    ----------
    columns
        What the rows are made of.
    rows
        Sequences as long as ``columns``. What they raise is raised after the
        rows before it were passed on.
    limit
        Most rows to read.
    """
    schema = arrow_schema(columns)
    remaining = islice(rows, limit)
    failure: Exception | None = None
    while failure is None:
        taken: list[Sequence[object]] = []
        try:
            taken.extend(islice(remaining, ROWS))
        except Exception as error:  # noqa: BLE001 # raised again below
            failure = error
        if not taken:
            break
        yield _batch(taken, schema)
    if failure is not None:
        raise failure


def _batch(rows: Sequence[Sequence[object]], schema: pa.Schema) -> pa.RecordBatch:
    values = zip(*rows, strict=True)
    arrays = [
        _array(list(column), field.type) for column, field in zip(values, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(values: list[Any], wanted: pa.DataType) -> pa.Array:
    """Make a column of Python values, which need not be of the very type."""
    if wanted == TIMESTAMP:
        return _times(values)
    if pa.types.is_list(wanted):
        lists = [None if value is None else _flat(value) for value in values]
        offsets = np.cumsum([0, *(len(value or ()) for value in lists)])
        elements = _array([element for value in lists if value for element in value],
                          wanted.value_type)  # fmt: skip
        mask = pa.array([value is None for value in lists])
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), elements, mask=mask)
    if pa.types.is_string(wanted):
        return pa.array([_text(value) for value in values], wanted)
    if pa.types.is_floating(wanted):
        return pa.array([None if v is None else float(v) for v in values], pa.float64()).cast(
            wanted
        )
    if pa.types.is_integer(wanted):
        return pa.array([_whole(value) for value in values], wanted)
    return pa.array([None if v is None else bool(v) for v in values], wanted)


def _times(values: list[Any]) -> pa.Array:
    """Bring times to UTC; text is read as ISO 8601, a day begins at midnight."""
    return pa.array([None if value is None else _ticks(value) for value in values], TIMESTAMP)


def _ticks(value: Any) -> int:  # noqa: ANN401 # whatever says a time
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.astimezone(UTC).replace(tzinfo=None)
    ticks: int = pa.scalar(value).cast(TIMESTAMP).value
    return ticks


def _whole(value: Any) -> int | None:  # noqa: ANN401 # whatever a row holds
    """Take a whole number; sums arrive from the database as integral Decimals."""
    if value is None:
        return None
    whole = int(value)
    if whole != value:
        raise ValueError("a value with a fraction stands in an integer column")
    return whole


def _text(value: Any) -> str | None:  # noqa: ANN401 # whatever a row holds
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _flat(value: Any) -> list[Any]:  # noqa: ANN401 # whatever a row holds
    """List the elements of an array of any depth, the first axis of VOTable fastest."""
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return [element for part in value for element in _flat(part)]
    return [value]
