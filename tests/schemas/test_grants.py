"""Who sees which rows and gets which data: every kind of caller by every kind of row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from schemas.engine import OWNER
from schemas.session import Caller
from tests.support.accounts import TIERS, insert_account, insert_grant, withdraw
from tests.support.rows import Products, insert_products

if TYPE_CHECKING:
    from schemas.session import ReaderDatabase
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

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
"""``star`` is granted to guest1, ``run`` to guest2."""

LISTED = {"proprietary", "star", "run"}

GETS = {
    "": {"released"},
    "reg": {"released"},
    "guest1": {"released", "star"},
    "guest2": {"released", "run"},
    "alert1": {"released", "alert"},
    "n1user": {"released", "n1"},
    "coi1": {"released", *LISTED},
    "staff1": set(ROWS),
    "admin1": set(ROWS),
    "disabled": set(),
    "nobody": set(),
}


@pytest.fixture(scope="module")
def granted(make_database: DatabaseMaker) -> Settings:
    settings = make_database("granted", migrate=True)
    with make_database.engine(settings, OWNER).begin() as owner:
        for products in ROWS.values():
            insert_products(owner, products)
        withdraw(owner, 7_000, 2)
        for name, groups in TIERS.items():
            insert_account(owner, name, *groups)
        insert_account(owner, "disabled", "admin")
        owner.execute(text("UPDATE auth.accounts SET disabled_at = now() WHERE name = 'disabled'"))
        insert_grant(owner, account="guest1", stars=range(3_000, 3_010))
        insert_grant(owner, account="guest2", run_code="LRc01")
    return settings


@pytest.fixture(scope="module")
def reader(make_database: DatabaseMaker, granted: Settings) -> ReaderDatabase:
    return make_database.reader(granted)


def kinds(reader: ReaderDatabase, caller: str, relation: str) -> dict[str, int]:
    """Count the rows of a relation by kind, those with none left out."""
    query = text(f"SELECT corot_id / 1000, count(*) FROM {relation} GROUP BY 1")
    with reader.transaction(Caller(caller)) as connection:
        found = {row[0]: row[1] for row in connection.execute(query)}
    by_thousand = {products.first // 1000: kind for kind, products in ROWS.items()}
    return {by_thousand[thousand]: count for thousand, count in found.items()}


@pytest.mark.parametrize("caller", GETS)
def test_a_caller_sees_and_gets_what_is_theirs(reader: ReaderDatabase, caller: str) -> None:
    gets = GETS[caller]
    sees = gets | LISTED if gets else gets
    assert kinds(reader, caller, "corot.products") == dict.fromkeys(sees, 2)
    assert kinds(reader, caller, "corot.product_data") == dict.fromkeys(gets, 2)
    assert kinds(reader, caller, "corot.stars") == dict.fromkeys(sees, 2)
    with_flux = "corot.products WHERE lc_mean_white IS NOT NULL"
    assert kinds(reader, caller, with_flux) == dict.fromkeys(gets, 2)


@pytest.mark.parametrize("caller", GETS)
def test_only_the_staff_sees_deliveries(reader: ReaderDatabase, caller: str) -> None:
    with reader.transaction(Caller(caller)) as connection:
        count = connection.scalar(text("SELECT count(*) FROM ingest.deliveries"))
    assert count == (1 if caller in {"staff1", "admin1"} else 0)


def test_what_was_withdrawn_is_in_no_view_of_data_products(reader: ReaderDatabase) -> None:
    with reader.transaction(Caller("staff1")) as connection:
        listed = connection.scalar(
            text("SELECT count(*) FROM ivoa.obscore WHERE s_ra BETWEEN 155 AND 165")
        )
        latest = connection.scalar(
            text("SELECT max(is_latest) FROM corot.products WHERE corot_id >= 7000")
        )
    assert (listed, latest) == (0, 0)


@pytest.mark.parametrize(
    ("grant", "count"),
    [
        ({}, 6),
        ({"channel": "exoplanet"}, 6),
        ({"channel": "seismology"}, 0),
        ({"run_code": "LRc01"}, 2),
        ({"run_code": "LRc01", "channel": "exoplanet"}, 2),
        ({"run_code": "LRc01", "channel": "seismology"}, 0),
        ({"stars": [2_000, 4_000, 5_000]}, 2),
        ({"stars": [2_000, 4_000], "run_code": "LRc01"}, 1),
        ({"stars": [2_000], "channel": "seismology"}, 0),
        ({"stars": [5_000], "product_level": "N1"}, 1),
        ({"product_level": "N1A"}, 2),
        ({"valid_until": "2000-01-01"}, 0),
        ({"valid_from": LATER}, 0),
        ({"valid_from": "2000-01-01", "valid_until": LATER}, 6),
        ({"stars": [2_000], "valid_until": "2000-01-01"}, 0),
        ({"run_code": "LRc01", "valid_until": "2000-01-01"}, 0),
    ],
)
@pytest.mark.parametrize("holder", ["account", "group_name"])
def test_a_grant_counts_from_the_next_transaction_and_until_it_ends(  # noqa: PLR0913, PLR0917 # fixtures
    make_database: DatabaseMaker,
    granted: Settings,
    reader: ReaderDatabase,
    holder: str,
    grant: dict[str, object],
    count: int,
) -> None:
    def got() -> int:
        with reader.transaction(Caller("temp")) as connection:
            query = "SELECT count(*) FROM corot.product_data WHERE open_from > now()"
            return int(connection.scalar(text(query)) or 0)

    number = 0
    engine = make_database.engine(granted, OWNER)
    with engine.begin() as owner:
        owner.execute(text("INSERT INTO auth.groups VALUES ('team', 'A team')"))
        insert_account(owner, "temp", "team")
    try:
        assert got() == 0
        holders = {"account": "temp", "group_name": "team"}
        with engine.begin() as owner:
            number = insert_grant(owner, **{holder: holders[holder]}, **grant)  # type: ignore[arg-type] # columns and stars
        assert got() == count
        with engine.begin() as owner:
            owner.execute(
                text("UPDATE auth.grants SET valid_until = now() AT TIME ZONE 'UTC'"
                     " WHERE grant_id = :number"),
                {"number": number},
            )  # fmt: skip
        assert got() == 0
    finally:
        with engine.begin() as owner:
            owner.execute(
                text("DELETE FROM auth.grant_stars WHERE grant_id = :number"), {"number": number}
            )
            owner.execute(
                text("DELETE FROM auth.grants WHERE grant_id = :number"), {"number": number}
            )
            owner.execute(text("DELETE FROM auth.members WHERE account = 'temp'"))
            owner.execute(text("DELETE FROM auth.accounts WHERE name = 'temp'"))
            owner.execute(text("DELETE FROM auth.groups WHERE name = 'team'"))


def test_a_group_left_counts_no_more(
    make_database: DatabaseMaker, granted: Settings, reader: ReaderDatabase
) -> None:
    engine = make_database.engine(granted, OWNER)
    with engine.begin() as owner:
        owner.execute(text("DELETE FROM auth.members WHERE account = 'coi1'"))
    try:
        assert set(kinds(reader, "coi1", "corot.product_data")) == {"released"}
    finally:
        with engine.begin() as owner:
            owner.execute(text("INSERT INTO auth.members VALUES ('coi1', 'coi')"))


def test_a_level_can_be_listed_or_not(
    make_database: DatabaseMaker, granted: Settings, reader: ReaderDatabase
) -> None:
    engine = make_database.engine(granted, OWNER)
    change = text("UPDATE auth.levels SET listed = :listed WHERE product_level = 'N2'")
    with engine.begin() as owner:
        owner.execute(change, {"listed": False})
    try:
        assert set(kinds(reader, "", "corot.products")) == {"released"}
    finally:
        with engine.begin() as owner:
            owner.execute(change, {"listed": True})
