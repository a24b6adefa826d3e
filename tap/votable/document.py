"""VOTable 1.4 documents, written row by row.

Structure by DALI 1.1, section 4.4: one RESOURCE of type "results", in it
INFO QUERY_STATUS before the TABLE, and a second one after it when the answer
was cut short or failed under way.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from lxml import etree

from tap.votable import elements
from tap.votable.cells import encoder, xml_text
from tap.votable.limits import Overflow, limited
from tap.votable.model import Info

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from schemas.declaration import Column, Position
    from tap.votable.model import Param

NAMESPACE = "http://www.ivoa.net/xml/VOTable/v1.3"
"""Shared by VOTable 1.3 to 1.5."""

VERSION = "1.4"
"""The newest version that all current clients read without complaint."""

CHUNK = 64 * 1024
"""Bytes collected before they are handed on."""

STATUS = "QUERY_STATUS"


class _Writes(Protocol):
    """What lxml's incremental writer offers; its stubs leave it out."""

    def write(self, *content: etree._Element | str) -> None:
        """Write whole elements or text."""

    def write_declaration(self) -> None:
        """Write the XML declaration."""

    def element(
        self, tag: str, attrib: dict[str, str] | None = None, nsmap: dict[None, str] | None = None
    ) -> AbstractContextManager[None]:
        """Open an element for the length of a with block."""


class _Sink:
    """Where lxml writes to, and where the generator takes from."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, part: bytes) -> None:
        self._parts.append(part)
        self.size += len(part)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        self.size = 0
        return taken


def votable(  # noqa: PLR0913 # everything a VOTable may carry; all but two have defaults
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    infos: Iterable[Info] = (),
    params: Iterable[Param] = (),
    positions: Iterable[Position] = (),
    maxrec: int | None = None,
    on_error: Callable[[Exception], str] | None = None,
    description: str | None = None,
) -> Iterator[bytes]:
    """Write a table as VOTable TABLEDATA.

    Parameters
    ----------
    columns
        The FIELDs; a column's time system becomes a TIMESYS it refers to.
    rows
        Sequences as long as ``columns``. They are read while the document is
        written, at most one more than ``maxrec``.
    infos, params
        Stand before the table.
    positions
        Pairs of columns that refer to a COOSYS, where both are in the table.
    maxrec
        Rows written at most. If there are more, or if it is 0, a trailing
        QUERY_STATUS says OVERFLOW (DALI 1.1, sections 3.4.4 and 4.4.1).
    on_error
        Turns an exception raised by ``rows`` into the text of a trailing
        QUERY_STATUS ERROR (DALI 1.1, section 4.4.2). Without it the exception
        passes through and the document stays unfinished.
    description
        DESCRIPTION of the RESOURCE.

    Yields
    ------
    bytes
        Parts of the document in UTF-8, about 64 KiB each.
    """
    sink = _Sink()
    head = [elements.info(Info(STATUS, "OK")), *map(elements.info, infos)]
    refs = elements.references(columns, positions)
    pump = _Pump(rows, maxrec, on_error)
    with _document(sink, description) as document:
        document.write(*head, *refs.elements, *map(elements.param, params))
        with document.element("TABLE"):
            document.write(*(elements.field(c, refs.by_column.get(c.name)) for c in columns))
            with document.element("DATA"), document.element("TABLEDATA"):
                for row in pump.elements(columns):
                    document.write(row)
                    if sink.size >= CHUNK:
                        yield sink.take()
        if pump.ending:
            document.write(elements.info(pump.ending))
    yield sink.take()


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
                    document.write(xml_text(description))
            yield document


class _Pump:
    """Turns rows into elements until they end, are too many, or fail.

    Afterwards ``ending`` is the INFO to put behind the table, if any.
    """

    def __init__(
        self,
        rows: Iterable[Sequence[object]],
        maxrec: int | None,
        on_error: Callable[[Exception], str] | None,
    ) -> None:
        self._rows = rows
        self._maxrec = maxrec
        self._on_error = on_error
        self.ending: Info | None = None

    def elements(self, columns: Sequence[Column]) -> Iterator[etree._Element]:
        """Make the TR of each row that belongs to the answer."""
        encoders = [encoder(column) for column in columns]
        try:
            for row in limited(self._rows, self._maxrec):
                element = etree.Element("TR")
                for encode, value in zip(encoders, row, strict=True):
                    etree.SubElement(element, "TD").text = encode(value)
                yield element
        except Overflow as overflow:
            self.ending = Info(STATUS, "OVERFLOW", str(overflow))
        except Exception as error:
            if self._on_error is None:
                raise
            self.ending = Info(STATUS, "ERROR", self._on_error(error))
