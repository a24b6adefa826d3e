"""Answers as XML (OAI-PMH 2.0, section 3.2).

The protocol's elements have a prefix, since those of VOResource, which are put
into them, must be in no namespace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lxml import etree

from resources.namespaces import OAI, OAI_DC, RI, SCHEMA_LOCATION, XSI
from resources.oai.selection import IVO_VOR, MANAGED, PREFIXES
from resources.oai.times import GRANULARITY
from resources.records.dublin_core import dublin_core
from resources.records.voresource import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from resources.oai.errors import OaiError

_SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"

_FORMATS: Final = {
    IVO_VOR: (RI, RI),
    "oai_dc": ("http://www.openarchives.org/OAI/2.0/oai_dc.xsd", OAI_DC),
}
"""Schema and namespace of each format."""


@dataclass(frozen=True, slots=True)
class Repository:
    """What Identify tells (OAI-PMH 2.0, section 4.2)."""

    name: str
    base_url: str
    email: str


@dataclass(frozen=True, slots=True)
class Item:
    """A record as it is kept."""

    number: int
    identifier: str
    datestamp: datetime
    deleted: bool
    document: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Where in a list an answer is."""

    token: str
    """Empty at the end of the list."""
    cursor: int
    size: int


def answer(base_url: str, moment: datetime, arguments: Mapping[str, str]) -> etree._Element:
    """Begin an answer.

    Parameters
    ----------
    base_url
        Of the repository.
    moment
        All changes made until then can be seen in it.
    arguments
        Those of the request, the verb among them; none if they are wrong.
    """
    root = etree.Element(f"{{{OAI}}}OAI-PMH", nsmap={"oai": OAI, "xsi": XSI})
    root.set(SCHEMA_LOCATION, f"{OAI} {_SCHEMA}")
    _text(root, "responseDate", timestamp(moment))
    _text(root, "request", base_url, arguments)
    return root


def written(root: etree._Element) -> bytes:
    """Write an answer."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def add_error(root: etree._Element, error: OaiError) -> None:
    """Answer with an error."""
    _text(root, "error", str(error), {"code": error.code})


def add_identify(
    root: etree._Element, repository: Repository, earliest: datetime, registry: Item
) -> None:
    """Answer Identify; the description is the registry's record (RI 1.1, section 2.4)."""
    element = _sub(root, "Identify")
    for tag, text in (
        ("repositoryName", repository.name),
        ("baseURL", repository.base_url),
        ("protocolVersion", "2.0"),
        ("adminEmail", repository.email),
        ("earliestDatestamp", timestamp(earliest)),
        ("deletedRecord", "persistent"),
        ("granularity", GRANULARITY),
        ("compression", "gzip"),
    ):
        _text(element, tag, text)
    _sub(element, "description").append(etree.fromstring(registry.document))


def add_formats(root: etree._Element) -> None:
    """Answer ListMetadataFormats (section 4.4)."""
    element = _sub(root, "ListMetadataFormats")
    for prefix in PREFIXES:
        schema, namespace = _FORMATS[prefix]
        one = _sub(element, "metadataFormat")
        _text(one, "metadataPrefix", prefix)
        _text(one, "schema", schema)
        _text(one, "metadataNamespace", namespace)


def add_sets(root: etree._Element) -> None:
    """Answer ListSets (section 4.6)."""
    one = _sub(_sub(root, "ListSets"), "set")
    _text(one, "setSpec", MANAGED)
    _text(one, "setName", "Records that originate in this registry")


def add_record(root: etree._Element, item: Item, prefix: str) -> None:
    """Answer GetRecord (section 4.1)."""
    _record(_sub(root, "GetRecord"), item, prefix)


def add_records(
    root: etree._Element, items: Iterable[Item], prefix: str, progress: Progress | None
) -> None:
    """Answer ListRecords (section 4.5)."""
    element = _sub(root, "ListRecords")
    for item in items:
        _record(element, item, prefix)
    _progress(element, progress)


def add_headers(root: etree._Element, items: Iterable[Item], progress: Progress | None) -> None:
    """Answer ListIdentifiers (section 4.3)."""
    element = _sub(root, "ListIdentifiers")
    for item in items:
        _header(element, item)
    _progress(element, progress)


def _record(parent: etree._Element, item: Item, prefix: str) -> None:
    element = _sub(parent, "record")
    _header(element, item)
    if not item.deleted:
        resource = etree.fromstring(item.document)
        metadata = _sub(element, "metadata")
        metadata.append(resource if prefix == IVO_VOR else dublin_core(resource))


def _header(parent: etree._Element, item: Item) -> None:
    element = _sub(parent, "header")
    if item.deleted:
        element.set("status", "deleted")
    _text(element, "identifier", item.identifier)
    _text(element, "datestamp", timestamp(item.datestamp))
    _text(element, "setSpec", MANAGED)


def _progress(element: etree._Element, progress: Progress | None) -> None:
    if progress is not None:
        attributes = {"completeListSize": str(progress.size), "cursor": str(progress.cursor)}
        _text(element, "resumptionToken", progress.token, attributes)


def _sub(parent: etree._Element, tag: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{OAI}}}{tag}")


def _text(
    parent: etree._Element, tag: str, text: str, attributes: Mapping[str, str] | None = None
) -> None:
    element = _sub(parent, tag)
    element.text = text
    for name, value in (attributes or {}).items():
        element.set(name, value)
