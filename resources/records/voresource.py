"""A record as XML: ``ri:Resource`` (VOResource 1.2, RegistryInterface 1.1).

The order of the children is the schemas'. Everything is valid both for the
newest schemas and for VOResource 1.1, which the Registry of Registries checks
with.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lxml import etree

from resources.capabilities import prefixes_of
from resources.namespaces import RI, SCHEMA_LOCATION, XSI_TYPE
from resources.vosi import schema_element

if TYPE_CHECKING:
    from collections.abc import Iterable

    from resources.records.model import Content, Coverage, Curation, Name, Record

_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def digest(record: Record, authority: str) -> str:
    """Give what changes when anything but the times of a record changes."""
    element = resource(record, authority, created=_NO_TIME, updated=_NO_TIME)
    return hashlib.sha256(etree.tostring(element, method="c14n")).hexdigest()


def resource(
    record: Record, authority: str, *, created: datetime, updated: datetime
) -> etree._Element:
    """Make the ``ri:Resource`` of a record.

    Parameters
    ----------
    authority
        Authority of its IVOID.
    created, updated
        When the record was made and last changed, with a time zone.
    """
    capabilities = record.capabilities()
    root = etree.Element(
        f"{{{RI}}}Resource",
        {
            XSI_TYPE: record.type,
            "created": timestamp(created),
            "updated": timestamp(updated),
            "status": "active",
        },
        nsmap={**prefixes_of(capabilities), "ri": RI},
    )
    _text(root, "title", record.title)
    _text(root, "shortName", record.short_name)
    _text(root, "identifier", record.ivo_id(authority))
    for alternate in record.alternates:
        _text(root, "altIdentifier", alternate)
    _curation(root, record.curation)
    _content(root, record.content)
    _what_it_offers(root, record, capabilities)
    _declare_schemas(root)
    return root


def timestamp(moment: datetime) -> str:
    """Write a moment to the second, as UTC (VOResource 1.2, section 2.2.3)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _declare_schemas(root: etree._Element) -> None:
    """Say where the schemas are, and keep the namespaces that types name (RI 1.1, section 2)."""
    types = [str(element.get(XSI_TYPE)) for element in root.iter() if element.get(XSI_TYPE)]
    used = {"ri", "vr", *(name.partition(":")[0] for name in types)}
    # Schemas are found at their namespaces.
    places = [f"{root.nsmap[prefix]} {root.nsmap[prefix]}" for prefix in sorted(used)]
    root.set(SCHEMA_LOCATION, " ".join(places))
    etree.cleanup_namespaces(root, keep_ns_prefixes=[*sorted(used), "xsi"])


def _curation(root: etree._Element, curation: Curation) -> None:
    element = etree.SubElement(root, "curation")
    _name(element, "publisher", curation.publisher)
    for creator in curation.creators:
        _text(etree.SubElement(element, "creator"), "name", creator)
    for role, day in curation.dates:
        _text(element, "date", day.isoformat(), {"role": role})
    _optional(element, "version", curation.version)
    contact = etree.SubElement(element, "contact")
    _text(contact, "name", curation.contact.name)
    _text(contact, "email", curation.contact.email)


def _content(root: etree._Element, content: Content) -> None:
    element = etree.SubElement(root, "content")
    _texts(element, "subject", content.subjects)
    _text(element, "description", content.description)
    if content.source is not None:
        _text(element, "source", content.source, {"format": "bibcode"})
    _text(element, "referenceURL", content.reference_url)
    _texts(element, "type", content.types)
    _texts(element, "contentLevel", content.levels)
    for relationship in content.relationships:
        related = etree.SubElement(element, "relationship")
        _text(related, "relationshipType", relationship.kind)
        for name in relationship.to:
            _name(related, "relatedResource", name)


def _what_it_offers(
    root: etree._Element, record: Record, capabilities: tuple[etree._Element, ...]
) -> None:
    """Write what only some types of resource have."""
    if record.rights is not None:
        attributes = {"rightsURI": record.rights.uri} if record.rights.uri else {}
        _text(root, "rights", record.rights.text, attributes)
    root.extend(capabilities)
    _texts(root, "facility", record.facilities)
    _texts(root, "instrument", record.instruments)
    if record.coverage is not None:
        _coverage(root, record.coverage)
    if record.type == "vg:Registry":
        _text(root, "full", "false")
        _texts(root, "managedAuthority", record.manages)
    if record.managing_organisation is not None:
        _name(root, "managingOrg", record.managing_organisation)
    if record.tableset:
        tableset = etree.SubElement(root, "tableset")
        tableset.extend(schema_element(schema) for schema in record.tableset)


def _coverage(root: etree._Element, coverage: Coverage) -> None:
    element = etree.SubElement(root, "coverage")
    _optional(element, "spatial", coverage.spatial)
    for first, last in coverage.temporal:
        _text(element, "temporal", f"{first} {last}")
    for low, high in coverage.spectral:
        _text(element, "spectral", f"{low:.4g} {high:.4g}")
    _texts(element, "waveband", coverage.wavebands)


def _name(parent: etree._Element, tag: str, name: Name) -> None:
    _text(parent, tag, name.text, {"ivo-id": name.ivo_id} if name.ivo_id else {})


def _texts(parent: etree._Element, tag: str, texts: Iterable[str]) -> None:
    for text in texts:
        _text(parent, tag, text)


def _optional(parent: etree._Element, tag: str, text: str | None) -> None:
    if text:
        _text(parent, tag, text)


def _text(
    parent: etree._Element, tag: str, text: str, attributes: dict[str, str] | None = None
) -> None:
    etree.SubElement(parent, tag, attributes or {}).text = text
