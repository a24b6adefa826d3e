"""A record as DataCite's metadata (kernel 4), with which its DOI is minted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from resources.namespaces import SCHEMA_LOCATION, XSI
from resources.records.dates import day_of
from resources.records.model import CITES
from resources.records.view import dois_in

if TYPE_CHECKING:
    from resources.records.view import RecordView

DATACITE: Final = "http://datacite.org/schema/kernel-4"

_SCHEMA: Final = "https://schema.datacite.org/meta/kernel-4/metadata.xsd"

_TO_BE_ASSIGNED: Final = "(:tba)"
"""DataCite's word for what will be known later (Metadata Schema 4, appendix 3)."""

_KINDS: Final = {"vs:CatalogResource": "Dataset", "vs:CatalogService": "InteractiveResource"}


def datacite(view: RecordView) -> etree._Element:
    """Make the ``resource`` of a record that has authors.

    Where it has no DOI yet, the identifier says so: whoever mints one puts it
    in.
    """
    prefixes = {None: DATACITE, "xsi": XSI}
    root = etree.Element(f"{{{DATACITE}}}resource", nsmap=prefixes)  # type: ignore[arg-type] # no prefix is None
    root.set(SCHEMA_LOCATION, f"{DATACITE} {_SCHEMA}")
    _text(root, "identifier", view.doi or _TO_BE_ASSIGNED, identifierType="DOI")
    creators = _sub(root, "creators")
    for name in view.creators:
        kind = "Personal" if "," in name else "Organizational"
        _text(_sub(creators, "creator"), "creatorName", name, nameType=kind)
    _text(_sub(root, "titles"), "title", view.title)
    _text(root, "publisher", view.publisher)
    _text(root, "publicationYear", view.date[:4])
    kind = _KINDS.get(view.type, "Other")
    _text(root, "resourceType", "Light curves", resourceTypeGeneral=kind)
    subjects = _sub(root, "subjects")
    for word in view.subjects:
        _text(subjects, "subject", word.replace("-", " "), subjectScheme="UAT",
              schemeURI="http://www.ivoa.net/rdf/uat",
              valueURI=f"http://www.ivoa.net/rdf/uat#{word}")  # fmt: skip
    host = _sub(_sub(root, "contributors"), "contributor", contributorType="HostingInstitution")
    _text(host, "contributorName", view.publisher, nameType="Organizational")
    _dates(root, view)
    _text(root, "language", "en")
    alternates = _sub(root, "alternateIdentifiers")
    _text(alternates, "alternateIdentifier", view.ivo_id, alternateIdentifierType="IVOID")
    _related(root, view)
    if view.version:
        _text(root, "version", view.version)
    if view.rights:
        uri = {"rightsURI": view.rights_uri} if view.rights_uri else {}
        _text(_sub(root, "rightsList"), "rights", view.rights, **uri)
    _text(_sub(root, "descriptions"), "description", view.description, descriptionType="Abstract")
    return root


def _dates(root: etree._Element, view: RecordView) -> None:
    dates = _sub(root, "dates")
    _text(dates, "date", view.date, dateType="Updated")
    if view.temporal:
        first, last = view.temporal[0][0], view.temporal[-1][1]
        _text(dates, "date", f"{day_of(first)}/{day_of(last)}", dateType="Collected")


def _related(root: etree._Element, view: RecordView) -> None:
    """Name the article that describes it and what it cites."""
    found = [(view.bibcode, "bibcode", "IsDocumentedBy")] if view.bibcode else []
    for relationship in view.relationships:
        if relationship.kind == CITES:
            for name in relationship.to:
                found += [(doi, "DOI", "Cites") for doi in dois_in(name.text)]
    if found:
        element = _sub(root, "relatedIdentifiers")
        for value, kind, relation in found:
            _text(element, "relatedIdentifier", value,
                  relatedIdentifierType=kind, relationType=relation)  # fmt: skip


def _sub(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{DATACITE}}}{tag}", attributes)


def _text(parent: etree._Element, tag: str, text: str, **attributes: str) -> None:
    _sub(parent, tag, **attributes).text = text
