"""Values of a file as the declared types, or the row and column that does not fit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.publish.errors import PublishError
from tap.arrow.types import TIMESTAMP, arrow_schema, is_complex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemas.declaration import Column

_LONGEST_SHOWN = 40

_TRUTHS = {"t": "true", "f": "false", "yes": "true", "no": "false"}


def fitted(
    batches: Iterable[pa.RecordBatch], columns: Sequence[Column], sources: Sequence[int]
) -> Iterator[pa.RecordBatch]:
    """Bring batches to the declared columns.

    Parameters
    ----------
    batches
        As they are read.
    columns
        As they are to be published.
    sources
        The place of each of them in the batches.

    Raises
    ------
    PublishError
        If a value does not fit; rows are counted from 1.
    """
    schema = arrow_schema(columns)
    first = 1
    for batch in batches:
        arrays = [
            _fitted(batch.column(place), field.type, column, first)
            for place, field, column in zip(sources, schema, columns, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
        first += batch.num_rows


def _fitted(array: pa.Array, wanted: pa.DataType, column: Column, first: int) -> pa.Array:
    made = array
    if array.type != wanted:
        try:
            made = _converted(array, wanted)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            made = _mended(array, wanted, column, first)
    if made.null_count and not column.nullable:
        place = pc.index(pc.is_null(made), True).as_py()  # the value looked for
        raise PublishError(f"row {first + place}, column {column.name}: there must be a value")
    if pa.types.is_string(wanted):
        _refuse_nul(made, column, first)
    if column.arraysize not in (None, "*") and wanted != TIMESTAMP and not _is_texts(wanted):
        _refuse_misshapen(made, column, first)
    if wanted == pa.list_(pa.uint8()) and made.flatten().null_count:
        _refuse_null_bytes(made, column, first)
    return made


def _converted(array: pa.Array, wanted: pa.DataType) -> pa.Array:
    if pa.types.is_list(wanted) and pa.types.is_string(array.type):
        # DALI 1.1, section 3.3: elements are parted by blanks.
        trimmed = pc.utf8_trim_whitespace(array)
        return pc.utf8_split_whitespace(trimmed).cast(wanted)
    if wanted == TIMESTAMP:
        if pa.types.is_string(array.type):
            array = pc.replace_substring_regex(pc.utf8_trim_whitespace(array), r"[Zz]$", "")
        return array.cast(wanted, safe=not pa.types.is_timestamp(array.type))
    return array.cast(wanted)


def _mended(array: pa.Array, wanted: pa.DataType, column: Column, first: int) -> pa.Array:
    """Read texts with blanks around them, or find the value that cannot be read."""
    if pa.types.is_string(array.type) and not pa.types.is_list(wanted):
        array = pc.utf8_trim_whitespace(array)
        if pa.types.is_boolean(wanted):
            lower = pc.utf8_lower(array)
            for short, word in _TRUTHS.items():
                lower = pc.if_else(pc.equal(lower, short), word, lower)
            array = lower
        blank = pc.equal(array, "")
        array = pc.if_else(blank, pa.scalar(None, array.type), array)
        try:
            return _converted(array, wanted)
        except pa.ArrowInvalid:
            pass  # the value is told below
    place = _first_wrong(array, wanted)
    value: Any = array[place].as_py()
    shown = repr(value)
    if len(shown) > _LONGEST_SHOWN:
        shown = shown[:_LONGEST_SHOWN] + "…"
    kind = "time such as 2009-01-31T12:00:00" if wanted == TIMESTAMP else column.datatype
    size = f"[{column.arraysize}]" if pa.types.is_list(wanted) else ""
    raise PublishError(f"row {first + place}, column {column.name}: {shown} is no {kind}{size}")


def _first_wrong(array: pa.Array, wanted: pa.DataType) -> int:
    """Find the first value that cannot be converted, by halves."""
    low, high = 0, len(array)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            _converted(array.slice(low, middle - low), wanted)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            high = middle
        else:
            low = middle
    return low


def _refuse_nul(array: pa.Array, column: Column, first: int) -> None:
    """Refuse the one character that PostgreSQL cannot store."""
    found = pc.index(pc.match_substring(array, "\0"), True).as_py()  # looked for
    if found >= 0:
        raise PublishError(
            f"row {first + found}, column {column.name}: the text has a null character"
        )


def _refuse_misshapen(array: pa.Array, column: Column, first: int) -> None:
    """Refuse arrays and texts of another length than the declared arraysize allows."""
    *axes, last = str(column.arraysize).split("x")
    step = math.prod(map(int, axes)) * (2 if is_complex(column) else 1)
    most = step * int(last.removesuffix("*")) if last != "*" else None
    is_text = pa.types.is_string(array.type)
    lengths = pc.utf8_length(array) if is_text else pc.list_value_length(array)
    lengths = pc.fill_null(lengths, most or 0).to_numpy()
    wrong = lengths % step != 0 if step else lengths != 0
    if most is not None:
        # Shorter texts are padded where the format wants it.
        wrong |= lengths > most if is_text or last.endswith("*") else lengths != most
    if wrong.any():
        place = int(wrong.argmax())
        raise PublishError(
            f"row {first + place}, column {column.name}: {lengths[place]}"
            f" {'characters' if is_text else 'elements'} do not fit arraysize {column.arraysize}"
        )


def _is_texts(wanted: pa.DataType) -> bool:
    return bool(pa.types.is_list(wanted) and pa.types.is_string(wanted.value_type))


def _refuse_null_bytes(array: pa.Array, column: Column, first: int) -> None:
    """Refuse what PostgreSQL's byte strings cannot hold."""
    place = next(n for n, value in enumerate(array.to_pylist()) if value and None in value)
    raise PublishError(
        f"row {first + place}, column {column.name}: an element is null, which arrays of"
        " unsignedByte cannot have here; declare it as short"
    )
