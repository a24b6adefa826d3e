"""The records of this server: one declaration each.

A further collection is declared in :mod:`vo_server.registry.collections`; a
further service is a function here that makes its record.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from resources.capabilities import TAP_ID, auxiliary_capability, page_capability
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
from resources.ssap import SSA_ID
from schemas.corot.deliveries_tables import DELIVERIES
from vo_server.registry.coverage import coverage

if TYPE_CHECKING:
    from collections.abc import Callable

    from resources.records.model import Coverage
    from schemas.declaration import Schema
    from vo_server.registry.collections import Collection
    from vo_server.registry.holdings import Holdings
    from vo_server.registry.site import Site

ORGANISATION: Final = "organisation"
REGISTRY: Final = "registry"
TAP: Final = "tap"
SSA: Final = "lightcurves"
"""Also what publisher DIDs begin with: whoever meets one finds the service that has the data."""

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
        *(make(site) for make in _SERVER),
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
        capabilities=site.capabilities[REGISTRY],
        manages=(site.identity.authority,),
    )


def _tap(site: Site) -> Record:
    return Record(
        key=TAP,
        type="vs:CatalogService",
        title="CoRoT TAP service",
        short_name="CoRoT TAP",
        curation=_curation(site, creators=(CREATOR,)),
        content=Content(
            subjects=("light-curves", "exoplanets", "asteroseismology", "variable-stars"),
            description="Queries in ADQL over the stars, runs and light curves of the satellite"
            " CoRoT, among them ObsCore, with uploaded tables, at once or as jobs.",
            reference_url=site.landing_url(TAP),
            types=("Catalog", "Archive"),
            source=MISSION,
            relationships=_service_for(site),
        ),
        alternates=site.alternates(TAP),
        rights=site.rights,
        capabilities=site.capabilities[TAP],
        facilities=("CoRoT",),
        coverage=_coverage_of_all(site),
        tableset=tables_of(site),
    )


def _ssa(site: Site) -> Record:
    return Record(
        key=SSA,
        type="vs:CatalogService",
        title="CoRoT light curves by SSA",
        short_name="CoRoT LC SSA",
        curation=_curation(site, creators=(CREATOR,)),
        content=Content(
            subjects=("light-curves", "exoplanets", "asteroseismology", "variable-stars"),
            description="Light curves of the satellite CoRoT by position, time and star, with the"
            " Simple Spectral Access protocol: time series of stars, of months at a time.",
            reference_url=site.landing_url(SSA),
            types=("Archive",),
            source=MISSION,
            relationships=_service_for(site),
        ),
        alternates=site.alternates(SSA),
        rights=site.rights,
        capabilities=site.capabilities[SSA],
        facilities=("CoRoT",),
        coverage=_coverage_of_all(site),
    )


_SERVER: Final[tuple[Callable[[Site], Record], ...]] = (
    _authority,
    _organisation,
    _registry,
    _tap,
    _ssa,
)
"""What there is whether there are data or not."""


def _collection(site: Site, declared: Collection, found: Holdings) -> Record:
    services = (Name("CoRoT TAP service", site.ivo_id(TAP)),
                Name("CoRoT light curves by SSA", site.ivo_id(SSA)))  # fmt: skip
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
            auxiliary_capability(TAP_ID, site.identity.url("tap"), "1.1"),
            auxiliary_capability(SSA_ID, f"{site.identity.url('ssa')}?", "1.1"),
            page_capability(site.identity.url("exports"), _EXPORTS),
        ),
        facilities=("CoRoT",),
        instruments=(declared.instrument,),
        coverage=coverage(found),
        tableset=tables_of(site, declared.tables),
    )


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
