from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from schemas.declaration import Column
from tap.arrow.batches import Limited, batches_of
from tap.output.delimited import csv_table, tsv_table
from tap.votable import TableResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

COLUMNS = (
    Column("name", "unicodeChar", arraysize="*"),
    Column("mag, r", "double"),
    Column("flags", "int", arraysize="*"),
)
ROWS: list[tuple[object, ...]] = [
    ('say "hi", \u00e9', 0.1, [1, 2]),
    ("two\nlines", float("nan"), None),
    (None, None, []),
]


def result_of(
    columns: Sequence[Column], rows: Iterable[Sequence[object]], maxrec: int | None = None
) -> TableResult:
    return TableResult(columns, Limited(batches_of(columns, rows), maxrec))


def test_values_are_written_as_in_votable_and_quoted_for_csv() -> None:
    text = b"".join(csv_table(result_of(COLUMNS, ROWS))).decode()
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["name", "mag, r", "flags"],
        ['say "hi", \u00e9', "0.1", "1 2"],
        ["two\nlines", "NaN", ""],
        ["", "", ""],
    ]
    assert text.startswith('name,"mag, r",flags\r\n')


@pytest.mark.parametrize(("maxrec", "sent"), [(None, 3), (0, 0), (2, 2), (3, 3), (9, 3)])
def test_maxrec(maxrec: int | None, sent: int) -> None:
    text = b"".join(csv_table(result_of(COLUMNS, ROWS, maxrec))).decode()
    assert len(list(csv.reader(io.StringIO(text, newline="")))) == 1 + sent


def test_a_single_null_is_not_an_empty_line() -> None:
    assert b"".join(csv_table(result_of(COLUMNS[:1], [(None,)]))) == b'name\r\n""\r\n'


def test_large_tables_come_in_parts_of_whole_lines() -> None:
    rows = [("x" * 100, 1.0, [1])] * 5000
    parts = list(csv_table(result_of(COLUMNS, rows)))
    assert len(parts) > 5
    assert all(bytes(part).endswith(b"\r\n") for part in parts)
    assert b"".join(parts).count(b"\r\n") == 5001


def test_a_failure_under_way_passes_through() -> None:
    def failing() -> Iterator[tuple[object, ...]]:
        yield ROWS[0]
        raise RuntimeError("away")

    with pytest.raises(RuntimeError, match="away"):
        list(csv_table(result_of(COLUMNS, failing())))


def test_tsv_has_neither_tabs_nor_line_ends_in_its_values() -> None:
    rows = [("a\tb\nc", 1.0, [1, 2]), (None, None, None)]
    text = b"".join(tsv_table(result_of(COLUMNS, rows))).decode()
    assert text == "name\tmag, r\tflags\na b c\t1\t1 2\n\t\t\n"
