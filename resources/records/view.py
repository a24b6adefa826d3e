"""Reads a record back: what other forms of it are made from.

Pages, Dublin Core and citations are made of the very document that registries
harvest, so that they cannot say anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from resources.namespaces import XSI_TYPE
from resources.records.model import Name, Relationship

if TYPE_CHECKING:
    from lxml import etree


_DOI: Final = re.compile(r"\(doi:([^)\s]+)\)")


def dois_in(name: str) -> list[str]:
    """Give the DOIs that a name of something ends with, in parentheses."""
    return _DOI.findall(name)


@dataclass(frozen=True, slots=True)
class TableView:
    """A table of a record."""

    name: str
    description: str
    columns: int


class RecordView:
    """A record, read from its ``ri:Resource``.

    Parameters
    ----------
    resource
        The element.
    """

    def __init__(self, resource: etree._Element) -> None:
        self._resource = resource
        self.type = str(resource.get(XSI_TYPE))
        self.title = self.text("title")
        self.ivo_id = self.text("identifier")
        self.created = str(resource.get("created"))
        self.updated = str(resource.get("updated"))
        self.publisher = self.text("curation/publisher")
        self.creators = self.texts("curation/creator/name")
        self.version = self.text("curation/version")
        self.contact = self.text("curation/contact/name")
        self.email = self.text("curation/contact/email")
        self.subjects = self.texts("content/subject")
        self.description = self.text("content/description")
        self.bibcode = self.text("content/source[@format='bibcode']")
        self.reference_url = self.text("content/referenceURL")
        self.types = self.texts("content/type")
        self.rights = self.text("rights")
        self.facilities = self.texts("facility")
        self.instruments = self.texts("instrument")
        self.spatial = self.text("coverage/spatial")
        self.wavebands = self.texts("coverage/waveband")
        self.managing_organisation = self.text("managingOrg")
        self.manages = self.texts("managedAuthority")

    def text(self, path: str) -> str:
        """Give the text at a path, empty where there is none."""
        return " ".join((self._resource.findtext(path) or "").split())

    def texts(self, path: str) -> tuple[str, ...]:
        """Give all texts at a path."""
        return tuple(" ".join((one.text or "").split()) for one in self._resource.iterfind(path))

    @property
    def doi(self) -> str:
        """Its DOI, empty where it has none."""
        for alternate in self.texts("altIdentifier"):
            if alternate.startswith("doi:"):
                return alternate.removeprefix("doi:")
        return ""

    @property
    def date(self) -> str:
        """The day of the data's latest change, or of the record's."""
        return self.text("curation/date[@role='Updated']") or self.updated[:10]

    @property
    def rights_uri(self) -> str:
        """The URI of its licence, empty where none is named."""
        found = self._resource.find("rights")
        return "" if found is None else str(found.get("rightsURI") or "")

    @property
    def relationships(self) -> tuple[Relationship, ...]:
        """What it has to do with other resources."""
        return tuple(
            Relationship(
                element.findtext("relationshipType") or "",
                tuple(
                    Name((one.text or "").strip(), _attribute(one, "ivo-id"))
                    for one in element.iterfind("relatedResource")
                ),
            )
            for element in self._resource.iterfind("content/relationship")
        )

    @property
    def access(self) -> tuple[tuple[str, str], ...]:
        """Identifiers of the standards of its capabilities, and the address of each."""
        return tuple(
            (str(one.get("standardID") or ""), one.findtext("interface/accessURL") or "")
            for one in self._resource.iterfind("capability")
        )

    @property
    def temporal(self) -> tuple[tuple[float, float], ...]:
        """Intervals of MJD in which there are data."""
        return self._intervals("coverage/temporal")

    @property
    def spectral(self) -> tuple[tuple[float, float], ...]:
        """Intervals of energies in joule at which there are data."""
        return self._intervals("coverage/spectral")

    @property
    def tables(self) -> tuple[TableView, ...]:
        """Its tables."""
        return tuple(
            TableView(
                one.findtext("name") or "",
                one.findtext("description") or "",
                len(one.findall("column")),
            )
            for one in self._resource.iterfind("tableset/schema/table")
        )

    def _intervals(self, path: str) -> tuple[tuple[float, float], ...]:
        pairs = (text.split() for text in self.texts(path))
        return tuple((float(first), float(last)) for first, last in pairs)


def _attribute(element: etree._Element, name: str) -> str | None:
    value = element.get(name)
    return None if value is None else str(value)
