from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import StaticPool, create_engine

from schemas.engine import READER
from schemas.published import CATALOGUE
from tests.adql import zoo as made_up
from tests.adql.fields import GEO, ddl
from tests.adql.sky import DDL, SKY, for_pgsphere
from tests.adql.support import Sky

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.support.databases import DatabaseMaker
    from tests.support.debian_postgres import DebianPostgres
    from vo_server.config import Settings


@pytest.fixture(scope="session", params=["cube", "pgsphere"])
def backend(request: pytest.FixtureRequest) -> str:
    """Name of the geometry back end; every test that uses a database runs on each."""
    return str(request.param)


class Server:
    """A PostgreSQL with one of the back ends, and databases made in it."""

    def __init__(self, backend: str, request: pytest.FixtureRequest) -> None:
        self.backend = backend
        self._request = request
        self._settings: dict[str, Settings] = {}

    def make(self, name: str, ddl: str) -> None:
        """Make a database that was set up for the back end, and run DDL written for cube."""
        if self.backend == "cube":
            self._settings[name] = self._request.getfixturevalue("make_database")(name)
        else:
            self._request.getfixturevalue("debian").make_database(name)
            ddl = for_pgsphere(ddl)
        with self.superuser(name).begin() as connection:
            connection.execution_options(no_parameters=True).exec_driver_sql(ddl)

    def superuser(self, name: str) -> Engine:
        """Make an engine of the superuser."""
        if self.backend == "cube":
            maker: DatabaseMaker = self._request.getfixturevalue("make_database")
            return maker.superuser(name)
        return self._debian().engine(name, "postgres")

    def reader(self, name: str) -> Engine:
        """Make an engine of the reader."""
        if self.backend == "cube":
            maker: DatabaseMaker = self._request.getfixturevalue("make_database")
            return maker.engine(self._settings[name], READER)
        return self._debian().engine(name, READER)

    def _debian(self) -> DebianPostgres:
        debian: DebianPostgres = self._request.getfixturevalue("debian")
        return debian


@pytest.fixture(scope="session")
def sky_server(backend: str, request: pytest.FixtureRequest) -> Server:
    """A server whose database "sky" holds the foreign data set."""
    server = Server(backend, request)
    server.make("sky", DDL)
    return server


@pytest.fixture(scope="session")
def sky(sky_server: Server) -> Sky:
    """The foreign data set as its superuser sees it: all of it."""
    return Sky(sky_server.superuser("sky"), SKY, sky_server.backend)


@pytest.fixture(scope="session")
def public_sky(sky_server: Server) -> Sky:
    """The foreign data set as the reader sees it, under row-level security."""
    return Sky(sky_server.reader("sky"), SKY, sky_server.backend)


@pytest.fixture(scope="session")
def zoo(backend: str, request: pytest.FixtureRequest) -> Sky:
    """The made-up schema with a column of every kind."""
    server = Server(backend, request)
    server.make("zoo", made_up.DDL)
    # One connection for all: thousands of queries are run on it.
    engine = create_engine(server.superuser("zoo").url, poolclass=StaticPool)
    return Sky(engine, made_up.ZOO, backend)


@pytest.fixture(scope="session")
def cube_fields(make_database: DatabaseMaker) -> tuple[Sky, Sky]:
    """The data set with regions on cube: as its superuser and as the reader see it."""
    settings = make_database("fields")
    return _fields(
        make_database.superuser("fields"), make_database.engine(settings, READER), "cube"
    )


@pytest.fixture(scope="session")
def pgsphere_fields(debian: DebianPostgres) -> tuple[Sky, Sky]:
    """The same on pgSphere."""
    debian.make_database("fields")
    engines = debian.engine("fields", "postgres"), debian.engine("fields", READER)
    return _fields(*engines, "pgsphere")


def _fields(superuser: Engine, reader: Engine, backend: str) -> tuple[Sky, Sky]:
    with superuser.begin() as connection:
        connection.execution_options(no_parameters=True).exec_driver_sql(ddl(backend))
    return Sky(superuser, GEO, backend), Sky(reader, GEO, backend)


@pytest.fixture(scope="session", params=["cube", "pgsphere"])
def fields(request: pytest.FixtureRequest) -> tuple[Sky, Sky]:
    """The data set with regions on each back end in turn."""
    made: tuple[Sky, Sky] = request.getfixturevalue(f"{request.param}_fields")
    return made


@pytest.fixture(scope="session")
def published(make_database: DatabaseMaker) -> Sky:
    """The tables this server publishes, empty but for what describes them, as the reader."""
    settings = make_database("published", migrate=True)
    return Sky(make_database.engine(settings, READER), CATALOGUE)
