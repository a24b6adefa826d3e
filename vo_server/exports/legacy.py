"""The pipe-separated metadata file that partners know, of 45 columns in their order.

Names and numbers of the columns are those that they are declared with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from tap.arrow.records import joined_bytes
from tap.arrow.text import texts

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from schemas.declaration import Column
    from tap.votable.model import TableResult

_SEPARATOR: Final = pa.scalar("|")
_END: Final = pa.scalar("\n")

_DAY: Final = len("2007-02-03")

_MIXED_EXPOSURES: Final = "-1"
"""Stands in ``exptime`` where a light curve has both exposures."""

_AROUND_STEM: Final = "^(?:EN2_STAR|AN2)_(?:CHR|MON|IMAG|STAR)_|\\.fits$"
"""What a file's name has before and after star, start and end."""


def legacy_columns(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Give the columns of the file in its order."""
    numbered = [(c.legacy_number, c) for c in columns if c.legacy_number is not None]
    return tuple(column for _, column in sorted(numbered, key=lambda pair: pair[0]))


def legacy_table(result: TableResult) -> Generator[bytes | memoryview]:
    """Write a table as that file: a line of names, then a line for each row, in UTF-8.

    Nothing stands for NULL, but -1 in ``exptime``. Dates are days, and
    ``file_name`` is the stem of the name: star, start and end.

    Yields
    ------
    bytes
        Whole lines.
    """
    yield ("|".join(column.legacy_name or "" for column in result.columns) + "\n").encode()
    for batch in result.rows:
        cells = [
            _cells(array, column)
            for array, column in zip(batch.columns, result.columns, strict=True)
        ]
        parts = [part for cell in cells for part in (cell, _SEPARATOR)]
        yield joined_bytes([*parts[:-1], _END])


def _cells(array: pa.Array, column: Column) -> pa.Array:
    written = texts(array, column)
    if column.xtype == "timestamp":
        return pc.utf8_slice_codeunits(written, 0, _DAY)
    if column.legacy_name == "exptime":
        return written.fill_null(_MIXED_EXPOSURES)
    if column.legacy_name == "file_name":
        return pc.replace_substring_regex(written, _AROUND_STEM, "")
    if column.datatype == "char":
        return pc.replace_substring_regex(written, "[|\\t\\r\\n]", " ")
    return written
