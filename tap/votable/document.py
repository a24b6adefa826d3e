"""VOTable 1.4 documents, written while their rows are read.

Structure by DALI 1.1, section 4.4: one RESOURCE of type "results", in it
INFO QUERY_STATUS before the TABLE, and a second one after it when the answer
was cut short or failed under way.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from lxml import etree

from tap.arrow.batches import Limited, batches_of
from tap.pieces import pieces
from tap.votable import elements
from tap.votable.model import STATUS, Info, TableResult
from tap.votable.serializations import TableData

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    import pyarrow as pa

    from schemas.declaration import Column, Position
    from tap.pieces import Part
    from tap.votable.model import Param
    from tap.votable.serializations import Serialization

NAMESPACE = "http://www.ivoa.net/xml/VOTable/v1.3"
"""Shared by VOTable 1.3 to 1.5."""

VERSION = "1.4"
"""The newest version that all current clients read without complaint."""


class _Writes(Protocol):
    """What lxml's incremental writer offers; its stubs leave it out."""

    def write(self, *content: etree._Element | str) -> None:
        """Write whole elements or text."""

    def write_declaration(self) -> None:
        """Write the XML declaration."""

    def flush(self) -> None:
        """Pass on what is written so far."""

    def element(
        self, tag: str, attrib: dict[str, str] | None = None, nsmap: dict[None, str] | None = None
    ) -> AbstractContextManager[None]:
        """Open an element for the length of a with block."""


class _Sink:
    """Where lxml writes to, and where the generator takes from."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> None:
        self._parts.append(part)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def votable_document(
    result: TableResult, serialization: type[Serialization] = TableData
) -> Generator[Part]:
    """Write a table as VOTable.

    Rows are the only part that is not written through lxml: there may be
    millions of them.

    Yields
    ------
    bytes or memoryview
        Parts of the document in UTF-8.
    """
    sink = _Sink()
    pump = _Pump(result)
    first = pump.first()
    form = serialization(result.columns, first)
    with _document(sink, result.description) as document:
        document.write(elements.info(Info(STATUS, "OK")))
        with _table(document, result, form.nulls), ExitStack() as data:
            data.enter_context(document.element("DATA"))
            for tag, attributes in form.elements:
                data.enter_context(document.element(tag, attributes))
            document.flush()
            yield sink.take()
            yield from pump.parts(form, first)
        if pump.ending:
            document.write(elements.info(pump.ending))
    yield sink.take()


def metadata_document(result: TableResult, ending: Info | None = None) -> bytes:
    """Write a VOTable that describes the columns and holds no data."""
    sink = _Sink()
    with _document(sink, result.description) as document:
        document.write(elements.info(Info(STATUS, "OK")))
        with _table(document, result, [None] * len(result.columns)):
            pass
        if ending:
            document.write(elements.info(ending))
    return sink.take()


def overflow_info(rows: Limited) -> Info | None:
    """Say that rows were cut off, if they were (DALI 1.1, section 4.4.1)."""
    return Info(STATUS, "OVERFLOW", rows.overflow) if rows.overflow else None


def votable(  # noqa: PLR0913 # everything a VOTable may carry; all but two have defaults
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    infos: Sequence[Info] = (),
    params: Sequence[Param] = (),
    positions: Sequence[Position] = (),
    maxrec: int | None = None,
    on_error: Callable[[Exception], str] | None = None,
    description: str | None = None,
    serialization: type[Serialization] = TableData,
) -> Iterator[bytes]:
    """Write rows of Python values as VOTable.

    Parameters
    ----------
    columns
        The FIELDs.
    rows
        Sequences as long as ``columns``. They are read while the document is
        written, at most one more than ``maxrec``.
    maxrec
        Rows written at most. If there are more, or if it is 0, a trailing
        QUERY_STATUS says OVERFLOW (DALI 1.1, sections 3.4.4 and 4.4.1).
    infos, params, positions, on_error, description
        As in :class:`tap.votable.model.TableResult`.
    serialization
        Form of the data.

    Yields
    ------
    bytes
        Parts of the document in UTF-8.
    """
    batches = batches_of(columns, rows, None if maxrec is None else maxrec + 1)
    result = TableResult(
        columns=columns,
        rows=Limited(batches, maxrec),
        infos=infos,
        params=params,
        positions=positions,
        on_error=on_error,
        description=description,
    )
    for part in votable_document(result, serialization):
        yield from pieces(part)


def error_votable(message: str, *, infos: Iterable[Info] = ()) -> bytes:
    """Write the VOTable that says why a request failed (DALI 1.1, section 4.4)."""
    sink = _Sink()
    with _document(sink, None) as document:
        document.write(
            elements.info(Info(STATUS, "ERROR", message)), *(elements.info(i) for i in infos)
        )
    return sink.take()


@contextmanager
def _document(sink: _Sink, description: str | None) -> Iterator[_Writes]:
    """Open the document down to its RESOURCE, and close it."""
    with etree.xmlfile(sink, encoding="utf-8") as writer:
        document: _Writes = writer
        document.write_declaration()
        root = document.element(
            f"{{{NAMESPACE}}}VOTABLE", {"version": VERSION}, nsmap={None: NAMESPACE}
        )
        with root, document.element("RESOURCE", {"type": "results"}):
            if description:
                with document.element("DESCRIPTION"):
                    document.write(elements.xml_text(description))
            yield document


@contextmanager
def _table(document: _Writes, result: TableResult, nulls: Sequence[int | None]) -> Iterator[None]:
    """Write what stands before the rows, and open the TABLE."""
    refs = elements.references(result.columns, result.positions)
    document.write(*map(elements.info, result.infos), *refs.elements)
    document.write(*map(elements.param, result.params))
    with document.element("TABLE"):
        for column, null in zip(result.columns, nulls, strict=True):
            document.write(elements.field(column, refs.by_column.get(column.name), null=null))
        yield


class _Pump:
    """Turns batches into parts of the document until they end, are too many, or fail.

    Afterwards ``ending`` is the INFO to put behind the table, if any.
    """

    def __init__(self, result: TableResult) -> None:
        self._rows = result.rows
        self._batches = iter(result.rows)
        self._on_error = result.on_error
        self.ending: Info | None = None

    def first(self) -> pa.RecordBatch | None:
        """Read the first batch; None if there is none."""
        with self._told():
            return next(self._batches, None)
        return None

    def parts(self, form: Serialization, first: pa.RecordBatch | None) -> Iterator[Part]:
        """Write each batch that belongs to the answer."""
        with self._told():
            for batch in chain(() if first is None else (first,), self._batches):
                yield from form.encode(batch)
        yield form.finish()
        self.ending = self.ending or overflow_info(self._rows)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn a failure into the INFO that tells it."""
        try:
            yield
        except Exception as error:
            if self._on_error is None:
                raise
            self.ending = Info(STATUS, "ERROR", self._on_error(error))
