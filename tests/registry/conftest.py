from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from schemas.engine import APP
from vo_server.registry_wiring import refresh_records

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Engine

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings


@pytest.fixture(scope="session")
def documents(archive: Settings, make_database: DatabaseMaker) -> dict[str, bytes]:
    """Documents of the archive's records, by what comes after the authority."""
    refresh_records(archive)
    with make_database.engine(archive, APP).connect() as connection:
        rows = connection.execute(text("SELECT identifier, document FROM registry.records"))
        return {
            row.identifier.removeprefix("ivo://org.corot").lstrip("/"): row.document.encode()
            for row in rows
        }


@pytest.fixture(scope="session")
def datestamps() -> Callable[[Engine], dict[str, tuple[datetime, bool]]]:
    """Give datestamp and deletion of each record."""

    def read(app: Engine) -> dict[str, tuple[datetime, bool]]:
        with app.connect() as connection:
            rows = connection.execute(
                text("SELECT identifier, datestamp, deleted FROM registry.records")
            )
            return {row.identifier: (row.datestamp, row.deleted) for row in rows}

    return read
