"""Parquet files, with VOTable metadata where they have any (VOParquet, IVOA Note 1.0)."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.declaration import Column
from tap.arrow.types import TIMESTAMP, arrow_schema, converted
from tap.readers.model import LONGEST_FIXED, ROWS, ReadError, SourceTable
from tap.readers.votable import votable_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from schemas.declaration import Datatype

_CONTENT_KEY = b"IVOA.VOTable-Parquet.content"
_TEXTS = ("char", "unicodeChar")
_NUMBERS: dict[pa.DataType, Datatype] = {
    pa.bool_(): "boolean",
    pa.uint8(): "unsignedByte",
    pa.int8(): "short",
    pa.int16(): "short",
    pa.uint16(): "int",
    pa.int32(): "int",
    pa.uint32(): "long",
    pa.int64(): "long",
    pa.uint64(): "long",
    pa.float16(): "float",
    pa.float32(): "float",
    pa.float64(): "double",
}
_MOST_METADATA = 16 * 1024 * 1024


def parquet_source(file: IO[bytes]) -> SourceTable:
    """Read a Parquet file.

    Raises
    ------
    ReadError
        If it is none, is not whole, or has columns of nested types.
    """
    try:
        opened = pq.ParquetFile(
            file,
            thrift_string_size_limit=_MOST_METADATA,
            thrift_container_size_limit=_MOST_METADATA,
        )
        schema = opened.schema_arrow
    except (pa.ArrowException, OSError):
        raise ReadError("it is no whole Parquet file") from None
    columns = [_column(opened, field) for field in schema]
    described, frames = _described(schema.metadata or {})
    made = tuple(_merged(column, described.get(column.name)) for column in columns)
    return SourceTable(made, _rows(opened, made), frames)


def _column(opened: pq.ParquetFile, field: pa.Field) -> Column:
    kind = _plain(field.type)
    said = {
        key.decode().lower(): value.decode("utf-8", "replace")
        for key, value in (field.metadata or {}).items()
    }
    column = _typed(opened, field.name, kind)
    return replace(
        column,
        description=said.get("description", ""),
        unit=said.get("unit"),
        ucd=said.get("ucd"),
        utype=said.get("utype"),
    )


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_string(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _typed(opened: pq.ParquetFile, name: str, kind: pa.DataType) -> Column:
    types = pa.types
    if kind in _NUMBERS:
        return Column(name, _NUMBERS[kind])
    if types.is_decimal(kind):
        return Column(name, "double")
    if _is_string(kind) or types.is_null(kind):
        return Column(name, "unicodeChar", arraysize="*")
    if types.is_timestamp(kind) or types.is_date(kind):
        return Column(name, "char", arraysize="*", xtype="timestamp")
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return Column(name, "unsignedByte", arraysize="*")
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _listed(opened, name, kind)
    raise ReadError(f"column {name} has the Parquet type {kind}, which no column here can have")


def _listed(opened: pq.ParquetFile, name: str, kind: pa.DataType) -> Column:
    inner = kind.value_type
    if _is_string(inner):
        return Column(name, "unicodeChar", arraysize=f"{_widest(opened, name)}x*")
    if inner not in _NUMBERS:
        raise ReadError(f"column {name} has the Parquet type {kind}, which no column here can have")
    fixed = pa.types.is_fixed_size_list(kind) and 1 < kind.list_size <= LONGEST_FIXED
    return Column(name, _NUMBERS[inner], arraysize=str(kind.list_size) if fixed else "*")


def _widest(opened: pq.ParquetFile, name: str) -> int:
    """Find the longest string in arrays of them, as VOTable declares it."""
    columns = (batch.column(0).flatten() for batch in _batches(opened, [name]))
    return max((pc.max(pc.utf8_length(texts)).as_py() or 1 for texts in columns), default=1)


def _described(metadata: dict[bytes, bytes]) -> tuple[dict[str, Column], dict[str, str]]:
    """Read the VOTable without data that the file carries."""
    content = metadata.get(_CONTENT_KEY)
    if content is None:
        return {}, {}
    try:
        source = votable_source(io.BytesIO(content))
    except ReadError as error:
        raise ReadError(f"its VOTable metadata: {error}") from None
    return {column.name: column for column in source.columns}, dict(source.frames)


def _merged(found: Column, described: Column | None) -> Column:
    """Take what the VOTable says, as far as the values can be that."""
    if described is None:
        return found
    same = described.datatype == found.datatype or (
        described.datatype in _TEXTS and found.datatype in _TEXTS
    )
    is_bit = described.datatype == "bit" and found.datatype == "boolean"
    is_complex = described.datatype.removesuffix("Complex") == found.datatype
    texts = found.datatype in _TEXTS and "x" not in f"{described.arraysize}{found.arraysize}"
    arrays = (described.arraysize is None) == (found.arraysize is None) or is_complex or texts
    if (same or is_bit or is_complex) and arrays and not _times_differ(described, found):
        return described
    return replace(described, datatype=found.datatype, arraysize=found.arraysize, xtype=found.xtype)


def _times_differ(one: Column, other: Column) -> bool:
    return (one.xtype == "timestamp") != (other.xtype == "timestamp")


def _batches(opened: pq.ParquetFile, names: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    try:
        yield from opened.iter_batches(ROWS, columns=names)
    except (pa.ArrowException, OSError):
        raise ReadError("it is no whole Parquet file") from None


def _rows(opened: pq.ParquetFile, columns: tuple[Column, ...]) -> Iterator[pa.RecordBatch]:
    schema = arrow_schema(columns)
    for batch in _batches(opened):
        arrays = [
            _fitted(array, field.type, field.name)
            for array, field in zip(batch.columns, schema, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _fitted(array: pa.Array, wanted: pa.DataType, name: str) -> pa.Array:
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_fixed_size_list(array.type) or pa.types.is_large_list(array.type):
        array = array.cast(pa.list_(array.type.value_type))
    if pa.types.is_large_binary(array.type) or pa.types.is_fixed_size_binary(array.type):
        array = array.cast(pa.binary())
    if wanted == TIMESTAMP and pa.types.is_timestamp(array.type):
        array = array.cast(pa.timestamp("us", array.type.tz), safe=False)
    try:
        return converted(array, wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise ReadError(f"column {name}: a value is beyond what the column can hold") from None
