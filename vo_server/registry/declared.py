"""The records of this server, made of what is declared and of what there is.

Collections are declared in :mod:`vo_server.registry.collections`, services in
:mod:`vo_server.registry.services`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from resources.capabilities import auxiliary_capability, page_capability
from resources.records.model import (
    CITES,
    IS_SERVED_BY,
    IS_SERVICE_FOR,
    UPDATED,
    Content,
    Curation,
    Name,
    Record,
    Relationship,
)
from resources.records.registry import registry_capabilities
from schemas.corot.deliveries_tables import DELIVERIES
from vo_server.registry.coverage import coverage
from vo_server.registry.keys import ORGANISATION, REGISTRY
from vo_server.registry.services import SERVICES

if TYPE_CHECKING:
    from lxml import etree

    from resources.records.model import Coverage
    from schemas.declaration import Schema
    from vo_server.registry.collections import Collection
    from vo_server.registry.holdings import Holdings
    from vo_server.registry.services import Service
    from vo_server.registry.site import Site

PAGE: Final = 100
"""Records in one answer to a harvester."""

MISSION: Final = "2009A&A...506..411A"
"""Auvergne et al., the satellite in flight: the article to cite."""

_LEGACY_BOOK: Final = Name("The CoRoT Legacy Book (doi:10.1051/978-2-7598-1876-1)")

CREATOR: Final = "CoRoT consortium"

_EXPORTS: Final = (
    "The metadata of all public light curves as whole files: VOTable, Parquet, CSV, and the 45"
    " columns of the pipe-separated file that partners know."
)

_STAFF_ONLY: Final = {DELIVERIES.schema_name}
"""Schemas whose tables show everybody nothing."""


def records(site: Site) -> tuple[Record, ...]:
    """Make all records, as things are now."""
    return (
        *(_authority(site), _organisation(site), _registry(site)),
        *(_service(site, declared) for declared in SERVICES),
        *(_collection(site, *found) for found in site.holdings.items()),
    )


def _curation(site: Site, *, creators: tuple[str, ...] = ()) -> Curation:
    return Curation(site.organisation, site.contact, creators)


def _authority(site: Site) -> Record:
    name = site.identity.authority
    return Record(
        key="",
        type="vg:Authority",
        title=f"Naming authority {name}",
        short_name="CoRoT authority",
        curation=_curation(site),
        content=Content(
            subjects=("virtual-observatories",),
            description=f"The authority {name} of IVOA identifiers, with which the resources and"
            f" data sets of this server are named. It is managed by the {site.publisher}.",
            reference_url=site.landing_url(""),
            types=("Organisation",),
        ),
        managing_organisation=site.organisation,
    )


def _organisation(site: Site) -> Record:
    return Record(
        key=ORGANISATION,
        type="vr:Organisation",
        title=site.publisher,
        short_name="CoRoT data",
        curation=_curation(site),
        content=Content(
            subjects=("light-curves", "astronomy-databases"),
            description=f"The {site.publisher} publishes the light curves of the satellite CoRoT"
            " in the Virtual Observatory.",
            reference_url=site.identity.url(),
            types=("Organisation",),
        ),
        facilities=("CoRoT",),
    )


def _registry(site: Site) -> Record:
    return Record(
        key=REGISTRY,
        type="vg:Registry",
        title=f"{site.publisher}: publishing registry",
        short_name="CoRoT registry",
        curation=_curation(site),
        content=Content(
            subjects=("virtual-observatories",),
            description="Records of the services and data collections of this server, for other"
            " registries to harvest by OAI-PMH.",
            reference_url=site.landing_url(REGISTRY),
            types=("Registry",),
        ),
        capabilities=lambda: registry_capabilities(site.identity.url("oai"), PAGE),
        manages=(site.identity.authority,),
    )


def _service(site: Site, declared: Service) -> Record:
    return Record(
        key=declared.key,
        type="vs:CatalogService",
        title=declared.title,
        short_name=declared.short_name,
        curation=_curation(site, creators=(CREATOR,)),
        content=Content(
            subjects=declared.subjects,
            description=declared.description,
            reference_url=site.landing_url(declared.key),
            types=declared.types,
            source=MISSION,
            relationships=_service_for(site),
        ),
        alternates=site.alternates(declared.key),
        rights=site.rights,
        capabilities=lambda: site.capabilities_of(declared),
        facilities=("CoRoT",),
        coverage=_coverage_of_all(site),
        tableset=tables_of(site) if declared.has_tables else (),
    )


def _collection(site: Site, declared: Collection, found: Holdings) -> Record:
    services = tuple(Name(one.title, site.ivo_id(one.key)) for one in SERVICES)
    return Record(
        key=declared.key,
        type="vs:CatalogResource",
        title=declared.title + (" (simulated)" if found.simulated == found.products else ""),
        short_name=declared.short_name,
        curation=replace(
            _curation(site, creators=(CREATOR,)),
            dates=((UPDATED, found.published),),
            version=found.version,
        ),
        content=Content(
            subjects=declared.subjects,
            description=declared.description + _warning(found),
            reference_url=site.landing_url(declared.key),
            types=("Archive",),
            source=MISSION,
            relationships=(
                Relationship(IS_SERVED_BY, services),
                Relationship(CITES, (_LEGACY_BOOK,)),
            ),
        ),
        alternates=site.alternates(declared.key),
        rights=site.rights,
        capabilities=lambda: (
            *(auxiliary_capability(_of_protocol(site, one)) for one in SERVICES),
            page_capability(site.identity.url("exports"), _EXPORTS),
        ),
        facilities=("CoRoT",),
        instruments=(declared.instrument,),
        coverage=coverage(found),
        tableset=tables_of(site, declared.tables),
    )


def _of_protocol(site: Site, declared: Service) -> etree._Element:
    """Find the capability of the protocol that a service speaks."""
    (found,) = (
        one for one in site.capabilities_of(declared)
        if one.get("standardID") == declared.standard_id
    )  # fmt: skip
    return found


def _warning(found: Holdings) -> str:
    """Say what is simulated, which nobody must take for science."""
    if not found.simulated:
        return ""
    if found.simulated == found.products:
        return (
            " The light curves here are simulated, made by a program for showing this server: do"
            " not use them for science."
        )
    return (
        " Some of the light curves here are simulated and not for science: obs_collection says"
        " which."
    )


def _service_for(site: Site) -> tuple[Relationship, ...]:
    """Relate a service to the collections that there are."""
    served = tuple(Name(one.title, site.ivo_id(one.key)) for one in site.holdings)
    return (Relationship(IS_SERVICE_FOR, served),) if served else ()


def _coverage_of_all(site: Site) -> Coverage | None:
    """Give the coverage of a service for all collections."""
    return coverage(*site.holdings.values()) if site.holdings else None


def tables_of(site: Site, names: tuple[str, ...] | None = None) -> tuple[Schema, ...]:
    """Give the tables that everybody may read, or those of them that are named."""
    schemas = []
    for schema in site.catalogue.schemas:
        if schema.name in _STAFF_ONLY:
            continue
        chosen = tuple(t for t in schema.tables if names is None or t.name in names)
        if chosen:
            schemas.append(replace(schema, tables=chosen))
    return tuple(schemas)
