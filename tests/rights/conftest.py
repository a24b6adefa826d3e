from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from requests import Session

from schemas.engine import APP, OWNER
from tests.rights.world import RIGHTS, populate, tokens
from tests.support.server import running_server, running_worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings


@pytest.fixture(scope="session")
def world(make_database: DatabaseMaker) -> Settings:
    """Settings of a database with products of every kind and an account of every tier.

    A test that changes something undoes it.
    """
    settings = make_database("world", migrate=True)
    with make_database.engine(settings, OWNER).begin() as owner:
        populate(owner, settings.store)
    # A provider that is away: its routes are there.
    away = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "corot-vo"}
    return settings.model_copy(update=away)


@pytest.fixture(scope="session")
def world_url(world: Settings) -> Iterator[str]:
    """Base URL of a server process, with a worker."""
    with running_server(world) as url, running_worker(world):
        yield url


@pytest.fixture(scope="session")
def sessions(make_database: DatabaseMaker, world: Settings) -> Iterator[dict[str, Session]]:
    """Give a client for each account, logged in; the public's is under the empty name."""
    made = {name: Session() for name in RIGHTS}
    for name, token in tokens(make_database.engine(world, APP)).items():
        made[name].headers["Authorization"] = f"Bearer {token}"
    yield made
    for session in made.values():
        session.close()
