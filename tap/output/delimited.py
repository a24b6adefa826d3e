"""Tables as comma- or tab-separated values, the first line naming the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from tap.arrow.records import joined_bytes
from tap.arrow.text import data_of, texts
from tap.votable.elements import xml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from tap.pieces import Part
    from tap.votable.model import TableResult


_SPECIAL = (b",", b'"', b"\n", b"\r")


def csv_table(result: TableResult) -> Generator[Part]:
    """Write a table as CSV in UTF-8 (RFC 4180; TAP 1.1, section 3.4).

    Null and the empty string are both nothing; CSV cannot say that rows were
    cut off.

    Yields
    ------
    bytes
        Whole lines.
    """
    # An empty line would be no row at all, so nothing is quoted there.
    quote = _quoted if len(result.columns) > 1 else _quoted_if_empty
    return _lines(result, pa.scalar(","), "\r\n", quote)


def tsv_table(result: TableResult) -> Generator[Part]:
    """Write a table as tab-separated values in UTF-8.

    A value holds neither tabs nor line ends (TAP 1.1, section 3.4): they
    become blanks.

    Yields
    ------
    bytes
        Whole lines.
    """
    return _lines(result, pa.scalar("\t"), "\n", _on_one_line)


def _lines(
    result: TableResult, separator: pa.Scalar, end: str, clean: Callable[[pa.Array], pa.Array]
) -> Generator[Part]:
    names = [clean(pa.array([xml_text(column.name)])) for column in result.columns]
    yield _joined(names, separator, end)
    for batch in result.rows:
        cells = []
        for array, column in zip(batch.columns, result.columns, strict=True):
            written = texts(array, column)
            # Numbers hold nothing special; one empty cell alone on its line does.
            textual = column.datatype in ("char", "unicodeChar") or len(result.columns) == 1
            cells.append(clean(written) if textual else written)
        yield _joined(cells, separator, end)


def _joined(cells: list[pa.Array], separator: pa.Scalar, end: str) -> memoryview:
    parts = [part for cell in cells for part in (cell, separator)]
    return joined_bytes([*parts[:-1], pa.scalar(end)])


def _quoted(cells: pa.Array) -> pa.Array:
    """Quote the values that need it."""
    content = data_of(cells)
    if not any(special in content for special in _SPECIAL):
        return cells
    doubled = pc.replace_substring(cells, '"', '""')
    quoted = pc.binary_join_element_wise('"', doubled, '"', "")
    return pc.if_else(pc.match_substring_regex(cells, '[,"\\r\\n]'), quoted, cells)


def _quoted_if_empty(cells: pa.Array) -> pa.Array:
    quoted = _quoted(cells.fill_null(""))
    return pc.if_else(pc.equal(quoted, ""), '""', quoted)


def _on_one_line(cells: pa.Array) -> pa.Array:
    content = data_of(cells)
    if any(character in content for character in (b"\t", b"\n", b"\r")):
        return pc.replace_substring_regex(cells, "[\\t\\n\\r]", " ")
    return cells
