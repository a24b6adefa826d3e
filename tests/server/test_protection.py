"""What goes wrong under a real server process is told as a VOTable, and never more than once."""

from __future__ import annotations

import http.client
import json
import socket
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from lxml import etree
from sqlalchemy import text

from schemas.engine import APP
from tests.support.own_postgres import OwnPostgres
from tests.support.server import running_server
from tests.support.validity import assert_valid_xml
from tests.tap.answers import statuses
from vo_server.auth.account_service import AccountService
from vo_server.auth.model import Account
from vo_server.config import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.support.databases import DatabaseMaker

COLUMNS = "tap_schema.columns"
ONE = f"SELECT TOP 1 table_name FROM {COLUMNS}"
SILENT = f"SELECT COUNT(*) AS n FROM {COLUMNS} AS a, {COLUMNS} AS b, {COLUMNS} AS c, {COLUMNS} AS d"
"""Works for minutes before its first row."""
ENDLESS = SILENT.replace("COUNT(*) AS n", "a.description, b.utype")
SPACIOUS = f"SELECT a.description FROM {COLUMNS} AS a, {COLUMNS} AS b ORDER BY a.description"
LATE = (
    "SELECT 1 / (ABS(a.column_index - 5) + ABS(b.column_index - 5) + ABS(c.column_index - 5)) AS x,"
    f" a.description FROM {COLUMNS} AS a, {COLUMNS} AS b, {COLUMNS} AS c"
)
"""Divides by zero behind a hundred thousand rows, in whichever order they come."""

AWAY = "The database cannot be reached at the moment. Please try again later."

LEAKS = ("sqlstate", "psycopg", "adbc", "libpq", "fatal:", "traceback", "vo_reader", "pg_temp")

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def settings(make_database: DatabaseMaker) -> Settings:
    """Give settings of a database of its own, with an account that may run one query."""
    made = make_database("protected", migrate=True)
    AccountService(make_database.engine(made, APP)).add(Account("kim"), PASSWORD, "test")
    changes = {"workers": 1, "tiers": {"registered": {"person_queries": 1}}}
    return Settings.model_validate(made.model_dump() | changes)


@pytest.fixture(scope="module")
def superuser(make_database: DatabaseMaker) -> Engine:
    return make_database.superuser("protected")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("protected") / "log"


@pytest.fixture(scope="module")
def base_url(settings: Settings, log: Path) -> Iterator[str]:
    with log.open("wb") as errors, running_server(settings, errors) as url:
        yield url


class Told(NamedTuple):
    """An error as its client reads it."""

    status: int
    text: str
    retry_after: str | None


def refused(base_url: str, query: str, *, name: str = "", **parameters: str) -> Told:
    """Send a query that must fail, and look at what every failure has in common."""
    form = {"LANG": "ADQL", "QUERY": query, **parameters}
    auth = (name, PASSWORD) if name else None
    answer = requests.post(f"{base_url}/tap/sync", form, auth=auth, timeout=60)
    assert answer.status_code >= 400, answer.text[:500]
    assert answer.headers["Content-Type"] == "application/x-votable+xml"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert_valid_xml(answer.content)
    ((value, message),) = statuses(answer.content)
    assert value == "ERROR"
    assert not [leak for leak in LEAKS if leak in message.lower()], message
    return Told(answer.status_code, message, answer.headers.get("Retry-After"))


def available(base_url: str) -> tuple[str | None, str | None]:
    """Ask for the availability; give it, and the note to it."""
    answer = requests.get(f"{base_url}/tap/availability", timeout=30)
    assert answer.status_code == 200
    assert_valid_xml(answer.content)
    root = etree.fromstring(answer.content)
    return root.findtext("{*}available"), root.findtext("{*}note")


@contextmanager
def asking(base_url: str, query: str, **parameters: str) -> Iterator[http.client.HTTPResponse]:
    """Send a query and hold the answer before its body is read."""
    host, port = urlsplit(base_url).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as client:
        form = urlencode({"LANG": "ADQL", "QUERY": query, "MAXREC": "2000000", **parameters})
        client.sendall(f"GET /tap/sync?{form} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        yield http.client.HTTPResponse(client)


def terminate(superuser: Engine, doing: str) -> None:
    """End the process of PostgreSQL that runs a query of a user's."""
    victims = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'vo_reader'"
        " AND datname = 'protected' AND application_name LIKE 'vo query%' AND state <> 'idle'"
        " AND query LIKE :doing"
    )
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with superuser.connect() as connection:
            if connection.execute(victims, {"doing": doing}).all():
                return
        time.sleep(0.02)
    raise AssertionError("the query does not run")


def test_a_query_whose_backend_dies_before_its_first_row(base_url: str, superuser: Engine) -> None:
    with asking(base_url, SILENT) as response:
        terminate(superuser, "%count(*)%")
        response.begin()
        content = response.read()
        assert (response.status, response.headers["Retry-After"]) == (503, "30")
    ((value, message),) = statuses(content)
    assert (value, message) == ("ERROR", AWAY)
    assert requests.get(f"{base_url}/tap/sync", {"LANG": "ADQL", "QUERY": ONE}, timeout=30).ok


@pytest.mark.parametrize("form", ["votable", "votable/b2"])
def test_a_query_whose_backend_dies_half_way(base_url: str, superuser: Engine, form: str) -> None:
    with asking(base_url, ENDLESS, FORMAT=form) as response:
        response.begin()
        assert response.status == 200
        response.read(1000)
        terminate(superuser, "%description%")
        content = response.read()
    tail = content[-500:].decode()
    assert 'name="QUERY_STATUS" value="ERROR"' in tail
    assert "The database cannot be reached at the moment." in tail
    assert tail.endswith("</RESOURCE></VOTABLE>")


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "arrow", "html", "text", "fits"])
def test_what_fails_half_way_is_no_whole_answer(base_url: str, form: str) -> None:
    with asking(base_url, LATE, FORMAT=form) as response:
        response.begin()
        assert response.status == 200
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            response.read()


def read_to_the_end(client: socket.socket) -> None:
    """Read until the connection is closed in good order."""
    while client.recv(1 << 16):
        pass


@pytest.mark.parametrize("form", ["csv", "fits", "arrow"])
def test_nor_is_it_for_a_client_of_http_1_0(base_url: str, form: str) -> None:
    """Such as a proxy with its usual settings: it has only the end of the connection to go by."""
    host, port = urlsplit(base_url).netloc.split(":")
    parameters = urlencode({"LANG": "ADQL", "QUERY": LATE, "FORMAT": form, "MAXREC": "2000000"})
    with socket.create_connection((host, int(port)), timeout=30) as client:
        client.sendall(f"GET /tap/sync?{parameters} HTTP/1.0\r\n\r\n".encode())
        assert client.recv(12) == b"HTTP/1.0 200"
        with pytest.raises(ConnectionResetError):
            read_to_the_end(client)


@contextmanager
def little_room(superuser: Engine) -> Iterator[None]:
    """Give new connections of the reader's next to no temporary space."""
    narrow = ("temp_file_limit", "work_mem")
    _alter(superuser, *(f"SET {name} = '64kB'" for name in narrow))
    try:
        yield
    finally:
        _alter(superuser, *(f"RESET {name}" for name in narrow))


def _alter(superuser: Engine, *changes: str) -> None:
    """Change settings, and end the connections that have the old ones."""
    with superuser.begin() as connection:
        for change in changes:
            connection.execute(text(f"ALTER ROLE vo_reader IN DATABASE protected {change}"))
    with superuser.begin() as connection:
        old = "usename = 'vo_reader' AND datname = 'protected'"
        connection.execute(
            text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {old}")
        )


def test_a_query_that_fills_the_disk_is_stopped(base_url: str, superuser: Engine) -> None:
    with little_room(superuser):
        told = refused(base_url, SPACIOUS)
    assert (told.status, told.retry_after) == (400, None)
    assert told.text.startswith("The query needs more temporary space than this service gives it.")


def test_who_has_used_up_their_own_places_gets_429(base_url: str) -> None:
    with requests.Session() as session:
        session.auth = ("kim", PASSWORD)
        form = {"LANG": "ADQL", "QUERY": ENDLESS, "MAXREC": "2000000"}
        with session.get(f"{base_url}/tap/sync", params=form, stream=True, timeout=30) as held:
            assert held.status_code == 200
            told = refused(base_url, ONE, name="kim")
            assert (told.status, told.retry_after) == (429, "10")
            others = requests.get(
                f"{base_url}/tap/sync", {"LANG": "ADQL", "QUERY": ONE}, timeout=30
            )
            assert others.status_code == 200
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        mine = requests.get(
            f"{base_url}/tap/sync",
            {"LANG": "ADQL", "QUERY": ONE},
            auth=("kim", PASSWORD),
            timeout=30,
        )
        if mine.status_code == 200:
            return
    raise AssertionError("the place was not given back")


def test_a_body_that_is_too_large_is_refused_in_words(base_url: str) -> None:
    told = refused(base_url, "x" * 5_000_000)
    assert told.status == 413
    assert "larger than the 4194304 bytes" in told.text


def test_each_of_these_has_its_line(base_url: str, log: Path) -> None:
    """Rejected and failed queries too say who, what, in which run, and how it went."""
    before = len(log.read_bytes())
    refused(base_url, "SELECT nonsense", RUNID="r1")
    refused(base_url, ONE, RUNID="r2", MAXREC="-1")
    refused(base_url, "SELECT 1 / (column_index - column_index) AS x FROM tap_schema.columns",
            name="kim", RUNID="r3")  # fmt: skip
    lines = [json.loads(line) for line in log.read_bytes()[before:].splitlines()]
    found = [(line["who"], line["runid"], line["outcome"], "sql" in line) for line in lines]
    assert found == [
        ("public", "r1", "rejected", False),
        ("public", "r2", "rejected", False),
        ("kim", "r3", "rejected", True),
    ]
    assert all(line["adql"] and line["error"] and line["ms"] >= 0 for line in lines)


def test_the_database_is_restarted_under_the_server(tmp_path: Path) -> None:
    postgres = OwnPostgres(tmp_path)
    with ExitStack() as served:
        with postgres.running():
            url = served.enter_context(running_server(postgres.prepared()))
        assert available(url) == ("false", AWAY)
        assert refused(url, ONE) == Told(503, AWAY, "30")
        for path in ("capabilities", "tables", "examples"):
            assert requests.get(f"{url}/tap/{path}", timeout=30).status_code == 200
        with postgres.running():
            answer = requests.get(f"{url}/tap/sync", {"LANG": "ADQL", "QUERY": ONE}, timeout=30)
            assert answer.status_code == 200, answer.text
            assert available(url) == ("true", None)
