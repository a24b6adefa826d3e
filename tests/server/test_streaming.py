"""Long queries on a real server process: hang-ups, limits, and what the database sees."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import psutil
import pytest
from sqlalchemy import text

from tap.formats import FORMATS
from tests.support.server import VO_SERVER, environment, running_server
from tests.tap.answers import statuses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

COLUMNS = "tap_schema.columns"
SILENT = f"SELECT COUNT(*) AS n FROM {COLUMNS} AS a, {COLUMNS} AS b, {COLUMNS} AS c, {COLUMNS} AS d"
"""Works for minutes before its first row."""
ENDLESS = SILENT.replace("COUNT(*) AS n", "a.description, b.utype")

ONE = {"LANG": "ADQL", "QUERY": f"SELECT TOP 1 table_name FROM {COLUMNS}"}

SOON = 1.0
"""Seconds in which a hang-up is to be noticed."""
SLACK = float(os.environ.get("VO_TEST_SLACK", "1.0"))
"""Seconds that a busy machine may need on top."""


@pytest.fixture(scope="module")
def settings(migrated: Settings) -> Settings:
    threads = {"workers": 1, "queries": 2, "waiters": 1, "threads": 4}
    changes = threads | {"sync_timeout": 4, "stall_timeout": 1}
    return type(migrated).model_validate(migrated.model_dump() | changes)


@pytest.fixture(scope="module")
def base_url(settings: Settings) -> Iterator[str]:
    with running_server(settings) as url:
        yield url


@pytest.fixture(scope="module")
def patient_url(settings: Settings) -> Iterator[str]:
    """Serve with a time limit that nothing here reaches."""
    changes = {"sync_timeout": 300, "workers": 1}
    with running_server(type(settings).model_validate(settings.model_dump() | changes)) as url:
        yield url


@pytest.fixture(scope="module")
def running(make_database: DatabaseMaker) -> Callable[[], int]:
    """Counts the users' queries that the database is working on."""
    engine: Engine = make_database.superuser("migrated")
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'vo_reader'"
        " AND datname = 'migrated' AND state <> 'idle' AND application_name LIKE 'vo query%'"
    )

    def count() -> int:
        with engine.connect() as connection:
            return int(connection.scalar(query) or 0)

    return count


def wait_for(condition: Callable[[], bool], seconds: float) -> float:
    """Wait, and give the seconds it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, "it did not come about"
        time.sleep(0.02)
    return time.monotonic() - started


@contextmanager
def asking(base_url: str, query: str, form: str = "votable") -> Iterator[socket.socket]:
    """Send a query over a connection of its own, and hold that."""
    parameters = urlencode({"LANG": "ADQL", "QUERY": query, "FORMAT": form, "MAXREC": 10**9})
    host, port = urlsplit(base_url).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as client:
        client.sendall(f"GET /tap/sync?{parameters} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        yield client


def test_a_hang_up_before_the_first_row_cancels_the_query(
    base_url: str, running: Callable[[], int]
) -> None:
    with asking(base_url, SILENT):
        wait_for(lambda: running() == 1, 10)
    assert wait_for(lambda: running() == 0, 10) < SOON + SLACK


@pytest.mark.parametrize("form", [form.aliases[0] for form in FORMATS])
def test_a_hang_up_half_way_cancels_the_query(
    base_url: str, running: Callable[[], int], form: str
) -> None:
    with asking(base_url, ENDLESS, form) as client:
        assert client.recv(100).startswith(b"HTTP/1.1 200")
    assert wait_for(lambda: running() == 0, 10) < SOON + SLACK


def test_a_client_that_reads_nothing_is_dropped(base_url: str, running: Callable[[], int]) -> None:
    with asking(base_url, ENDLESS, "votable/b2") as client:
        assert client.recv(100).startswith(b"HTTP/1.1 200")
        taken = wait_for(lambda: running() == 0, 20)
        assert 0.5 < taken < 3.5 + SLACK


def test_the_time_limit_does_not_count_a_slow_reader(base_url: str) -> None:
    query = f"SELECT TOP 250000 a.description FROM {COLUMNS} AS a, {COLUMNS} AS b, {COLUMNS} AS c"
    parameters = urlencode({"LANG": "ADQL", "QUERY": query})
    started = time.monotonic()
    with urllib.request.urlopen(f"{base_url}/tap/sync?{parameters}", timeout=30) as response:
        content = response.read(1000)
        while part := response.read(2_000_000):
            content += part
            if time.monotonic() - started < 5:
                time.sleep(0.5)
    assert time.monotonic() - started > 4
    assert statuses(content) == [("OK", "")]


def test_the_time_limit_counts_the_databases_work(
    base_url: str, running: Callable[[], int]
) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(
            f"{base_url}/tap/sync?{urlencode({'LANG': 'ADQL', 'QUERY': SILENT})}", timeout=30
        )
    with refused.value:
        assert refused.value.code == 503
        assert b"longer than the limit of 4 s" in refused.value.read()
    assert running() == 0


def test_when_full_it_says_so_and_still_answers_the_rest(base_url: str) -> None:
    with asking(base_url, SILENT), asking(base_url, SILENT):
        time.sleep(0.5)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(
                f"{base_url}/tap/sync?LANG=ADQL&QUERY=SELECT+1+AS+one+FROM+{COLUMNS}", timeout=30
            )
        with refused.value:
            assert refused.value.code == 503
            assert refused.value.headers["Retry-After"] == "5"
            assert b"fully busy" in refused.value.read()
        with urllib.request.urlopen(f"{base_url}/tap/capabilities", timeout=5) as response:
            assert response.status == 200


def test_places_are_counted_over_all_web_processes(
    settings: Settings, running: Callable[[], int]
) -> None:
    changes = {"sync_timeout": 300, "workers": 3, "tiers": {"public": {"person_queries": 1}}}
    several = type(settings).model_validate(settings.model_dump() | changes)
    with running_server(several) as url, asking(url, SILENT) as client:
        wait_for(lambda: running() == 1, 10)
        for _ in range(6):  # whichever process answers
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"{url}/tap/sync?{urlencode(ONE)}", timeout=30)
            with refused.value:
                assert refused.value.code == 503
                assert refused.value.headers["Retry-After"] == "5"
                assert b"without login are all taken" in refused.value.read()
        worker_of(client).send_signal(signal.SIGKILL)
        wait_for(lambda: answers(f"{url}/tap/sync?{urlencode(ONE)}"), 10)


def answers(url: str) -> bool:
    """Tell whether a request succeeds."""
    with suppress(OSError), urllib.request.urlopen(url, timeout=30) as response:
        return bool(response.status == 200)
    return False


def test_operators_list_and_cancel(
    patient_url: str, settings: Settings, running: Callable[[], int]
) -> None:
    def operate(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [VO_SERVER, "queries", *arguments],
            env=environment(settings), capture_output=True, text=True, check=False,
        )  # fmt: skip

    with asking(patient_url, SILENT) as client:
        wait_for(lambda: running() == 1, 10)
        number, seconds, who, state, sql = operate("list").stdout.rstrip("\n").split("\t")
        assert float(seconds) >= 0
        assert (who, state) == ("public", "active")
        assert "tap_schema.columns" in sql
        done = operate("cancel", number)
        assert done.returncode == 0, done.stderr
        answer = client.recv(10_000)
        assert answer.startswith(b"HTTP/1.1 503")
    assert operate("list").stdout == ""
    again = operate("cancel", number)
    assert again.returncode == 1
    assert number in again.stderr


def test_a_restarted_database_costs_nobody_an_error(
    base_url: str, make_database: DatabaseMaker
) -> None:
    url = f"{base_url}/tap/sync?LANG=ADQL&QUERY=SELECT+TOP+1+table_name+FROM+{COLUMNS}"
    with urllib.request.urlopen(url, timeout=30) as response:
        assert response.status == 200
    with make_database.superuser("migrated").connect() as connection:
        ended = connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = 'vo_reader' AND datname = 'migrated'"
            )
        ).all()
    assert ended
    with urllib.request.urlopen(url, timeout=30) as response:
        assert response.status == 200


def test_a_query_whose_server_process_was_killed_ends(
    patient_url: str, running: Callable[[], int]
) -> None:
    with asking(patient_url, SILENT) as client:
        wait_for(lambda: running() == 1, 10)
        worker_of(client).send_signal(signal.SIGKILL)
        assert wait_for(lambda: running() == 0, 10) < SOON + 1 + SLACK


def worker_of(client: socket.socket) -> psutil.Process:
    """Find the process at the other end of a connection."""
    port = client.getsockname()[1]
    return next(
        process
        for process in psutil.Process().children(recursive=True)
        if any(c.raddr and c.raddr.port == port for c in process.net_connections("tcp"))
    )


def test_each_query_is_one_line_of_the_log(settings: Settings, tmp_path: Path) -> None:
    log = tmp_path / "log"
    good = f"SELECT TOP 3 table_name, '\u00e9' AS e FROM {COLUMNS}"
    with log.open("wb") as errors, running_server(settings, errors) as url:
        for query in (good, "SELECT nonsense", ENDLESS):
            parameters = {"LANG": "ADQL", "QUERY": query, "MAXREC": 2, "RUNID": "mine"}
            with suppress(urllib.error.HTTPError):
                urllib.request.urlopen(
                    f"{url}/tap/sync?{urlencode(parameters)}", timeout=30
                ).close()
        with asking(url, ENDLESS) as client:
            client.recv(100)
        time.sleep(SOON)
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [line["outcome"] for line in lines] == ["overflow", "rejected", "overflow", "gone"]
    assert lines[0]["adql"] == good
    assert lines[0]["runid"] == "mine"
    assert lines[0]["rows"] == 2
    assert lines[0]["who"] == "public"
    assert lines[0]["ms"] > 0
    assert lines[0]["bytes"] > 500
    assert "LIMIT 3" in lines[0]["sql"]
    assert "nonsense" in lines[1]["error"]
