"""The numbers of levels and windows that policies look at, and the copies of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import exc, text

from schemas.engine import OWNER
from schemas.session import PUBLIC, Caller
from tests.support.accounts import insert_account, insert_grant
from tests.support.rows import Products, insert_listing, insert_products

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from schemas.session import ReaderDatabase
    from tests.support.databases import DatabaseMaker

LATER = "2999-01-01"

GUEST = Caller("guest")
_NUMBERS = (
    "SELECT DISTINCT l.level_id, l.window_id, w.product_level, w.channel, w.run_code"
    " FROM corot.product_listing l JOIN corot.windows w USING (window_id, level_id)"
    " ORDER BY 3, 4, 5"
)


@pytest.fixture(scope="module")
def databases(make_database: DatabaseMaker) -> tuple[Engine, ReaderDatabase]:
    settings = make_database("windows", migrate=True)
    engine = make_database.engine(settings, OWNER)
    with engine.begin() as owner:
        insert_account(owner, "guest")
        insert_grant(owner, account="guest", product_level="N2", run_code="LRc01")
    return engine, make_database.reader(settings)


@pytest.fixture
def engine(databases: tuple[Engine, ReaderDatabase]) -> Engine:
    with databases[0].begin() as owner:
        owner.execute(text("DELETE FROM corot.product_listing"))
    return databases[0]


@pytest.fixture
def reader(databases: tuple[Engine, ReaderDatabase]) -> ReaderDatabase:
    return databases[1]


def products(
    *, first: int = 1, level: str = "N2", run: str = "IRa01", release_date: str = "2010-01-01"
) -> Products:
    return Products(
        first=first, count=3, level=level, version=f"{level}-1.0", run=run,
        release_date=release_date,
    )  # fmt: skip


def got(reader: ReaderDatabase, caller: Caller = GUEST) -> list[int]:
    with reader.transaction(caller) as connection:
        query = "SELECT corot_id FROM corot.products WHERE lc_mean_white IS NOT NULL ORDER BY 1"
        return [*connection.scalars(text(query))]


def test_windows_are_numbered_when_there_first_is_a_product_of_them(engine: Engine) -> None:
    with engine.begin() as owner:
        for level, run in (("N2", "IRa01"), ("N2", "LRc01"), ("N1", "IRa01")):
            insert_products(owner, products(level=level, run=run))
        numbers = owner.execute(text(_NUMBERS)).all()
        insert_products(owner, products(first=7, run="LRc01"))
        assert owner.execute(text(_NUMBERS)).all() == numbers
    assert [tuple(row[2:]) for row in numbers] == [
        ("N1", "exoplanet", "IRa01"), ("N2", "exoplanet", "IRa01"), ("N2", "exoplanet", "LRc01"),
    ]  # fmt: skip
    assert len({row.window_id for row in numbers}) == 3
    assert len({row.level_id for row in numbers}) == 2
    with engine.connect() as owner:
        used = "SELECT last_value FROM pg_sequences WHERE sequencename = 'levels_level_id_seq'"
        assert owner.scalar(text(used)) == owner.scalar(text("SELECT count(*) FROM corot.levels"))


def test_who_publish_at_once_give_a_window_one_number(engine: Engine) -> None:
    runs = ("SRa01", "SRa02", "SRa03", "SRa04")

    def publish(number: int) -> None:
        with engine.begin() as owner:
            # In one order, as two that wait for each other would end in an error.
            for run in runs:
                insert_listing(owner, products(first=100 * number, level="N1A", run=run))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(publish, range(6)))
    with engine.connect() as owner:
        found = owner.execute(text(_NUMBERS)).all()
    assert [row.run_code for row in found] == [*runs]
    assert len({row.level_id for row in found}) == 1


def test_numbers_and_copies_cannot_be_forged(engine: Engine) -> None:
    with engine.begin() as owner:
        insert_products(owner, products(release_date=LATER))
        insert_listing(owner, products(first=9, level="N1", release_date=LATER))
        forged = owner.execute(
            text(
                "INSERT INTO corot.product_data (product_id, open_from, corot_id, level_id,"
                " window_id, storage_path, media_type)"
                " SELECT l.product_id, '2000-01-01', 1, o.level_id, o.window_id, 'x', 'y'"
                " FROM corot.product_listing l, corot.product_listing o"
                " WHERE l.corot_id = 9 AND o.corot_id = 1"
                " RETURNING open_from::text, corot_id, level_id"
            )
        ).one()
        own = "SELECT level_id FROM corot.product_listing WHERE corot_id = 9"
        assert forged == (f"{LATER} 00:00:00", 9, owner.scalar(text(own)))
    for statement in (
        "UPDATE corot.product_data SET open_from = '2000-01-01'",
        "UPDATE corot.product_data SET level_id = level_id + 1",
        "UPDATE corot.product_listing SET window_id = window_id + 1",
        "UPDATE corot.product_listing SET release_date = 'infinity'",
    ):
        with pytest.raises(exc.IntegrityError), engine.begin() as owner:
            owner.execute(text(statement))


def test_rights_follow_what_a_product_becomes(engine: Engine, reader: ReaderDatabase) -> None:
    def change(what: str) -> None:
        with engine.begin() as owner:
            owner.execute(text(f"UPDATE corot.product_listing SET {what} WHERE corot_id = 2"))

    with engine.begin() as owner:
        insert_products(owner, products(release_date=LATER))
    assert got(reader) == []
    change("run_code = 'LRc01'")
    assert got(reader) == [2]
    change("withdrawn = true, withdrawn_reason = 'wrong'")
    assert got(reader) == []
    change("withdrawn = false, withdrawn_reason = NULL, run_code = 'IRa01'")
    assert got(reader) == []
    change("release_date = '2010-01-01'")
    assert got(reader) == got(reader, PUBLIC) == [2]


def test_levels_of_any_number_are_granted_apart(make_database: DatabaseMaker) -> None:
    settings = make_database("far_levels", migrate=True)
    with make_database.engine(settings, OWNER).begin() as owner:
        insert_account(owner, "guest")
        for number, first in ((7, 1), (8, 4), (32767, 7)):
            level = {"level": f"N{number}", "number": number}
            owner.execute(text("INSERT INTO auth.levels VALUES (:level, false, '-')"), level)
            owner.execute(
                text(
                    "INSERT INTO corot.levels (level_id, product_level)"
                    " OVERRIDING SYSTEM VALUE VALUES (:number, :level)"
                ),
                level,
            )
            insert_products(owner, products(first=first, level=f"N{number}", release_date=LATER))
        insert_grant(owner, account="guest", product_level="N8")
        insert_grant(owner, account="guest", product_level="N32767", stars=[8])
    assert got(make_database.reader(settings)) == [4, 5, 6, 8]
    assert got(make_database.reader(settings), PUBLIC) == []
