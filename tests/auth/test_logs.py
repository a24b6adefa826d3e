"""No log of a real server process holds what opens something, whatever goes wrong."""

from __future__ import annotations

import logging
import re
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests
from sqlalchemy import text

from schemas.engine import OWNER
from tests.auth.browser import Browser
from tests.auth.conftest import PASSWORD
from tests.auth.test_api import call
from tests.support.server import running_server
from vo_server.logs import WithoutSecrets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

WRONG = "a password that is wrong"
NEW = "another horse staple"


@pytest.fixture
def owner(make_database: DatabaseMaker, people: Settings) -> Engine:
    return make_database.engine(people, OWNER)


@contextmanager
def missing(owner: Engine, table: str) -> Iterator[None]:
    """Have the server fail where it needs a table of accounts."""
    rename = "ALTER TABLE auth.{} RENAME TO {}"
    with owner.begin() as connection:
        connection.execute(text(rename.format(table, f"{table}_away")))
    try:
        yield
    finally:
        with owner.begin() as connection:
            connection.execute(text(rename.format(f"{table}_away", table)))


def raw(site: str, request: str) -> None:
    """Send what no client sends, and read what comes."""
    place = urlsplit(site)
    with socket.create_connection((str(place.hostname), place.port or 80), timeout=30) as peer:
        peer.sendall(request.encode("latin-1"))
        peer.shutdown(socket.SHUT_WR)
        while peer.recv(4096):
            pass


def use_all_and_fail(site: str, owner: Engine) -> dict[str, str]:
    """Present every kind of secret while all is well, and while the server fails."""
    form = {"username": "reg", "password": PASSWORD}
    cookie = requests.post(f"{site}/login", form, timeout=30).cookies["SESSION"]
    token = requests.post(f"{site}/token", form, timeout=30).headers["X-VO-Bearer"]
    requests.post(f"{site}/login", {**form, "password": WRONG}, timeout=30)
    requests.get(f"{site}/tap", auth=("reg", WRONG), timeout=30)
    link = call(site, "POST", "/users/reg/reset-link")["url"].rpartition("/")[2]
    path = f"/account/link/{link}"
    bearer, session = {"Authorization": f"Bearer {token}"}, {"Cookie": f"SESSION={cookie}"}
    with Browser(site) as browser:
        page = browser.open(path)
        assert page.status_code == 200
        with missing(owner, "links"):
            assert browser.open(path).status_code == 500
            assert browser.fill(page, path, {"new": NEW, "again": NEW}).status_code == 500
    for table, headers in (("tokens", bearer), ("sessions", session)):
        with missing(owner, table):
            for address in ("/tap", "/api/account", "/account"):
                answer = requests.get(site + address, headers=headers, timeout=30)
                assert answer.status_code in {500, 503}
    with missing(owner, "accounts"):
        answer = requests.get(f"{site}/account", auth=("reg", PASSWORD + NEW), timeout=30)
        assert answer.status_code == 500
        assert requests.post(f"{site}/token", form, timeout=30).status_code == 500
    for line in (
        f"GET {path} HTTP/9.9\r\nHost: x\r\n\r\n",
        f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization Bearer {token}\r\n\r\n",
        f"GET {path} HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\nCookie: SESSION={cookie}\r\n\r\n",
        f"G@T {path} HTTP/1.1\r\nHost: x\r\n\r\n",
        f"GET {path} x HTTP/1.1\r\nHost: x\r\n\r\n",
    ):
        raw(site, line)
    code = "code-that-a-provider-gave"
    requests.get(f"{site}/account/oidc/callback?state=its-state&code={code}", timeout=30)
    return {
        "password": PASSWORD, "wrong password": WRONG, "new password": NEW, "cookie": cookie,
        "token": token, "secret of the token": token.rpartition("_")[2][-40:], "link": link,
        "code": code, "state": "its-state",
    }  # fmt: skip


def test_no_log_holds_a_secret(
    people: Settings, owner: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, access = tmp_path / "log", tmp_path / "access"
    # As an administrator may have it: gunicorn reads this variable.
    monkeypatch.setenv("GUNICORN_CMD_ARGS", f"--access-logfile {access}")
    with log.open("wb") as stream, running_server(people, stream) as site:
        secrets = use_all_and_fail(site, owner)
    written, accesses = log.read_text("utf-8"), access.read_text("utf-8")
    # All of it was logged, with where it happened.
    assert written.count("Traceback") >= 6
    assert "/account/link/…" in written
    assert "GET /account/link/…" in accesses
    assert "code=…" in accesses
    kept = re.compile(r"\$argon2|parameters: (?!.*hidden)")
    for text_ in (written, accesses):
        for name, secret in secrets.items():
            assert secret not in text_, name
        assert not kept.search(text_)


@pytest.mark.parametrize(
    ("line", "safe"),
    [
        ("GET /corot/account/link/abc-_9?x=1 HTTP/1.1", "GET /corot/account/link/…?x=1 HTTP/1.1"),
        ("Exception on /account/link/abc [GET]", "Exception on /account/link/… [GET]"),
        ("'/account/oidc/callback?state=a&code=b'", "'/account/oidc/callback?state=…&code=…'"),
        ("GET /tap/sync?QUERY=code%3D1&run_code=a", "GET /tap/sync?QUERY=code%3D1&run_code=a"),
    ],
)
def test_what_opens_something_is_taken_out_of_a_line(line: str, safe: str) -> None:
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "%s", (line,), None)
    assert WithoutSecrets().filter(record)
    assert record.getMessage() == safe
