"""What policies look granted stars up in, held against the grants themselves."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from schemas.engine import OWNER
from schemas.migrate import upgrade
from schemas.session import Caller
from tests.support.accounts import insert_account, insert_grant
from tests.support.older import older_database
from tests.support.rows import Products, insert_products

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from schemas.session import ReaderDatabase
    from tests.support.databases import DatabaseMaker

LATER = "2999-01-01"
STARS = 12
RUNS = ("IRa01", "LRc01", "SRa01")
LEVELS = ("N2", "N1", "N1A")

_BY_GRANTS = text(
    """
    SELECT d.product_id FROM corot.product_listing d
    WHERE EXISTS (
        SELECT FROM auth.grants g
        WHERE g.holder IN (
                'group:public', 'group:registered', 'account:temp', 'group:team')
            AND g.product_level = d.product_level
            AND (g.channel IS NULL OR g.channel = d.channel)
            AND (g.run_code IS NULL OR g.run_code = d.run_code)
            AND g.valid_from <= (now() AT TIME ZONE 'UTC')
            AND (g.valid_until IS NULL OR g.valid_until > (now() AT TIME ZONE 'UTC'))
            AND (g.star_count = 0 OR EXISTS (
                SELECT FROM auth.grant_stars s
                WHERE s.grant_id = g.grant_id AND s.corot_id = d.corot_id))
    )
    """
)
"""What somebody gets by the meaning of the tables of grants, row by row."""


@pytest.fixture(scope="module")
def databases(make_database: DatabaseMaker) -> tuple[Engine, ReaderDatabase]:
    settings = make_database("granted_stars", migrate=True)
    engine = make_database.engine(settings, OWNER)
    with engine.begin() as owner:
        for number, (level, run) in enumerate((lv, r) for lv in LEVELS for r in RUNS):
            insert_products(
                owner,
                Products(first=1, count=STARS, level=level, version=f"{level}-1.0", run=run,
                         release_date=LATER, ra=10.0 * number),
            )  # fmt: skip
        owner.execute(
            text("UPDATE corot.product_listing SET channel = 'seismology' WHERE corot_id % 3 = 0")
        )
        owner.execute(text("INSERT INTO auth.groups VALUES ('team', 'A team')"))
        insert_account(owner, "temp", "team")
    return engine, make_database.reader(settings)


@pytest.fixture
def engine(databases: tuple[Engine, ReaderDatabase]) -> Engine:
    with databases[0].begin() as owner:
        owner.execute(text("DELETE FROM auth.grant_stars"))
        owner.execute(text("DELETE FROM auth.grants WHERE star_count > 0 OR account IS NOT NULL"))
        owner.execute(text("DELETE FROM auth.grants WHERE group_name = 'team'"))
    return databases[0]


@pytest.fixture
def reader(databases: tuple[Engine, ReaderDatabase]) -> ReaderDatabase:
    return databases[1]


def got(reader: ReaderDatabase) -> set[int]:
    with reader.transaction(Caller("temp")) as connection:
        return set(connection.scalars(text("SELECT product_id FROM corot.product_data")))


def meant(engine: Engine) -> set[int]:
    with engine.connect() as owner:
        return set(owner.scalars(_BY_GRANTS))


def grant_something(owner: Connection, chance: random.Random) -> int:
    holder = chance.choice(({"account": "temp"}, {"group_name": "team"}))
    stars = chance.sample(range(1, STARS + 1), chance.choice((0, 1, 1, 2, 5)))
    return insert_grant(
        owner, **holder, stars=stars, product_level=chance.choice(LEVELS),
        channel=chance.choice((None, None, "exoplanet", "seismology")) if stars else "seismology",
        run_code=chance.choice((None, *RUNS)),
        valid_from=chance.choice(("2000-01-01", "2000-01-01", LATER)),
        valid_until=chance.choice((None, None, "2999-06-01", "2001-01-01")),
    )  # fmt: skip


_CHANGES = (
    "UPDATE auth.grants SET valid_until = now() AT TIME ZONE 'UTC' WHERE grant_id = :number",
    "UPDATE auth.grants SET valid_from = '2999-01-01' WHERE grant_id = :number",
    "UPDATE auth.grants SET account = NULL, group_name = 'team' WHERE grant_id = :number",
    "UPDATE auth.grants SET account = NULL, group_name = 'coi' WHERE grant_id = :number",
    "UPDATE auth.grants SET product_level = 'N1' WHERE grant_id = :number",
    "UPDATE auth.grant_stars SET corot_id = corot_id + 20 WHERE grant_id = :number",
    "DELETE FROM auth.grant_stars WHERE grant_id = :number AND corot_id < 6",
)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_granted_and_changed_is_what_somebody_gets(
    engine: Engine, reader: ReaderDatabase, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 # no secret
    numbers = []
    seen = set()
    for _ in range(12):
        with engine.begin() as owner:
            numbers += [grant_something(owner, chance) for _ in range(chance.randrange(1, 3))]
        assert got(reader) == meant(engine)
        with engine.begin() as owner:
            owner.execute(text(chance.choice(_CHANGES)), {"number": chance.choice(numbers)})
        assert got(reader) == meant(engine)
        seen.add(len(got(reader)))
    assert len(seen) > 2, "the grants of this seed change nothing"


def test_a_grant_of_stars_begins_and_ends_by_itself(engine: Engine, reader: ReaderDatabase) -> None:
    with engine.begin() as owner:
        insert_grant(owner, account="temp", stars=[2], run_code="LRc01")
        number = insert_grant(owner, account="temp", stars=[1], valid_from=LATER)
        owner.execute(
            text("UPDATE auth.grants SET valid_from = clock_timestamp() AT TIME ZONE 'UTC'"
                 " + interval '1 s', valid_until = clock_timestamp() AT TIME ZONE 'UTC'"
                 " + interval '2 s' WHERE grant_id = :number"),
            {"number": number},
        )  # fmt: skip
    counts = [len(got(reader))]
    deadline = time.monotonic() + 20
    while counts != [1, 1 + len(RUNS), 1] and time.monotonic() < deadline:
        time.sleep(0.05)
        if (count := len(got(reader))) != counts[-1]:
            counts.append(count)
    assert counts == [1, 1 + len(RUNS), 1]


def grant(engine: Engine, star: int, level: str = "N2") -> None:
    with engine.begin() as owner:
        insert_grant(owner, account="temp", stars=[star], product_level=level)


def test_who_grants_at_the_same_time_loses_nothing(engine: Engine, reader: ReaderDatabase) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda star: grant(engine, star), range(1, STARS + 1)))
    assert len(got(reader)) == STARS * len(RUNS)
    with engine.begin() as first:
        insert_grant(first, account="temp", stars=[1], product_level="N1")
        with ThreadPoolExecutor(1) as threads:
            second = threads.submit(grant, engine, 2, "N1")
            time.sleep(0.3)
            assert not second.done(), "it waits for the first one's end"
            first.commit()
            second.result(20)
    assert len(got(reader)) == (STARS + 2) * len(RUNS)


@pytest.mark.parametrize("table", ["auth.grant_stars", "auth.grants CASCADE"])
def test_what_is_emptied_is_granted_no_more(
    engine: Engine, reader: ReaderDatabase, table: str
) -> None:
    grant(engine, 1)
    assert len(got(reader)) == len(RUNS)
    with engine.begin() as owner:
        owner.execute(text(f"TRUNCATE {table}"))
    assert got(reader) == set()


def test_an_upgrade_gathers_what_was_granted_before(make_database: DatabaseMaker) -> None:
    engine = make_database.engine(older_database(make_database, "granted_before", "0014"), OWNER)
    with engine.begin() as owner:
        insert_account(owner, "temp")
        insert_grant(owner, account="temp", stars=[3, 4, 9])
    upgrade(engine)
    with engine.connect() as owner:
        found = owner.scalars(text("SELECT DISTINCT stars::text FROM auth.granted_stars")).all()
    assert found == ["{[3,5),[9,10)}"]


def test_stars_granted_one_by_one_are_gathered_in_one_row(engine: Engine) -> None:
    with engine.begin() as owner:
        for star in range(1, 9):
            insert_grant(owner, account="temp", stars=[star])
        found = owner.execute(
            text(
                "SELECT stars::text FROM auth.granted_stars"
                " WHERE holder = 'account:temp' AND product_level = 'N2'"
            )
        ).all()
    assert found == [("{[1,9)}",)]
