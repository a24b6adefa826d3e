"""The one place that decides which type a column's values have.

A declared column has one Arrow type, whatever the database sent; every
format encodes that type, and needs to know no other.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.declaration import Column

_SCALARS = {
    "boolean": pa.bool_(),
    "bit": pa.bool_(),
    "unsignedByte": pa.uint8(),
    "short": pa.int16(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "floatComplex": pa.float32(),
    "doubleComplex": pa.float64(),
}
"""Arrow type of each primitive of VOTable 1.4, section 2.1, but for text.

A complex number is a list of two; arrays of them list the two parts in turn.
"""

TIMESTAMP = pa.timestamp("us")
"""Times carry no zone (DALI 1.1, section 3.3.3) and PostgreSQL's precision."""


def is_text(column: Column) -> bool:
    """Tell whether the values are characters; times are not."""
    return column.datatype in ("char", "unicodeChar") and column.xtype != "timestamp"


def arrow_type(column: Column) -> pa.DataType:
    """Give the Arrow type of a column's values."""
    if column.xtype == "timestamp":
        return TIMESTAMP
    if is_text(column):
        # "8x*" is an array of strings of 8 characters each.
        return pa.list_(pa.string()) if "x" in (column.arraysize or "") else pa.string()
    scalar = _SCALARS[column.datatype]
    if column.arraysize is None and not is_complex(column):
        return scalar
    return pa.list_(scalar)


def is_complex(column: Column) -> bool:
    """Tell whether the values are complex numbers."""
    return column.datatype in ("floatComplex", "doubleComplex")


def arrow_schema(columns: Sequence[Column]) -> pa.Schema:
    """Give the schema of an answer's batches."""
    return pa.schema([pa.field(column.name, arrow_type(column)) for column in columns])


def fixed_length(arraysize: str | None) -> int | None:
    """Count the elements of an array of fixed shape; None where the shape varies.

    A scalar has one.
    """
    axes = (arraysize or "1").split("x")
    return math.prod(map(int, axes)) if all(axis.isdigit() for axis in axes) else None


def fixed_numbers(column: Column) -> int | None:
    """Count the numbers in a value of fixed shape, a complex one being two; None as above."""
    length = fixed_length(column.arraysize)
    return 2 * length if length is not None and is_complex(column) else length


def string_width(column: Column) -> int:
    """Give the length of each string of an array of strings."""
    return int((column.arraysize or "").partition("x")[0])


def conform(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Bring a batch as the database sent it to the declared types.

    Raises
    ------
    ValueError
        If a value does not fit its declared type (pyarrow.ArrowInvalid).
    """
    arrays = [
        converted(array, field.type) for array, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def converted(array: pa.Array, wanted: pa.DataType) -> pa.Array:
    """Convert the values of one column."""
    if array.type == wanted:
        return array
    if pa.types.is_list(wanted):
        return _list(array, wanted)
    if pa.types.is_string(wanted) and pa.types.is_fixed_size_binary(array.type):
        return pa.array([value and value.hex() for value in array.to_pylist()], wanted)
    return array.cast(wanted)


def _list(array: pa.Array, wanted: pa.DataType) -> pa.Array:
    """Convert an array column; a scalar is an array of one, bytes are one of numbers."""
    if pa.types.is_binary(array.type):
        array = _bytes_as_numbers(array)
    elif not pa.types.is_list(array.type):
        offsets = np.concatenate([[0], np.cumsum(array.is_valid().to_numpy(zero_copy_only=False))])
        return _masked(offsets, converted(array.drop_null(), wanted.value_type), array)
    if array.type.value_type == wanted.value_type:
        return array.cast(wanted)
    offsets, values = ragged(array)
    return _masked(offsets, converted(values, wanted.value_type), array)


def _bytes_as_numbers(array: pa.Array) -> pa.Array:
    """See bytes as lists of numbers, without copying them."""
    validity, offsets, data = array.buffers()
    end = np.frombuffer(offsets, np.int32)[array.offset + len(array)] if len(array) else 0
    values = pa.Array.from_buffers(pa.uint8(), int(end), [None, data])
    return pa.ListArray.from_buffers(
        pa.list_(pa.uint8()), len(array), [validity, offsets],
        null_count=array.null_count, offset=array.offset, children=[values],
    )  # fmt: skip


def _masked(offsets: np.ndarray[Any, Any], values: pa.Array, like: pa.Array) -> pa.Array:
    """Build lists that are null where another column is."""
    mask = like.is_null() if like.null_count else None
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values, mask=mask)


def ragged(array: pa.Array) -> tuple[np.ndarray[Any, Any], pa.Array]:
    """Give where each list begins (n + 1 numbers) among all elements; null lists are empty."""
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy()
    offsets = np.zeros(len(array) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets, array.flatten()
