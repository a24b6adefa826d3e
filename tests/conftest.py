from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest.simulate import write_deliveries
from schemas.engine import OWNER
from tests.support.databases import DatabaseMaker
from tests.support.debian_postgres import debian_postgres
from tests.support.deliveries import small_deliveries
from tests.support.server import running_server
from vo_server.embedded import EmbeddedPostgres
from vo_server.wiring import ingest_service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.debian_postgres import DebianPostgres
    from vo_server.config import Settings


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """One PostgreSQL for the whole session."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("cluster"), durable=False).running() as postgres:
        yield postgres


@pytest.fixture(scope="session")
def make_database(
    cluster: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseMaker]:
    """Make databases of one's own, bootstrapped, and migrated if wished."""
    maker = DatabaseMaker(cluster, tmp_path_factory)
    yield maker
    maker.close()


@pytest.fixture(scope="session")
def migrated(make_database: DatabaseMaker) -> Settings:
    """Settings of a migrated database without products. Change nothing in it."""
    return make_database("migrated", migrate=True)


@pytest.fixture(scope="session")
def archive(make_database: DatabaseMaker, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a database with simulated products, and of its store. Change nothing in it."""
    settings = make_database("archive", migrate=True)
    service = ingest_service(settings, make_database.engine(settings, OWNER))
    for folder in write_deliveries(small_deliveries(), tmp_path_factory.mktemp("deliveries")):
        report = service.ingest(folder)
        assert not report.rejected, report.rejected
    return settings


@pytest.fixture(scope="session")
def server(archive: Settings) -> Iterator[str]:
    """Base URL of a server process on the archive."""
    with running_server(archive) as base_url:
        yield base_url


@pytest.fixture(scope="session")
def debian() -> Iterator[DebianPostgres]:
    """Debian's PostgreSQL with pgSphere."""
    with debian_postgres() as server:
        yield server
