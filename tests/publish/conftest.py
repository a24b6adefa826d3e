from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ingest.publish.service import PublishService
from ingest.publish.store import PublishStore
from schemas.engine import OWNER
from schemas.further import with_further
from schemas.further.rows import further_tables
from schemas.published import CATALOGUE
from vo_server.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient
    from sqlalchemy import Engine

    from ingest.publish.service import Report
    from schemas.declaration import Table
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings


@dataclass(frozen=True, slots=True)
class Bench:
    """A database to publish in, and a folder for declarations and files."""

    settings: Settings
    owner: Engine
    service: PublishService
    folder: Path

    def publish(self, declaration: str, rows: str | bytes, *, replace: bool = False) -> Report:
        """Publish texts as if they were files."""
        declared, file = self.folder / "declaration.toml", self.folder / "rows"
        declared.write_text(declaration, "utf-8")
        file.write_bytes(rows.encode() if isinstance(rows, str) else rows)
        return self.service.publish(declared, file, replace=replace)

    def table(self, name: str) -> Table:
        """Give a published table as it is declared."""
        with self.owner.connect() as connection:
            return with_further(CATALOGUE, further_tables(connection)).table(name)


@pytest.fixture(scope="session")
def publish_settings(make_database: DatabaseMaker) -> Settings:
    """Settings of a database that the tests of publishing share."""
    return make_database("publish", migrate=True)


@pytest.fixture
def bench(publish_settings: Settings, make_database: DatabaseMaker, tmp_path: Path) -> Bench:
    owner = make_database.engine(publish_settings, OWNER)
    service = PublishService(PublishStore(owner, CATALOGUE), linger=1)
    return Bench(publish_settings, owner, service, tmp_path)


@pytest.fixture(scope="session")
def client(publish_settings: Settings) -> FlaskClient:
    """An HTTP client of the whole server on that database."""
    served = publish_settings.model_copy(update={"owner_password": None})
    return create_app(served).test_client()
