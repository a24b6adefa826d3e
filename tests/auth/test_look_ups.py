"""What each request with credentials asks, on connections of its own."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import BigInteger, exc, literal_column, select, text

from schemas.engine import APP
from vo_server.auth.look_ups import LookUp, LookUps
from vo_server.database import uri_of

if TYPE_CHECKING:
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

NAMED = LookUp(
    "named",
    "bigint, text",
    select(literal_column("1 / nullif($1, 7)"), literal_column("$2"), literal_column("$1"))
    .where(literal_column("$1", BigInteger) != 5),
)  # fmt: skip
PROCESS = LookUp("process", "text", select(literal_column("pg_backend_pid()")))


@pytest.fixture
def look_ups(migrated: Settings) -> LookUps:
    return LookUps(uri_of(migrated, APP), (NAMED, PROCESS))


def test_values_come_as_the_driver_reads_them(look_ups: LookUps) -> None:
    assert look_ups.one(NAMED, 1, "o'neil \\ %s") == (1, "o'neil \\ %s", 1)
    assert look_ups.one(NAMED, 5, "") is None
    assert look_ups.one(NAMED, 7, None) == (None, None, 7)


def test_one_connection_serves_who_asks_in_turn(look_ups: LookUps) -> None:
    assert len({look_ups.one(PROCESS, "") for _ in range(20)}) == 1


def test_many_at_once_each_have_their_answer(look_ups: LookUps) -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = [(number, f"name {number}") for number in range(8, 400)]
        found = list(pool.map(lambda values: look_ups.one(NAMED, *values), asked))
    assert found == [(0, name, number) for number, name in asked]


def test_connections_that_were_ended_are_replaced(
    look_ups: LookUps, make_database: DatabaseMaker
) -> None:
    before = look_ups.one(PROCESS, "")
    assert before is not None
    with make_database.superuser("migrated").connect() as superuser:
        superuser.execute(text("SELECT pg_terminate_backend(:process)"), {"process": before[0]})
    after = look_ups.one(PROCESS, "")
    assert after not in {None, before}
    assert look_ups.one(PROCESS, "") == after


def test_a_connection_that_ends_while_it_is_asked_is_told_as_such(
    migrated: Settings, make_database: DatabaseMaker
) -> None:
    slow = LookUp("slow", "text", select(literal_column("pg_sleep(60)")))
    look_ups = LookUps(uri_of(migrated, APP), (slow,))
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE query LIKE 'PREPARE slow%' AND state = 'active'"
    )
    with (
        ThreadPoolExecutor(1) as pool,
        make_database.superuser("migrated").connect() as superuser,
    ):
        asked = pool.submit(look_ups.one, slow, "")
        autocommit = superuser.execution_options(isolation_level="AUTOCOMMIT")
        while not autocommit.scalar(text(end)):
            time.sleep(0.05)
        with pytest.raises(exc.OperationalError):
            asked.result(30)


def test_a_refusal_is_an_error_of_the_database(look_ups: LookUps) -> None:
    for _ in range(2):
        with pytest.raises(exc.DataError, match="division by zero") as refused:
            look_ups.one(NAMED, 0, "secret")
        assert "secret" not in str(refused.value)
    assert look_ups.one(NAMED, 1, "") == (1, "", 1)


def test_a_connection_that_cannot_plan_is_an_error_of_the_database(migrated: Settings) -> None:
    missing = LookUp("missing", "text", select(literal_column("nothing.at_all($1)")))
    look_ups = LookUps(uri_of(migrated, APP), (missing,))
    with pytest.raises(exc.ProgrammingError, match="does not exist"):
        look_ups.one(missing, "")


def test_a_database_that_is_away_is_an_error_of_the_database(migrated: Settings) -> None:
    away = migrated.model_copy(update={"database_url": "postgresql:///x?host=/nonexistent"})
    look_ups = LookUps(uri_of(away, APP), (PROCESS,))
    with pytest.raises(exc.OperationalError):
        look_ups.one(PROCESS, "")
