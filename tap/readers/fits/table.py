"""Binary tables of FITS files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tap.arrow.types import arrow_schema
from tap.readers.fits.columns import fits_field
from tap.readers.fits.header import data_size, number, read_header
from tap.readers.model import ROWS, ReadError, SourceTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO

    from tap.readers.fits.columns import FitsField
    from tap.readers.fits.header import Header

    Numbers = np.ndarray[Any, Any]

_BATCH_BYTES = 8 * 1024 * 1024
_MOST_FIELDS = 999
"""Columns a table can have (section 7.3.1)."""


def fits_fields(file: IO[bytes], extension: int | None = None) -> tuple[Header, list[FitsField]]:
    """Find a binary table and read its header; the file is then at its data.

    Parameters
    ----------
    file
        Seekable, open for reading.
    extension
        Number of the table's header, 0 being the primary one; absent: the first
        binary table.

    Raises
    ------
    ReadError
        If there is none, or it is not as FITS has it.
    """
    file.seek(0)
    place = 0
    while (header := read_header(file)) is not None:
        wanted = extension in (None, place)
        if wanted and str(header.get("XTENSION", "")).strip() == "BINTABLE":
            if header.get("ZTABLE") is True:
                raise ReadError("the FITS table is compressed; send it uncompressed")
            count = number(header, "TFIELDS")
            if not 0 < count <= _MOST_FIELDS:
                raise ReadError(f"the FITS table has {count} columns")
            return header, [fits_field(header, n) for n in range(1, count + 1)]
        file.seek(data_size(header), os.SEEK_CUR)
        place += 1
    raise ReadError("the FITS file has no binary table")


def fits_source(file: IO[bytes]) -> SourceTable:
    """Read the first binary table of a FITS file.

    Raises
    ------
    ReadError
        If there is none, or it is not as FITS has it.
    """
    header, fields = fits_fields(file)
    return SourceTable(tuple(one.column for one in fields), fits_rows(file, header, fields))


def fits_rows(
    file: IO[bytes], header: Header, fields: Sequence[FitsField]
) -> Iterator[pa.RecordBatch]:
    """Read rows while they are taken.

    Raises
    ------
    ReadError
        If the file is cut short, or a value is not what it should be.
    """
    return _Rows(file, header, fields).batches()


class _Rows:
    def __init__(self, file: IO[bytes], header: Header, fields: Sequence[FitsField]) -> None:
        self._file = file
        self._fields = fields
        self._width = number(header, "NAXIS1")
        self._count = number(header, "NAXIS2")
        self._data = file.tell()
        self._heap = self._data + number(header, "THEAP", self._width * self._count)
        self._left = number(header, "PCOUNT", 0)
        """Bytes of the heap that are not read yet; no two values share any."""
        needed = sum(one.width for one in fields)
        if needed > self._width or not self._width:
            raise ReadError(f"a row of the FITS table has {self._width} bytes, and needs {needed}")

    def batches(self) -> Iterator[pa.RecordBatch]:
        schema = arrow_schema([one.column for one in self._fields])
        at_once = max(1, min(ROWS, _BATCH_BYTES // self._width))
        for done in range(0, self._count, at_once):
            rows = min(at_once, self._count - done)
            self._file.seek(self._data + done * self._width)
            content = self._file.read(rows * self._width)
            if len(content) < rows * self._width:
                end = done + len(content) // self._width + 1
                raise ReadError(f"the file ends within row {end} of {self._count}")
            matrix = np.frombuffer(content, np.uint8).reshape(rows, self._width)
            yield pa.RecordBatch.from_arrays(list(self._columns(matrix, done + 1)), schema=schema)

    def _columns(self, matrix: Numbers, first: int) -> Iterator[pa.Array]:
        start = 0
        for one in self._fields:
            cut = np.ascontiguousarray(matrix[:, start : start + one.width]).reshape(-1)
            start += one.width
            if one.descriptor is None:
                counts = np.full(len(matrix), one.count, np.int64)
                yield one.read(cut, counts, first)
            else:
                places = cut.view(one.descriptor).reshape(-1, 2).astype(np.int64)
                yield one.read(self._from_heap(one, places, first), places[:, 0], first)

    def _from_heap(self, one: FitsField, places: Numbers, first: int) -> Numbers:
        """Read what the rows' descriptors point at (section 7.3.5)."""
        pieces = []
        for row, (count, offset) in enumerate(places.tolist(), first):
            size = one.size(count) if count >= 0 else -1
            self._left -= max(size, 0)
            if size < 0 or offset < 0 or self._left < 0:
                raise ReadError(
                    f"row {row}, column {one.column.name}: its place is not in the heap"
                )
            self._file.seek(self._heap + offset)
            piece = self._file.read(size)
            if len(piece) < size:
                raise ReadError(f"row {row}, column {one.column.name}: the file ends within it")
            pieces.append(piece)
        return np.frombuffer(b"".join(pieces), np.uint8)
