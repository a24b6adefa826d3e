"""Tables as FITS binary tables.

FITS wants the number of rows, the width of texts and the size of the heap
before the first row. So the rows go into a temporary file, as compressed
Arrow data, and are read from it once or twice: memory stays flat, and the
database is done with early. The file has no name and is gone when it is
closed. The primary header, which needs none of this, is sent at once.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from tap.arrow.records import fixed_records
from tap.arrow.types import arrow_schema
from tap.output.fits_cards import comments, filled, header
from tap.output.fits_columns import fits_column
from tap.votable.model import STATUS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from typing import IO

    from tap.output.fits_cards import Card
    from tap.output.fits_columns import FitsColumn
    from tap.votable.model import TableResult


def fits_table(result: TableResult) -> Generator[bytes]:
    """Write a table as the first extension of a FITS file.

    Text is ASCII there; anything else becomes a question mark.

    Yields
    ------
    bytes
        Parts of the file.
    """
    yield _primary(result)
    columns = [fits_column(column) for column in result.columns]
    with tempfile.TemporaryFile() as file:
        _spool(result, columns, file)
        types = arrow_schema(result.columns).types
        samples = [c.pack(pa.array([], t)) for c, t in zip(columns, types, strict=True)]
        width = fixed_records(samples, 0).dtype.itemsize
        yield _extension(result, columns, width)
        yield from _filled_up(_rows_and_heap(file, columns))


def _primary(result: TableResult) -> bytes:
    cards: list[Card] = [
        ("SIMPLE", True), ("BITPIX", 8), ("NAXIS", 0), ("EXTEND", True), ("LONGSTRN", "OGIP 1.0"),
    ]  # fmt: skip
    for info in result.infos:
        cards += comments("COMMENT", f"{info.name}: {info.value}")
    return header(cards)


def _extension(result: TableResult, columns: list[FitsColumn], width: int) -> bytes:
    cards: list[Card] = [
        ("XTENSION", "BINTABLE"), ("BITPIX", 8), ("NAXIS", 2),
        ("NAXIS1", width), ("NAXIS2", result.rows.count),
        ("PCOUNT", sum(column.heap_bytes for column in columns)), ("GCOUNT", 1),
        ("TFIELDS", len(columns)), ("EXTNAME", "RESULT"),
    ]  # fmt: skip
    for number, column in enumerate(columns, 1):
        cards += column.cards(number)
    if result.rows.overflow:
        cards += comments("COMMENT", f"{STATUS}: OVERFLOW: {result.rows.overflow}")
    return header(cards)


def _spool(result: TableResult, columns: list[FitsColumn], file: IO[bytes]) -> None:
    """Put all rows aside, and let the columns see them."""
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    schema = arrow_schema(result.columns)
    with pa.ipc.new_stream(pa.PythonFile(file, "w"), schema, options=options) as writer:
        for batch in result.rows:
            for column, array in zip(columns, batch.columns, strict=True):
                column.see(array)
            writer.write_batch(batch)
            if result.max_bytes is not None and file.tell() > result.max_bytes:
                result.rows.cut(f"the answer is cut off after {result.max_bytes} bytes")


@contextmanager
def _spooled(file: IO[bytes]) -> Iterator[Iterable[pa.RecordBatch]]:
    file.seek(0)
    with pa.ipc.open_stream(pa.PythonFile(file, "r")) as reader:
        yield reader


def _rows_and_heap(file: IO[bytes], columns: list[FitsColumn]) -> Iterator[bytes]:
    """Write the rows, and immediately behind them the heap, column by column."""
    start = 0
    for column in columns:
        column.start = start
        start += column.heap_bytes
    with _spooled(file) as batches:
        for batch in batches:
            packed = [
                column.pack(array) for column, array in zip(columns, batch.columns, strict=True)
            ]
            yield fixed_records(packed, batch.num_rows).tobytes()
    for number, column in enumerate(columns):
        if column.heap_bytes:
            with _spooled(file) as batches:
                for batch in batches:
                    yield column.heap(batch.column(number))


def _filled_up(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Fill up to a whole block."""
    size = 0
    for part in parts:
        size += len(part)
        yield part
    yield bytes(filled(size) - size)
