from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from schemas.engine import APP, OWNER
from tests.support.accounts import TIERS, insert_grant, withdraw
from tests.support.rows import Products, insert_products
from tests.support.server import running_server
from vo_server.auth.account_service import AccountService
from vo_server.auth.login_service import LoginService
from vo_server.auth.model import Account
from vo_server.database import lasting_engine, uri_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

PASSWORD = "correct horse battery"
"""Of every account of these tests."""

LATER = "2999-01-01"

ROWS = {
    "released": Products(first=1_000, count=2, ra=100),
    "proprietary": Products(first=2_000, count=2, release_date=LATER, ra=110),
    "star": Products(first=3_000, count=2, release_date=LATER, ra=120),
    "run": Products(first=4_000, count=2, release_date=LATER, ra=130, run="LRc01"),
    "n1": Products(first=5_000, count=2, level="N1", version="N1-1.0", release_date=LATER, ra=140),
    "alert": Products(
        first=6_000, count=2, level="N1A", version="N1A-1.0", release_date=LATER, ra=150
    ),
    "withdrawn": Products(first=7_000, count=2, ra=160),
}
"""Products of every kind; ``star`` is granted to guest1, ``run`` to guest2."""


@pytest.fixture(scope="session")
def people(make_database: DatabaseMaker) -> Settings:
    """Settings of a database with an account for each tier and products of every kind."""
    settings = make_database("people", migrate=True)
    service = AccountService(make_database.engine(settings, APP))
    for name, groups in TIERS.items():
        service.add(Account(name, groups=frozenset(groups)), PASSWORD, "test")
    service.add(Account("disabled", groups=frozenset({"admin"})), PASSWORD, "test")
    service.set_disabled("disabled", "test", disabled=True)
    with make_database.engine(settings, OWNER).begin() as owner:
        for products in ROWS.values():
            insert_products(owner, products)
        withdraw(owner, 7_000, 2)
        insert_grant(owner, account="guest1", stars=range(3_000, 3_010))
        insert_grant(owner, account="guest2", run_code="LRc01")
    return settings


@pytest.fixture(scope="session")
def app_engine(make_database: DatabaseMaker, people: Settings) -> Engine:
    """Engine of ``vo_app`` in the database of people."""
    return make_database.engine(people, APP)


@pytest.fixture(scope="session")
def site(people: Settings) -> Iterator[str]:
    """Base URL of a server process in front of which the tests stand as a trusted proxy."""
    trusting = people.model_copy(update={"trusted_proxies": "127.0.0.1"})
    with running_server(trusting) as base_url:
        yield base_url


@pytest.fixture
def log_ins(people: Settings) -> Iterator[LoginService]:
    """Check credentials in the database of people, as the web server does."""
    engine = lasting_engine(people, APP, pool_size=2, autocommit=True)
    yield LoginService(engine, uri_of(people, APP), idle=timedelta(days=1))
    engine.dispose()


@pytest.fixture(autouse=True)
def _no_failures(app_engine: Engine) -> None:
    """Begin each test without failed log-ins."""
    with app_engine.begin() as connection:
        connection.execute(text("DELETE FROM auth.attempts"))
