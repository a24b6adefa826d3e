"""PostgreSQL with the archive, on either geometry back end."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from benchmarks.auth.archive import BYPASS, fill, make_bypass
from schemas.engine import OWNER, READER, role_uri
from schemas.migrate import upgrade
from tests.support.debian_postgres import debian_postgres
from tests.support.server import free_port
from vo_server.config import Settings
from vo_server.database import engine_of, prepare, superuser_engine, uri_of
from vo_server.embedded import EmbeddedPostgres
from vo_server.embedded.cluster import DATABASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from schemas.backends import Backend


@dataclass(frozen=True, slots=True)
class Archive:
    """A filled archive, and how the two roles log in."""

    backend: Backend
    reader: str
    bypass: str
    settings: Settings


@contextmanager
def on_cube(folder: Path, rows: int) -> Iterator[Archive]:
    """Run the embedded PostgreSQL in a folder; what an earlier run left there is used again."""
    with EmbeddedPostgres(folder / "archive", durable=False).running() as postgres:
        prepare(postgres)
        port = free_port()
        settings = Settings(
            database_url=postgres.url,
            owner_password=postgres.secrets.owner,
            app_password=postgres.secrets.app,
            reader_password=postgres.secrets.reader,
            port=port,
            base_url=f"http://127.0.0.1:{port}",
            data_dir=folder / "data",
        )
        password = token_urlsafe()
        with engine_of(settings, OWNER) as owner, superuser_engine(postgres, DATABASE) as superuser:
            upgrade(owner)
            fill(owner, rows)
            make_bypass(superuser, password)
        yield Archive(
            "cube",
            uri_of(settings, READER),
            role_uri(postgres.url, BYPASS, password),
            settings.model_copy(update={"owner_password": None}),
        )


@contextmanager
def on_pgsphere(rows: int) -> Iterator[Archive]:
    """Run Debian's PostgreSQL, which has pgSphere, in a scratch folder."""
    with debian_postgres() as server:
        server.make_database(DATABASE)
        owner = server.engine(DATABASE, OWNER)
        upgrade(owner)
        fill(owner, rows)
        make_bypass(server.engine(DATABASE, "postgres"), "none")
        url = server.url(DATABASE)
        yield Archive(
            "pgsphere",
            role_uri(url, READER, None),
            role_uri(url, BYPASS, None),
            Settings(database_url=url),
        )
