"""The content of a STREAM element (VOTable 1.4, section 5.5)."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

import pybase64

from tap.readers.model import ReadError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from tap.readers.votable.markup import Markup

_GROUP = 4
"""Characters that stand for three bytes."""
_BLANKS = b" \t\r\n"


def stream_of(markup: Markup, events: Iterator[tuple[str, str, etree._Element]]) -> Iterator[bytes]:
    """Decode the STREAM that comes next.

    Raises
    ------
    ReadError
        If there is none, its data are elsewhere, or they are no base64.
    """
    event, name, element = next(events, ("", "", None))
    if (event, name) != ("start", "STREAM") or element is None:
        raise ReadError("the data have no STREAM")
    if element.get("href"):
        raise ReadError("the data are at another place, which the STREAM's href names")
    if element.get("encoding") != "base64":
        raise ReadError("the STREAM's encoding is not base64")
    if not markup.in_stream:
        _check_empty(events)
    rest = b""
    try:
        for piece in markup.stream():
            held = rest + piece.translate(None, _BLANKS)
            whole = len(held) - len(held) % _GROUP
            rest = held[whole:]
            yield pybase64.b64decode(held[:whole], validate=True)
    except binascii.Error:
        raise ReadError("the STREAM is no base64") from None
    if rest:
        raise ReadError("the base64 of the STREAM is cut short")


def _check_empty(events: Iterator[tuple[str, str, etree._Element]]) -> None:
    """See that what was not taken past the XML parser is nothing, or blanks."""
    _, _, element = next(events, ("", "", None))
    if element is not None and "".join(map(str, element.itertext())).strip():
        raise ReadError("the STREAM cannot be found in this encoding; send the document in UTF-8")
