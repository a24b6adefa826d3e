"""Tables as Parquet with VOTable metadata (VOParquet, IVOA Note 1.0, 2025-01-16)."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from tap.arrow.types import arrow_schema
from tap.pieces import gathered
from tap.votable.document import metadata_document, overflow_info

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from schemas.declaration import Column
    from tap.votable.model import TableResult

VERSION_KEY = "IVOA.VOTable-Parquet.version"
CONTENT_KEY = "IVOA.VOTable-Parquet.content"
"""Keys in the file's footer: the note's version, and a VOTable without data."""

_GROUP_BYTES = 4 * 1024 * 1024
"""Arrow data in one row group: enough to encode well, little to hold."""


class Sink:
    """Where pyarrow writes to, and where a generator takes from."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, content: bytes) -> int:
        """Take what is written; pyarrow reuses its own memory."""
        self._parts.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Do nothing; it is all here."""

    def take(self) -> Iterator[bytes]:
        """Give what was written since the last time, small parts joined."""
        taken, self._parts = self._parts, []
        return gathered(taken)


def parquet_table(result: TableResult) -> Generator[bytes]:
    """Write a table as Parquet.

    The footer comes last, so it can tell that rows were cut off. A file that
    was broken off has none, and no reader takes it for whole.

    Yields
    ------
    bytes
        Parts of the file, one for each row group.
    """
    sink = Sink()
    schema = described_schema(result.columns)
    writer = pq.ParquetWriter(
        pa.PythonFile(sink, "w"), schema, compression=_compression(result.columns),
        use_dictionary=_texts(result.columns), write_statistics=False, store_schema=False,
    )  # fmt: skip
    yield from sink.take()
    for table in _groups(result, schema):
        writer.write_table(table, row_group_size=max(table.num_rows, 1))
        yield from sink.take()
    content = metadata_document(result, overflow_info(result.rows))
    writer.add_key_value_metadata({VERSION_KEY: "1.0", CONTENT_KEY: content.decode()})
    writer.close()
    yield from sink.take()


def described_schema(columns: Sequence[Column]) -> pa.Schema:
    """Give the schema with what Arrow itself has a place for: descriptions and units."""
    fields = []
    for field, column in zip(arrow_schema(columns), columns, strict=True):
        known = {"unit": column.unit, "ucd": column.ucd, "description": column.description}
        fields.append(field.with_metadata({name: text for name, text in known.items() if text}))
    return pa.schema(fields)


def _texts(columns: Sequence[Column]) -> list[str]:
    """Name the columns that a dictionary of their values may make smaller."""
    return [column.name for column in columns if column.datatype in ("char", "unicodeChar")]


def _compression(columns: Sequence[Column]) -> dict[str, str]:
    """Compress what gets smaller by it; measured numbers hardly do, and it takes time."""
    measured = ("float", "double", "floatComplex", "doubleComplex")
    return {c.name: "none" if c.datatype in measured else "snappy" for c in columns}


def _groups(result: TableResult, schema: pa.Schema) -> Iterator[pa.Table]:
    """Collect batches into tables worth a row group."""
    held: list[pa.RecordBatch] = []
    size = 0
    for batch in chain(result.rows, [None]):
        if batch is not None:
            held.append(batch.cast(schema))
            size += batch.nbytes
        if held and (batch is None or size >= _GROUP_BYTES):
            yield pa.Table.from_batches(held)
            held, size = [], 0
