"""From a table being read to one that a query can be run on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from schemas.declaration import TEMPORARY, Catalogue, Schema, Table
from tap.arrow.stored import stored
from tap.arrow.types import arrow_schema
from tap.errors import TooLargeError
from tap.readers.model import ReadError
from tap.readers.positions import positions
from tap.uploads.content import too_large
from tap.uploads.model import SCHEMA, UploadedTable

if TYPE_CHECKING:
    from tap.readers.model import SourceTable
    from tap.uploads.model import UploadLimits

_GROWTH = 4
"""How many times its bytes a table may have in memory: short numbers become whole ones."""
MOST_COLUMNS = 1000
"""PostgreSQL has 1600 at most, fewer where they are wide."""


def uploaded_table(
    number: int, name: str, source: SourceTable, limits: UploadLimits
) -> UploadedTable:
    """Read all rows of a table and declare it.

    Parameters
    ----------
    number
        Which of the request's tables it is, from 0.
    name
        Without schema.
    source
        The table being read.
    limits
        How many rows and bytes it may have.

    Raises
    ------
    ReadError
        If it is malformed.
    TooLargeError
        If it has more rows or bytes than allowed.
    """
    if not source.columns:
        raise ReadError("it has no columns")
    if len(source.columns) > MOST_COLUMNS:
        raise ReadError(f"it has {len(source.columns)} columns; at most {MOST_COLUMNS} are taken")
    seen: set[str] = set()
    for column in source.columns:
        if column.name in seen:
            raise ReadError(f"two of its columns are named {column.name}")
        seen.add(column.name)
    rows = _rows(name, source, limits)
    declared = Table(
        f"{SCHEMA}.{name}",
        "Uploaded with the query",
        tuple(replace(c, physical=f"c{n}") for n, c in enumerate(source.columns)),
        positions=positions(source.columns, source.frames),
        physical=f"{TEMPORARY}upload_{number}",
    )
    names = [f"c{n}" for n in range(len(source.columns))]
    return UploadedTable(declared, stored(rows, source.columns).rename_columns(names))


def _rows(name: str, source: SourceTable, limits: UploadLimits) -> pa.Table:
    batches: list[pa.RecordBatch] = []
    count = size = 0
    for batch in source.rows:
        count += batch.num_rows
        if count > limits.rows:
            raise TooLargeError(
                f"The uploaded table {name} has more than the {limits.rows} rows this service"
                " takes. Send it in parts."
            )
        size += batch.nbytes
        if size > _GROWTH * limits.size:
            raise too_large(name, limits.size)
        batches.append(batch)
    numbered = [f"c{n}" for n in range(len(source.columns))]
    schema = pa.schema(list(zip(numbered, arrow_schema(source.columns).types, strict=True)))
    arrays = [pa.RecordBatch.from_arrays(batch.columns, schema=schema) for batch in batches]
    return pa.Table.from_batches(arrays, schema=schema)


def with_uploads(published: Catalogue, uploads: tuple[UploadedTable, ...]) -> Catalogue:
    """Add uploaded tables to the published ones, for one query."""
    tables = tuple(upload.declared for upload in uploads)
    schema = Schema(SCHEMA, "Tables uploaded with the query", tables)
    return Catalogue((*published.schemas, schema))
