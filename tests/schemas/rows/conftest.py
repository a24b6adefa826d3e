from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from schemas.arrow_session import ArrowDatabase
from schemas.engine import READER
from vo_server.database import uri_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.arrow_connection import ArrowConnection
    from vo_server.config import Settings


@pytest.fixture(scope="module")
def database(migrated: Settings) -> Iterator[ArrowDatabase]:
    made = ArrowDatabase(uri_of(migrated, READER), migrated.identity, size=2)
    yield made
    made.close()


@pytest.fixture
def connection(database: ArrowDatabase) -> Iterator[ArrowConnection]:
    """One in a transaction that may write."""
    with database.transaction(timeout=timedelta(minutes=1), read_only=False) as made:
        yield made
