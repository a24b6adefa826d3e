"""A FITS file inside a VOTable (VOTable 1.4, section 5.2)."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from tap.readers.fits.table import fits_fields
from tap.readers.model import ReadError
from tap.readers.votable.stream import stream_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO

    from lxml import etree

    from schemas.declaration import Column
    from tap.readers.fits.columns import FitsField
    from tap.readers.fits.header import Header
    from tap.readers.votable.fields import Field
    from tap.readers.votable.markup import Markup

    Embedded = tuple[IO[bytes], Header, list[FitsField]]


def embedded_fits(
    markup: Markup,
    events: Iterator[tuple[str, str, etree._Element]],
    extension: str | None,
    described: Sequence[Field],
) -> Embedded:
    """Unpack the file into memory and read the header of its table.

    The FIELDs of the VOTable say what the columns are, and the file how they are
    written.

    Raises
    ------
    ReadError
        If there is no such file or table, or it has other columns.
    """
    file = io.BytesIO()
    for piece in stream_of(markup, events):
        file.write(piece)
    number = int(extension) if extension and extension.isdigit() else None
    header, found = fits_fields(file, number)
    if len(found) != len(described):
        raise ReadError(
            f"the TABLE has {len(described)} FIELDs, and the FITS table {len(found)} columns"
        )
    named = [_named(one, field.column) for one, field in zip(found, described, strict=True)]
    return file, header, named


def _named(one: FitsField, column: Column) -> FitsField:
    written = one.column
    xtype = column.xtype if column.xtype != "timestamp" or written.datatype == "char" else None
    column = replace(column, datatype=written.datatype, arraysize=written.arraysize, xtype=xtype)
    return replace(one, column=column)
