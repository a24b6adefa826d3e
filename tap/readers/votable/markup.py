"""The XML of a VOTable, read piece by piece in bounded memory.

The content of STREAM elements, which may be of any length, is taken past the
XML parser: base64 has no markup. So the parser's own protection against
documents made to exhaust it stays on.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from lxml import etree

from tap.readers.model import ReadError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    Event = tuple[str, str, etree._Element]  # noqa: SLF001 # its type has no other name

_CHUNK = 128 * 1024
_LONGEST_TAG = 16 * _CHUNK
_MOST_STREAMS = 1000
_MOST_BETWEEN = 8 * 1024 * 1024
"""Bytes without a row among them: elements take many times their bytes in memory."""
_STREAM = re.compile(rb"""<(?:[A-Za-z_][\w.-]*:)?STREAM(?:\s(?:[^<>"']|"[^<"]*"|'[^<']*')*)?>""")
_WIDE = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
"""Encodings by how a document in them begins (XML 1.0, appendix F)."""
_ENTITIES = "the document defines entities, which no VOTable needs"
_TAGS = tuple(
    f"{{*}}{name}"
    for name in (
        "VOTABLE",
        "TABLE",
        "DATA",
        "TABLEDATA",
        "TR",
        "BINARY",
        "BINARY2",
        "FITS",
        "STREAM",
    )
)


class Markup:
    """The elements of a document, as far as it is read.

    Parameters
    ----------
    file
        Open for reading at its start.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        wide = _WIDE.get(file.read(2))
        file.seek(0)
        self._decoder = codecs.getincrementaldecoder(wide)() if wide else None
        self._parser = etree.XMLPullParser(
            events=("start", "end"),
            tag=_TAGS,
            encoding="utf-8" if wide else None,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        self._held = b""
        """Read from the file and not yet parsed."""
        self._at_stream = False
        self._streams = 0
        self._quiet = 0
        self.in_stream = False
        """Whether :meth:`stream` has something to give."""
        self._begun = False

    def events(self) -> Iterator[Event]:
        """Walk starts and ends of the elements that matter.

        Yields
        ------
        tuple
            ``start`` or ``end``, the local name and the element. After the start of
            a STREAM, take :meth:`stream` before going on.

        Raises
        ------
        ReadError
            If the document is not well-formed, or not whole.
        """
        try:
            while chunk := self._next():
                self._parser.feed(chunk)
                parsed = list(self._parsed())
                self._see_rows(chunk, parsed)
                # What looks like one may stand in a comment: the parser knows.
                self.in_stream = self._at_stream and _begins_stream(parsed)
                yield from parsed
            self._parser.close()
            yield from self._parsed()
        except etree.XMLSyntaxError as error:
            raise ReadError(_told(error.msg or "")) from None

    def stream(self) -> Iterator[bytes]:
        """Walk the content of the STREAM that has just begun, as it is encoded.

        Raises
        ------
        ReadError
            If it does not end, or has markup in it.
        """
        while self.in_stream:
            content, end, rest = self._held.partition(b"<")
            if content:
                yield content
            self._held = end + rest
            if end:
                self._held = self._held if rest else end + self._read()
                if not self._held.startswith(b"</"):
                    raise ReadError("a STREAM holds markup where it should be base64 only")
                self.in_stream = False
                return
            self._held = self._read()
            if not self._held:
                raise ReadError("the document ends within a STREAM")

    def _see_rows(self, chunk: bytes, parsed: list[Event]) -> None:
        self._quiet = 0 if any(name == "TR" for _, name, _ in parsed) else self._quiet + len(chunk)
        if self._quiet > _MOST_BETWEEN:
            raise ReadError(
                f"the document has more than {_MOST_BETWEEN} bytes without a row;"
                " send long values as BINARY2"
            )

    def _next(self) -> bytes:
        """Give what the parser is to have next, up to the beginning of a STREAM."""
        for _ in self.stream():
            pass  # of a table nobody asked for
        chunk = self._held or self._read()
        self._held = b""
        while (
            chunk.rfind(b"<") > chunk.rfind(b">")
            and len(chunk) < _LONGEST_TAG
            and (more := self._read())
        ):
            chunk += more  # a tag is not to be torn apart
        found = _STREAM.search(chunk)
        self._at_stream = found is not None and not found[0].endswith(b"/>")
        if found is not None and self._at_stream:
            self._streams += 1
            if self._streams > _MOST_STREAMS:
                raise ReadError(f"the document has more than {_MOST_STREAMS} STREAMs")
            self._held, chunk = chunk[found.end() :], chunk[: found.end()]
        return chunk

    def _read(self) -> bytes:
        """Read a piece of the file, in an encoding that has ASCII in it."""
        piece = self._file.read(_CHUNK)
        if self._decoder is None:
            return piece
        try:
            return self._decoder.decode(piece, final=not piece).encode()
        except UnicodeError:
            raise ReadError("the document is no text in UTF-16") from None

    def _parsed(self) -> Iterator[Event]:
        for event, element in self._parser.read_events():
            if element is None or isinstance(element, tuple):
                continue  # the tags asked for are those of elements only
            if not self._begun:
                self._begun = True
                _check_root(element)
            yield str(event), str(element.tag).rpartition("}")[2], element


def _told(message: str) -> str:
    """Say what the parser says, or what it means for a VOTable."""
    if "amplification" in message:
        return _ENTITIES
    if "too long" in message:
        return "a text or tag is too long for XML; send long values as BINARY2"
    return f"the document is no well-formed XML: {message}"


def forget_rows(row: etree._Element) -> None:
    """Take a row that was read out of the tree, and whatever stands before it."""
    parent = row.getparent()
    if parent is None:
        return
    while (before := row.getprevious()) is not None:
        parent.remove(before)
    parent.remove(row)


def _begins_stream(parsed: list[Event]) -> bool:
    return bool(parsed) and parsed[-1][:2] == ("start", "STREAM")


def _check_root(element: etree._Element) -> None:
    """Refuse documents that define entities, of which little text becomes much."""
    declared = element.getroottree().docinfo.internalDTD
    if declared is not None and declared.entities():  # type: ignore[attr-defined] # the stubs lack it
        raise ReadError(_ENTITIES)
    if etree.QName(element).localname != "VOTABLE" or element.getparent() is not None:
        raise ReadError("the document is no VOTable")
