"""Puts the registry together: the records, and what keeps them up to date."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from resources.oai.documents import Repository
from resources.oai.harvest_store import HarvestStore
from resources.oai.record_store import RecordStore
from resources.oai.service import OaiService
from schemas.engine import APP, READER
from schemas.published import CATALOGUE
from schemas.session import ReaderDatabase
from vo_server.database import engine_of
from vo_server.registry import oai_routes, pages, vosi_routes
from vo_server.registry.declared import PAGE
from vo_server.registry.keys import REGISTRY
from vo_server.registry.landing import LandingService
from vo_server.registry.service import RegistryService
from vo_server.registry.services import SERVICES, Server
from vo_server.registry.site import Site

if TYPE_CHECKING:
    from flask import Blueprint
    from sqlalchemy import Engine

    from resources.oai.record_store import Changes
    from schemas.declaration import Catalogue
    from vo_server.config import Settings
    from vo_server.registry.collections import Collection
    from vo_server.registry.holdings import Holdings


def registry_service(settings: Settings, database: ReaderDatabase, app: Engine) -> RegistryService:
    """Put together what makes the records, on an engine of ``vo_app``."""
    return RegistryService(
        database, RecordStore(app), CATALOGUE, partial(_site, settings, database)
    )


def _site(
    settings: Settings,
    database: ReaderDatabase,
    catalogue: Catalogue,
    holdings: dict[Collection, Holdings],
) -> Site:
    """Describe this server, with the very capabilities that its services tell."""
    server = Server(settings, database, catalogue)
    return Site(
        identity=settings.identity,
        publisher=settings.publisher,
        email=settings.admin,
        capabilities={one.key: one.capabilities(server) for one in SERVICES},
        catalogue=catalogue,
        holdings=holdings,
        dois=settings.dois,
        rights_uri=settings.rights_uri,
    )


def refresh_records(settings: Settings) -> Changes:
    """Bring the records up to date, in a process that does nothing else with the database."""
    with engine_of(settings, READER) as reader, engine_of(settings, APP) as app:
        database = ReaderDatabase(reader, settings.identity, settings.sync_timeout)
        return registry_service(settings, database, app).refresh()


def oai_blueprint(settings: Settings, app: Engine) -> Blueprint:
    """Put the harvesting interface together, on an engine of ``vo_app``."""
    identity = settings.identity
    repository = Repository(
        f"{settings.publisher}: publishing registry", identity.url("oai"), settings.admin
    )
    registry_id = f"ivo://{identity.authority}/{REGISTRY}"
    service = OaiService(HarvestStore(app), repository, registry_id, page=PAGE)
    return oai_routes.blueprint(service, repository.base_url, PAGE)


def record_pages(settings: Settings, app: Engine) -> Blueprint:
    """Put the pages about records together, on an engine of ``vo_app``."""
    service = LandingService(HarvestStore(app), settings.identity, settings.hard_maxrec)
    return pages.blueprint(service, settings.publisher)


def service_vosi(settings: Settings, database: ReaderDatabase) -> Blueprint:
    """Put VOSI together for the services that have no routes of their own for it."""
    server = Server(settings, database, CATALOGUE)
    return vosi_routes.blueprint(SERVICES, server)
