"""Columns as the database takes them: the way there of :func:`tap.arrow.types.conform`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from tap.arrow.types import is_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.declaration import Column


def stored(rows: pa.Table, columns: Sequence[Column]) -> pa.Table:
    """Bring columns of declared types to types PostgreSQL has.

    Bytes become ``smallint``, arrays of them ``bytea``, or ``smallint[]`` where
    an element is null. Scalars that are not a number become null, and characters
    PostgreSQL cannot store are left out.

    Parameters
    ----------
    rows
        Of the types of :func:`tap.arrow.types.arrow_schema`.
    columns
        Their declarations, in the same order.
    """
    arrays = [_stored(array, column) for array, column in zip(rows.columns, columns, strict=True)]
    return pa.Table.from_arrays(arrays, names=rows.column_names)


def _stored(array: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    if is_text(column):
        return _storable(array)
    if pa.types.is_floating(array.type):
        return _without_nan(array)
    if column.datatype != "unsignedByte":
        return array
    if column.arraysize is None:
        return array.cast(pa.int16())
    if any(chunk.flatten().null_count for chunk in array.chunks):
        return array.cast(pa.list_(pa.int16()))
    return pa.chunked_array([_as_bytes(chunk) for chunk in array.chunks], pa.binary())


def _as_bytes(array: pa.ListArray) -> pa.Array:
    """See lists of bytes as binary values, without copying them."""
    validity, offsets, _ = array.buffers()[:3]
    data = array.values.buffers()[1]
    if array.values.offset:
        data = data.slice(array.values.offset)
    return pa.Array.from_buffers(
        pa.binary(), len(array), [validity, offsets, data],
        null_count=array.null_count, offset=array.offset,
    )  # fmt: skip


def _without_nan(array: pa.ChunkedArray) -> pa.ChunkedArray:
    """Make what is not a number null, which most formats cannot tell from it."""
    nan = pc.is_nan(array)
    if not pc.any(nan).as_py():
        return array
    return pc.if_else(nan, pa.scalar(None, array.type), array)


def _storable(array: pa.ChunkedArray) -> pa.ChunkedArray:
    """Leave out NUL, which no text of PostgreSQL can hold."""
    if not pa.types.is_string(array.type):
        return array
    if not pc.any(pc.match_substring(array, "\0")).as_py():
        return array
    return pc.replace_substring(array, "\0", "")
