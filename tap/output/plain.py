"""Tables as plain text for the eye, in columns."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from tap.arrow.records import joined_bytes
from tap.arrow.text import texts

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from schemas.declaration import Column
    from tap.pieces import Part
    from tap.votable.model import TableResult


_WIDEST = 200
"""Characters after which a column is not made wider for the sake of one value."""


def text_table(result: TableResult) -> Generator[Part]:
    """Write a table as text in UTF-8: names, a rule, the rows, and whether it was cut off.

    The first rows decide how wide the columns are; a longer value further
    down is written whole and shifts the rest of its line.

    Yields
    ------
    bytes
        Whole lines.
    """
    batches = iter(result.rows)
    first = next(batches, None)
    cells = [] if first is None else _cells(first, result.columns)
    names = [_on_one_line(pa.array([column.name])) for column in result.columns]
    widths = [
        _width(column, cells[number] if cells else None)
        for number, column in enumerate(result.columns)
    ]
    rules = [pa.array(["-" * width]) for width in widths]
    yield _lines(names, widths, result.columns)
    yield _lines(rules, widths, result.columns)
    for batch in chain(() if first is None else (first,), batches):
        yield _lines(_cells(batch, result.columns), widths, result.columns)
    if result.rows.overflow:
        yield f"# {result.rows.overflow}\n".encode()


def _cells(batch: pa.RecordBatch, columns: Sequence[Column]) -> list[pa.Array]:
    return [
        _on_one_line(texts(array, column).fill_null(""))
        for array, column in zip(batch.columns, columns, strict=True)
    ]


def _on_one_line(cells: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(cells, "[\\t\\n\\r]", " ")


def _width(column: Column, cells: pa.Array | None) -> int:
    longest = 0 if cells is None else pc.max(pc.utf8_length(cells)).as_py() or 0
    return max(len(column.name), min(longest, _WIDEST))


def _lines(cells: list[pa.Array], widths: list[int], columns: Sequence[Column]) -> memoryview:
    parts: list[object] = []
    for cell, width, column in zip(cells, widths, columns, strict=True):
        numeric = column.datatype not in ("char", "unicodeChar") and column.arraysize is None
        pad = pc.utf8_lpad if numeric else pc.utf8_rpad
        parts += [pa.scalar("  "), pad(cell, width)] if parts else [pad(cell, width)]
    return joined_bytes([*parts, pa.scalar("\n")])
