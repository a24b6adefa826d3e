from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemas.engine import READER
from tests.adql.sky import DDL, SKY
from tests.adql.support import Sky

if TYPE_CHECKING:
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings


@pytest.fixture(scope="session")
def sky_settings(make_database: DatabaseMaker) -> Settings:
    """Settings of a database that holds the foreign data set."""
    settings = make_database("sky")
    with make_database.superuser("sky").begin() as connection:
        connection.execution_options(no_parameters=True).exec_driver_sql(DDL)
    return settings


@pytest.fixture(scope="session")
def sky(sky_settings: Settings, make_database: DatabaseMaker) -> Sky:
    """The foreign data set as its superuser sees it: all of it."""
    del sky_settings  # the database of that name
    return Sky(make_database.superuser("sky"), SKY)


@pytest.fixture(scope="session")
def public_sky(sky_settings: Settings, make_database: DatabaseMaker) -> Sky:
    """The foreign data set as the reader sees it, under row-level security."""
    return Sky(make_database.engine(sky_settings, READER), SKY)
