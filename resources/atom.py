"""Feeds as XML: Atom (RFC 4287), with archives and pages (RFC 5005)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

ATOM: Final = "http://www.w3.org/2005/Atom"
HISTORY: Final = "http://purl.org/syndication/history/1.0"

MEDIA_TYPE: Final = "application/atom+xml"

_PREFIXES: Final = {None: ATOM, "fh": HISTORY}


@dataclass(frozen=True, slots=True)
class Link:
    """Where something else is, and what that is (RFC 4287, section 4.2.7)."""

    relation: str
    url: str
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    entry_id: str
    """An IRI that no other entry has, ever."""
    title: str
    updated: datetime
    published: datetime
    category: str
    content: str
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A document with entries."""

    feed_id: str
    title: str
    author: str
    updated: datetime
    entries: Sequence[Entry]
    links: Sequence[Link]
    archive: bool = False
    """Whether it never changes (RFC 5005, section 4)."""


def feed_document(feed: Feed) -> bytes:
    """Write a feed."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=_PREFIXES)  # type: ignore[arg-type] # no prefix is None
    _text(root, "id", feed.feed_id)
    _text(root, "title", feed.title)
    _text(root, "updated", timestamp(feed.updated))
    _text(etree.SubElement(root, f"{{{ATOM}}}author"), "name", feed.author)
    _links(root, feed.links)
    if feed.archive:
        etree.SubElement(root, f"{{{HISTORY}}}archive")
    for entry in feed.entries:
        _entry(root, entry)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def timestamp(moment: datetime) -> str:
    """Write a moment to the second, in UTC (RFC 3339)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _entry(root: etree._Element, entry: Entry) -> None:
    element = etree.SubElement(root, f"{{{ATOM}}}entry")
    _text(element, "id", entry.entry_id)
    _text(element, "title", entry.title)
    _text(element, "updated", timestamp(entry.updated))
    _text(element, "published", timestamp(entry.published))
    etree.SubElement(element, f"{{{ATOM}}}category", {"term": entry.category})
    _links(element, entry.links)
    _text(element, "content", entry.content)


def _links(parent: etree._Element, links: Sequence[Link]) -> None:
    for link in links:
        attributes = {"rel": link.relation, "href": link.url}
        if link.media_type:
            attributes["type"] = link.media_type
        etree.SubElement(parent, f"{{{ATOM}}}link", attributes)


def _text(parent: etree._Element, tag: str, text: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}{tag}").text = text
