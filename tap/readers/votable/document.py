"""VOTable documents as tables: the first TABLE, whichever way its data are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from tap.arrow.types import arrow_schema
from tap.readers.cells import parsed
from tap.readers.fits.table import fits_rows
from tap.readers.model import ROWS, ReadError, SourceTable
from tap.readers.votable.binary import binary_rows
from tap.readers.votable.embedded import embedded_fits
from tap.readers.votable.fields import fields, systems
from tap.readers.votable.markup import Markup, forget_rows
from tap.readers.votable.stream import stream_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO

    from lxml import etree

    from tap.readers.votable.fields import Field

    Events = Iterator[tuple[str, str, etree._Element]]  # noqa: SLF001 # its type has no other name


def votable_source(file: IO[bytes]) -> SourceTable:
    """Read the first TABLE of a VOTable of any version.

    Raises
    ------
    ReadError
        If it is no VOTable, or not one whose rows are in it.
    """
    markup = Markup(file)
    events = markup.events()
    table, form = _beginning(events)
    described, frames = fields(table, systems(table.getroottree().getroot()))
    if form is not None and _name(form) == "FITS":
        file, header, found = embedded_fits(markup, events, form.get("extnum"), described)
        rows = _to_the_end(fits_rows(file, header, found), events)
        return SourceTable(tuple(one.column for one in found), rows, frames)
    rows = _to_the_end(_rows(markup, events, form, described), events)
    return SourceTable(tuple(field.column for field in described), rows, frames)


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _to_the_end(rows: Iterator[pa.RecordBatch], events: Events) -> Iterator[pa.RecordBatch]:
    """Read the rest of the document too: it must be whole and well-formed."""
    yield from rows
    for event, name, element in events:
        if (event, name) == ("end", "TR"):
            forget_rows(element)


def _beginning(events: Events) -> tuple[etree._Element, etree._Element | None]:
    """Read up to the element that holds the rows, or to where there are none."""
    table = None
    for event, name, element in events:
        if name == "TABLE" and event == "start" and table is None:
            table = element
        elif table is not None and name not in ("VOTABLE", "DATA"):
            return table, None if event == "end" else element
    raise ReadError("the document is no VOTable with a TABLE")


def _rows(
    markup: Markup, events: Events, form: etree._Element | None, described: Sequence[Field]
) -> Iterator[pa.RecordBatch]:
    name = "" if form is None else _name(form)
    if name == "TABLEDATA":
        yield from _table_data(events, described)
    elif name in ("BINARY", "BINARY2"):
        yield from binary_rows(stream_of(markup, events), described, flags=name == "BINARY2")
    elif name:
        raise ReadError(f"data in the form {name} cannot be read")


def _table_data(events: Events, described: Sequence[Field]) -> Iterator[pa.RecordBatch]:
    width = len(described)
    cells: list[str | None] = []
    done = 0
    for event, name, element in events:
        if name != "TR":
            break
        if event == "start":
            continue
        row = [cell.text for cell in element]
        if len(row) != width or any(map(len, element)):
            number = done + len(cells) // width + 1
            if len(row) == width:
                raise ReadError(f"row {number} has elements within a cell")
            raise ReadError(f"row {number} has {len(row)} cells; the table has {width} columns")
        cells += row
        forget_rows(element)
        if len(cells) >= ROWS * width:
            yield _batch(cells, described, done)
            done += ROWS
            cells = []
    if cells:
        yield _batch(cells, described, done)


def _batch(cells: list[str | None], described: Sequence[Field], done: int) -> pa.RecordBatch:
    width = len(described)
    arrays = [
        parsed(cells[number::width], field.column, field.null, done + 1)
        for number, field in enumerate(described)
    ]
    schema = arrow_schema([field.column for field in described])
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
