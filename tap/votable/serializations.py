"""The three forms of the data in a VOTable: TABLEDATA, BINARY and BINARY2."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pyarrow as pa
import pybase64
from typing_extensions import override

from tap.arrow.nulls import check_null, choose_null
from tap.arrow.packing import packed
from tap.arrow.records import joined_bytes, records
from tap.arrow.text import texts, xml_escaped
from tap.pieces import PIECE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemas.declaration import Column
    from tap.pieces import Part


_INTEGERS = ("unsignedByte", "short", "int", "long")

_BASE64_GROUP = 3
"""Bytes that become four characters without padding."""

_ENCODED = PIECE // 4 * _BASE64_GROUP
"""Bytes that become a piece of the answer."""


class Serialization(ABC):
    """Writes the rows of one table.

    Parameters
    ----------
    columns
        What the rows are made of.
    first
        The first rows, or None if there are none.
    """

    elements: ClassVar[tuple[tuple[str, dict[str, str]], ...]]
    """Elements around the rows, the outermost first."""
    scalars_have_null: ClassVar[bool] = True
    """Whether a null integer is told without naming a value for it."""

    def __init__(self, columns: Sequence[Column], first: pa.RecordBatch | None) -> None:
        self._columns = columns
        self.nulls = [
            self._null(column, None if first is None else first.column(number))
            for number, column in enumerate(columns)
        ]
        """For each column, its VALUES null (VOTable 1.4, section 4.5), if it needs one."""

    def _null(self, column: Column, values: pa.Array | None) -> int | None:
        if column.datatype not in _INTEGERS:
            return None
        if column.arraysize is None and self.scalars_have_null:
            return None
        return None if values is None else choose_null(values)

    def encode(self, batch: pa.RecordBatch) -> Iterator[Part]:
        """Write some rows, in parts.

        Raises
        ------
        NullValueError
            If a value is the one that was to stand for null.
        """
        for array, column, null in self._parts(batch):
            if null is not None:
                check_null(array, null, column)
        yield from self._rows(batch)

    def finish(self) -> bytes:
        """Write what is left when there are no more rows."""
        return b""

    def _parts(self, batch: pa.RecordBatch) -> Iterator[tuple[pa.Array, Column, int | None]]:
        return zip(batch.columns, self._columns, self.nulls, strict=True)

    @abstractmethod
    def _rows(self, batch: pa.RecordBatch) -> Iterator[Part]:
        """Write some rows."""


class TableData(Serialization):
    """Rows as elements (VOTable 1.4, section 5.1)."""

    elements = (("TABLEDATA", {}),)

    @override
    def _rows(self, batch: pa.RecordBatch) -> Iterator[Part]:
        segments: list[object] = []
        for array, column, null in self._parts(batch):
            written = texts(array, column, null)
            if pa.types.is_string(array.type) or column.datatype in ("char", "unicodeChar"):
                written = xml_escaped(written)
            segments += [_BETWEEN if segments else _BEFORE, written]
        yield joined_bytes([*segments, _AFTER])


_BEFORE, _BETWEEN, _AFTER = (pa.scalar(text) for text in ("<TR><TD>", "</TD><TD>", "</TD></TR>\n"))


class Binary(Serialization):
    """Rows as bytes, which hold a null integer only as a value named for it (section 5.3)."""

    elements = (("BINARY", {}), ("STREAM", {"encoding": "base64"}))
    scalars_have_null = False

    def __init__(self, columns: Sequence[Column], first: pa.RecordBatch | None) -> None:
        super().__init__(columns, first)
        self._rest = b""

    @override
    def _rows(self, batch: pa.RecordBatch) -> Iterator[Part]:
        parts = [packed(*part) for part in self._parts(batch)]
        yield from self._base64(records(parts, batch.num_rows))

    def _base64(self, content: memoryview) -> Iterator[bytes]:
        """Encode all but what does not fill a group yet, a piece at a time."""
        if self._rest:
            missing = _BASE64_GROUP - len(self._rest)
            yield pybase64.b64encode(self._rest + content[:missing])
            content = content[missing:]
        whole = len(content) - len(content) % _BASE64_GROUP
        self._rest = bytes(content[whole:])
        for start in range(0, whole, _ENCODED):
            yield pybase64.b64encode(content[start : min(start + _ENCODED, whole)])

    @override
    def finish(self) -> bytes:
        return pybase64.b64encode(self._rest)


class Binary2(Binary):
    """Rows as bytes, each behind the flags of its nulls (section 5.4)."""

    elements = (("BINARY2", {}), ("STREAM", {"encoding": "base64"}))
    scalars_have_null = True

    @override
    def _rows(self, batch: pa.RecordBatch) -> Iterator[Part]:
        parts = [_null_flags(batch), *(packed(*part) for part in self._parts(batch))]
        yield from self._base64(records(parts, batch.num_rows))


def _null_flags(batch: pa.RecordBatch) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Give a bit for each column, the first one highest, in whole bytes."""
    flags = np.zeros((batch.num_rows, (batch.num_columns + 7) // 8), np.uint8)
    for number, array in enumerate(batch.columns):
        if array.null_count:
            nulls = array.is_null().to_numpy(zero_copy_only=False)
            flags[:, number // 8] |= nulls.view(np.uint8) << np.uint8(7 - number % 8)
    return flags
