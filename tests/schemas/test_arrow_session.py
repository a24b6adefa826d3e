"""The reader's transactions on Arrow connections."""

from __future__ import annotations

import os
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from sqlalchemy import text

from schemas import arrow_session
from schemas.arrow_errors import TIMED_OUT, ArrowDatabaseError, BusyError, Unreachable
from schemas.arrow_session import ArrowDatabase
from schemas.engine import READER
from schemas.priority import give_way
from schemas.session import PUBLIC, Caller
from tap.arrow.types import converted
from vo_server.database import engine_of, uri_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.arrow_connection import ArrowConnection
    from vo_server.config import Settings

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def database(migrated: Settings) -> Iterator[ArrowDatabase]:
    made = ArrowDatabase(uri_of(migrated, READER), migrated.identity, size=2)
    yield made
    made.close()


def value(connection: ArrowConnection, expression: str) -> object:
    (batch,) = connection.query(f"SELECT {expression} AS x")
    return batch.column(0).to_pylist()[0]


def test_a_transaction_names_its_caller_and_this_server(
    database: ArrowDatabase, migrated: Settings
) -> None:
    name = 'o\'neil \\ "x"; SELECT 1 --'
    with database.transaction(Caller(name), timeout=timedelta(seconds=7)) as connection:
        assert value(connection, "vo.principal()") == name
        assert value(connection, "vo.base_url()") == migrated.base_url
        assert value(connection, "current_setting('vo.authority')") == migrated.authority
        assert value(connection, "current_setting('statement_timeout')") == "7s"
        assert value(connection, "current_setting('transaction_read_only')") == "on"
        assert value(connection, "current_user::text") == "vo_reader"
        assert str(value(connection, "current_setting('application_name')")).startswith("vo query")


def faults(pid: object) -> int:
    """Tell how often a process waited for a page of memory (proc(5), minflt)."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[7])


LARGE = "length(repeat('x', 1500000))"
"""In one piece, which malloc gives back at once unless it was made to keep as much."""


def test_a_session_keeps_its_memory(database: ArrowDatabase, migrated: Settings) -> None:
    with database.transaction(PUBLIC, timeout=MINUTE) as connection:
        pid = value(connection, "pg_backend_pid()")
        value(connection, LARGE)
        before = faults(pid)
        value(connection, LARGE)
        assert faults(pid) - before < 50
    with engine_of(migrated, READER) as engine, engine.connect() as reader:
        pid = reader.scalar(text("SELECT pg_backend_pid()"))
        reader.scalar(text(f"SELECT {LARGE}"))
        before = faults(pid)
        reader.scalar(text(f"SELECT {LARGE}"))
        assert faults(pid) - before < 50


def test_nothing_stays_for_the_next_caller(database: ArrowDatabase) -> None:
    for _ in range(3):
        with database.transaction(Caller("kim"), timeout=MINUTE):
            pass
        with database.transaction(PUBLIC, timeout=MINUTE) as connection:
            assert value(connection, "vo.principal()") == ""


def test_a_transaction_only_reads(database: ArrowDatabase) -> None:
    with (
        database.transaction(timeout=MINUTE) as connection,
        pytest.raises(ArrowDatabaseError, match="25006"),
    ):
        connection.execute("CREATE TEMP TABLE t (n integer)")


def test_temporary_tables_are_filled_and_gone_afterwards(database: ArrowDatabase) -> None:
    for _ in range(2):
        with database.transaction(timeout=MINUTE, read_only=False) as connection:
            connection.execute("CREATE TEMP TABLE upload (c0 integer, c1 text) ON COMMIT DROP")
            connection.ingest("upload", pa.table({"c0": pa.array([1, 2], pa.int32()),
                                                  "c1": ["a", None]}))  # fmt: skip
            connection.execute("ANALYZE pg_temp.upload; SET TRANSACTION READ ONLY")
            (batch,) = connection.query("SELECT * FROM pg_temp.upload ORDER BY c0")
            assert batch.to_pylist() == [{"c0": 1, "c1": "a"}, {"c0": 2, "c1": None}]


def test_when_full_it_says_busy(database: ArrowDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow_session, "WAIT", 0.1)
    with (
        database.transaction(timeout=MINUTE),
        database.transaction(timeout=MINUTE),
        pytest.raises(BusyError),
        database.transaction(timeout=MINUTE),
    ):
        pass
    with database.transaction(timeout=MINUTE) as connection:
        assert value(connection, "1") == 1


def test_what_is_unreachable_holds_no_place(migrated: Settings) -> None:
    nowhere = ArrowDatabase("postgresql:///x?host=/nonexistent", migrated.identity, size=1)
    for _ in range(3):
        with pytest.raises(Unreachable), nowhere.transaction(timeout=MINUTE):
            pass


def test_a_stream_is_cancelled_when_it_is_left(database: ArrowDatabase) -> None:
    started = time.monotonic()
    with database.transaction(timeout=MINUTE) as connection:
        next(connection.query("SELECT generate_series(1, 1000000000) AS n"))
    with database.transaction(timeout=MINUTE) as connection:
        assert value(connection, "2") == 2
    assert time.monotonic() - started < 5


def test_a_silent_query_is_cancelled_from_another_thread(database: ArrowDatabase) -> None:
    with database.transaction(timeout=MINUTE) as connection:
        threading.Timer(0.2, connection.cancel).start()
        with pytest.raises(ArrowDatabaseError, match="57014"):
            list(connection.query("SELECT pg_sleep(30)"))
    connection.cancel()  # too late to touch what runs next
    with database.transaction(timeout=MINUTE) as connection:
        assert value(connection, "3") == 3


@pytest.mark.parametrize(
    ("expression", "sqlstate"),
    [
        ("1 / n", "22012"),
        ("ln(n::float8)", "2201E"),
        ("sqrt(n - 1::float8)", "2201F"),
        ("power(n - 1::float8, 0.5)", "2201F"),
        ("exp(1000 + n::float8)", "22003"),
        ("acos(n + 2::float8)", "22003"),
        ("2147483647 + 1 + n", "22003"),
        ("(n || 'x')::text::integer", "22P02"),
        ("('2009-99-9' || n)::timestamp", "22008"),
        ("('noon' || n)::timestamp", "22007"),
        ("(SELECT m FROM generate_series(n, n + 1) AS m)", "21000"),
        ("pg_sleep(9)::text", TIMED_OUT),
    ],
)
def test_late_errors_have_their_sqlstate(
    database: ArrowDatabase, expression: str, sqlstate: str
) -> None:
    limit = timedelta(seconds=0.3)
    sql = f"SELECT {expression} AS x FROM generate_series(0, 0) AS n"
    with (
        database.transaction(timeout=limit) as connection,
        pytest.raises(ArrowDatabaseError) as caught,
    ):
        list(connection.query(sql))
    assert caught.value.sqlstate == sqlstate
    assert "SELECT" not in str(caught.value)


@pytest.mark.parametrize(
    ("expression", "wanted", "expected"),
    [
        ("1.50::numeric", pa.float64(), 1.5),
        ("'NaN'::numeric", pa.string(), "NaN"),
        ("12::numeric", pa.int64(), 12),
        ("ARRAY[1.5, NULL]::numeric[]", pa.list_(pa.float64()), [1.5, None]),
        ("'\\x00ff'::bytea", pa.list_(pa.uint8()), [0, 255]),
        ("ARRAY[[1, 2], [3, 4]]", pa.list_(pa.int32()), [1, 2, 3, 4]),
        ("7::smallint", pa.list_(pa.int16()), [7]),
        ("date '2009-01-31'", pa.timestamp("us"), "2009-01-31 00:00:00"),
        ("timestamptz '2009-01-31 12:00+02'", pa.timestamp("us"), "2009-01-31 10:00:00"),
        ("timestamp 'infinity'", pa.timestamp("us"), "None"),
        ("timestamp '-infinity'", pa.timestamp("us"), "None"),
        ("timestamp '0044-03-15 BC'", pa.timestamp("ms"), None),
        ("true", pa.string(), "true"),
        ("'{\"a\": 1}'::json", pa.string(), '{"a": 1}'),
        ("'00000000-0000-0000-0000-0000000000ff'::uuid", pa.string(), "0" * 30 + "ff"),
        ("NULL", pa.list_(pa.float64()), None),
    ],
)
def test_what_the_database_sends_becomes_the_declared_type(
    database: ArrowDatabase, expression: str, wanted: pa.DataType, expected: object
) -> None:
    with database.transaction(timeout=MINUTE) as connection:
        (batch,) = connection.query(f"SELECT {expression} AS x")
    made = converted(batch.column(0), wanted)
    assert made.type == wanted
    if pa.types.is_timestamp(wanted):
        found = str(made.cast(pa.timestamp("us")).to_pylist()[0]) if expected else expected
        assert found == expected
    else:
        assert made.to_pylist() == [expected]


def test_a_forked_process_makes_its_own_connections(database: ArrowDatabase) -> None:
    with database.transaction(timeout=MINUTE) as connection:
        parents = value(connection, "pg_backend_pid()")
    receiver, sender = os.pipe()
    child = os.fork()
    if child == 0:
        with database.transaction(timeout=MINUTE) as connection:
            os.write(sender, str(value(connection, "pg_backend_pid()")).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(receiver, 20)) != parents
    with database.transaction(timeout=MINUTE) as connection:
        assert value(connection, "pg_backend_pid()") == parents


def test_a_connection_gives_way_and_has_no_helpers(migrated: Settings) -> None:
    polite = ArrowDatabase(uri_of(migrated, READER), migrated.identity, size=1, niceness=7)
    with polite.transaction(timeout=MINUTE) as connection:
        process = value(connection, "pg_backend_pid()")
        assert isinstance(process, int)
        assert os.getpriority(os.PRIO_PROCESS, process) == min(_own_niceness() + 7, 19)
        assert value(connection, "current_setting('max_parallel_workers_per_gather')") == "0"
    polite.close()


def test_a_process_that_is_no_connection_keeps_its_priority() -> None:
    before = _own_niceness()
    assert not give_way(os.getpid(), "vo_reader", 3)
    assert _own_niceness() == before


def test_a_process_of_another_host_is_not_looked_for(database: ArrowDatabase) -> None:
    """Its number may be in use here, by a connection of another role."""
    with database.transaction(timeout=MINUTE) as connection:
        process = value(connection, "pg_backend_pid()")
        assert isinstance(process, int)
        assert not give_way(process, "somebody_else", 3)
    assert not give_way(2**22 + 1, "vo_reader", 3)


def _own_niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, os.getpid())
