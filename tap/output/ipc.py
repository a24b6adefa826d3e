"""Tables as an Arrow IPC stream with VOTable metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from tap.output.parquet import CONTENT_KEY, VERSION_KEY, Sink, described_schema
from tap.votable.document import metadata_document
from tap.votable.model import STATUS

if TYPE_CHECKING:
    from collections.abc import Generator

    from tap.votable.model import TableResult


def arrow_stream(result: TableResult) -> Generator[bytes]:
    """Write a table as an Arrow IPC stream.

    Its schema carries the same metadata as the footer of a Parquet file.
    Where rows were cut off, a last batch without rows says so in its own
    metadata. A stream that was broken off lacks its end mark.

    Yields
    ------
    bytes
        Parts of the stream, one for each batch of rows.
    """
    sink = Sink()
    described = metadata_document(result)
    schema = described_schema(result.columns).with_metadata(
        {VERSION_KEY: "1.0", CONTENT_KEY: described.decode()}
    )
    writer = pa.ipc.new_stream(pa.PythonFile(sink, "w"), schema)
    yield from sink.take()
    for batch in result.rows:
        writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
        yield from sink.take()
    if result.rows.overflow:
        none = [pa.array([], field.type) for field in schema]
        writer.write_batch(
            pa.RecordBatch.from_arrays(none, schema=schema),
            custom_metadata={STATUS: "OVERFLOW", "message": result.rows.overflow},
        )
    writer.close()
    yield from sink.take()
