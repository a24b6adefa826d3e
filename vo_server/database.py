"""Which database the server uses, its own embedded one or a given one, and as whom."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text

from schemas.arrow_session import ArrowDatabase
from schemas.bootstrap import bootstrap
from schemas.engine import APP, OWNER, READER, role_engine, role_uri
from vo_server.embedded import EmbeddedPostgres
from vo_server.embedded.cluster import DATABASE
from vo_server.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import SecretStr
    from sqlalchemy import Engine

    from vo_server.config import Settings


@contextmanager
def reachable(settings: Settings) -> Iterator[Settings]:
    """Have a database to talk to, starting the embedded one when none is given.

    Yields
    ------
    Settings
        The settings with URL and passwords filled in.
    """
    if settings.database_url is not None:
        yield settings
        return
    with EmbeddedPostgres(settings.data_dir).running() as postgres:
        prepare(postgres)
        yield settings.model_copy(
            update={
                "database_url": postgres.url,
                "owner_password": postgres.secrets.owner,
                "app_password": postgres.secrets.app,
                "reader_password": postgres.secrets.reader,
            }
        )


def prepare(postgres: EmbeddedPostgres) -> None:
    """Make the database of an embedded cluster and run the superuser's bootstrap there."""
    with superuser_engine(postgres, "postgres") as engine, engine.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        exists = autocommit.scalar(
            text("SELECT true FROM pg_database WHERE datname = :name"), {"name": DATABASE}
        )
        if not exists:
            autocommit.exec_driver_sql(f"CREATE DATABASE {DATABASE}")
    secrets = postgres.secrets
    passwords = {OWNER: secrets.owner, APP: secrets.app, READER: secrets.reader}
    with superuser_engine(postgres, DATABASE) as engine:
        bootstrap(engine, {role: value.get_secret_value() for role, value in passwords.items()})


@contextmanager
def superuser_engine(postgres: EmbeddedPostgres, database: str) -> Iterator[Engine]:
    """Make an engine of an embedded cluster's superuser, and close its connections."""
    url = postgres.superuser_url(database)
    engine = role_engine(
        url.set(username=None, password=None).render_as_string(),
        "postgres",
        postgres.secrets.superuser.get_secret_value(),
        pool_size=1,
    )
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def engine_of(settings: Settings, role: str) -> Iterator[Engine]:
    """Make an engine of one of the three roles, and close its connections."""
    engine = lasting_engine(settings, role, pool_size=2)
    try:
        yield engine
    finally:
        engine.dispose()


def lasting_engine(
    settings: Settings, role: str, *, pool_size: int, autocommit: bool = False
) -> Engine:
    """Make an engine of one of the three roles that lasts as long as the process.

    Raises
    ------
    OperationError
        If the settings name no database.
    """
    url, password = _login(settings, role)
    return role_engine(url, role, password, pool_size=pool_size, autocommit=autocommit)


def uri_of(settings: Settings, role: str) -> str:
    """Give the URI, password included, that one of the three roles logs in with.

    Raises
    ------
    OperationError
        If the settings name no database.
    """
    url, password = _login(settings, role)
    return role_uri(url, role, password)


def arrow_database(
    settings: Settings, niceness: int = 0, *, size: int | None = None
) -> ArrowDatabase:
    """Open the reader's transactions for answers of any size.

    Parameters
    ----------
    settings
        Name the database.
    niceness
        By how much their queries give way to others.
    size
        Most connections of each process; absent: as many as it runs queries.

    Raises
    ------
    OperationError
        If the settings name no database.
    """
    return ArrowDatabase(
        uri_of(settings, READER),
        settings.identity,
        size=size or settings.queries,
        niceness=niceness,
    )


def _login(settings: Settings, role: str) -> tuple[str, str | None]:
    if settings.database_url is None:
        raise OperationError("VO_DATABASE_URL is not set")
    passwords: dict[str, SecretStr | None] = {
        OWNER: settings.owner_password,
        APP: settings.app_password,
        READER: settings.reader_password,
    }
    password = passwords[role]
    return settings.database_url, None if password is None else password.get_secret_value()
