"""What is declared of a resource, and what is found out about its data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from lxml import etree

    from schemas.declaration import Schema

CREATED = "Created"
UPDATED = "Updated"
"""Roles of dates (http://www.ivoa.net/rdf/voresource/date_role)."""

IS_SERVED_BY = "IsServedBy"
IS_SERVICE_FOR = "IsServiceFor"
CITES = "Cites"
"""Kinds of relationship (http://www.ivoa.net/rdf/voresource/relationship_type)."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name, with the IVOID of what it names where that is registered."""

    text: str
    ivo_id: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Relationship:
    """What a resource has to do with others."""

    kind: str
    to: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Curation:
    """Who made a resource and who looks after it (VOResource 1.2, section 3.1.2)."""

    publisher: Name
    contact: Contact
    creators: tuple[str, ...] = ()
    dates: tuple[tuple[str, date], ...] = ()
    """Roles and days."""
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a resource is about (VOResource 1.2, section 3.1.3)."""

    subjects: tuple[str, ...]
    """Words of the Unified Astronomy Thesaurus, http://www.ivoa.net/rdf/uat."""
    description: str
    reference_url: str
    types: tuple[str, ...] = ()
    """Words of http://www.ivoa.net/rdf/voresource/content_type."""
    levels: tuple[str, ...] = ("Research",)
    source: str | None = None
    """Bibcode of the article to cite."""
    relationships: tuple[Relationship, ...] = ()


@dataclass(frozen=True, slots=True)
class Rights:
    """What users of the data may do."""

    text: str
    uri: str | None = None
    """Of a licence, as SPDX has it."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Where on the sky, when and at which energies there are data (VODataService 1.2, 3.2)."""

    spatial: str | None = None
    """A MOC in ASCII, in ICRS."""
    temporal: tuple[tuple[float, float], ...] = ()
    """Intervals of MJD."""
    spectral: tuple[tuple[float, float], ...] = ()
    """Intervals of energies of photons in joule."""
    wavebands: tuple[str, ...] = ()
    """Words of http://www.ivoa.net/rdf/messenger."""


@dataclass(frozen=True, slots=True)
class Record:
    """One resource.

    What a type of resource does not have is to be left empty: the schema of
    the type tells, and a test checks every record against it.
    """

    key: str
    """What comes after the authority in its IVOID; nothing for the authority itself."""
    type: str
    """As ``xsi:type`` names it, with the customary prefix."""
    title: str
    short_name: str
    """At most 16 characters."""
    curation: Curation
    content: Content
    alternates: tuple[str, ...] = ()
    """Other identifiers as URIs, a DOI as ``doi:…``."""
    rights: Rights | None = None
    capabilities: Callable[[], tuple[etree._Element, ...]] = tuple
    """Makes the elements anew, as an element can only be in one document."""
    facilities: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    coverage: Coverage | None = None
    tableset: tuple[Schema, ...] = ()
    manages: tuple[str, ...] = ()
    """Authorities that a registry manages."""
    managing_organisation: Name | None = None
    """Of an authority."""

    @property
    def landing(self) -> str:
        """Path of the page about it, below the pages of all records."""
        return self.key or "authority"

    def ivo_id(self, authority: str) -> str:
        """Give its IVOID below an authority."""
        return f"ivo://{authority}/{self.key}" if self.key else f"ivo://{authority}"
