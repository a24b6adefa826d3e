"""Databases for tests, in the session's own PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, create_engine

from schemas.bootstrap import bootstrap
from schemas.engine import APP, OWNER, READER
from schemas.migrate import upgrade
from schemas.session import ReaderDatabase
from vo_server.config import Settings
from vo_server.database import lasting_engine, superuser_engine

if TYPE_CHECKING:
    import pytest
    from sqlalchemy import Engine

    from vo_server.embedded import EmbeddedPostgres


class DatabaseMaker:
    """Makes databases by name; closes their engines at the end of the session."""

    def __init__(self, cluster: EmbeddedPostgres, folders: pytest.TempPathFactory) -> None:
        self._cluster = cluster
        self._folders = folders
        self._engines: list[Engine] = []

    def __call__(self, name: str, *, migrate: bool = False) -> Settings:
        """Make a database and run the superuser's bootstrap in it."""
        with self.superuser("postgres").connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
                f'CREATE DATABASE "{name}"'
            )
        secrets = self._cluster.secrets
        bootstrap(
            self.superuser(name),
            {
                OWNER: secrets.owner.get_secret_value(),
                APP: secrets.app.get_secret_value(),
                READER: secrets.reader.get_secret_value(),
            },
        )
        settings = Settings(
            database_url=self._cluster.url.replace("///vo?", f"///{name}?"),
            owner_password=secrets.owner,
            app_password=secrets.app,
            reader_password=secrets.reader,
            data_dir=self._folders.mktemp(name),
        )
        if migrate:
            upgrade(self.engine(settings, OWNER))
        return settings

    def superuser(self, name: str) -> Engine:
        """Make an engine of the superuser."""
        with superuser_engine(self._cluster, name) as engine:
            return self._keep(engine)

    def engine(self, settings: Settings, role: str) -> Engine:
        """Make an engine of one of the three roles."""
        return self._keep(lasting_engine(settings, role, pool_size=1))

    def reader(self, settings: Settings) -> ReaderDatabase:
        """Open the reader's transactions on a database."""
        engine = self.engine(settings, READER)
        return ReaderDatabase(engine, settings.identity, timedelta(seconds=20))

    def close(self) -> None:
        """Close every engine made."""
        for engine in self._engines:
            engine.dispose()

    def _keep(self, engine: Engine) -> Engine:
        """Keep no idle connections: the session has hundreds of databases."""
        unpooled = create_engine(engine.url, poolclass=NullPool)
        self._engines.append(unpooled)
        return unpooled
