"""Who is refused something is told in the form of the protocol, and why, and whom to ask."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import requests

from schemas.engine import APP
from tests.rights.table import TABLE
from tests.rights.world import KINDS, RIGHTS, address
from tests.support.validity import assert_votlint_silent
from tests.tap.answers import statuses
from vo_server.auth.account_service import AccountService
from vo_server.auth.scopes import scope_of
from vo_server.auth.session_service import SessionService
from vo_server.auth.session_store import Client
from vo_server.auth.token_service import TokenService

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

HOUR = timedelta(hours=1)

QUESTIONS = [
    (re.sub("<[^>]*>", "4711", route), method)
    for route, probes in TABLE.items()
    if route.startswith(("/tap", "/ssa")) and scope_of(route) is not None
    for method in sorted({method for probe in probes for method in probe.methods} - {"HEAD"})
]
"""Each method of each route of the services that answer in VOTable."""


@pytest.fixture(scope="module")
def app(make_database: DatabaseMaker, world: Settings) -> Engine:
    return make_database.engine(world, APP)


@pytest.fixture(scope="module")
def downloader(app: Engine) -> dict[str, str]:
    """Headers with a token that is good for downloads alone."""
    until = datetime.now(UTC).replace(tzinfo=None) + HOUR
    account = AccountService(app).find("coi1")
    token = TokenService(app).make(account, "downloads", ["data"], until, "test")[1]
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def lured(app: Engine) -> dict[str, str]:
    """Headers as a page of another site has the browser of somebody logged in send them."""
    sessions = SessionService(app, HOUR, idle=HOUR)
    cookie = sessions.open(AccountService(app).find("coi1"), Client())
    return {"Cookie": f"SESSION={cookie}", "Origin": "https://evil.example.org"}


def told(answer: requests.Response) -> str:
    """Give what a refusal in VOTable says."""
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/x-votable+xml"
    [(value, message)] = statuses(answer.content)
    assert value == "ERROR"
    return message


@pytest.mark.parametrize(("path", "method"), QUESTIONS)
def test_each_service_refuses_in_votable(
    world_url: str, downloader: dict[str, str], lured: dict[str, str], path: str, method: str
) -> None:
    ask = requests.request(method, world_url + path, headers=downloader, timeout=30)
    assert "one with the scope query is needed" in told(ask)
    if method != "GET":
        ask = requests.request(method, world_url + path, headers=lured, timeout=30)
        assert "a page of another site" in told(ask)


def test_it_is_these_services() -> None:
    asked = {path for path, _ in QUESTIONS}
    assert {
        "/tap/sync",
        "/tap/async",
        "/tap/async/4711/results/4711",
        "/ssa",
        "/tap/tables",
    } <= asked


def test_the_job_of_another_is_refused_in_votable(
    world_url: str, sessions: dict[str, requests.Session]
) -> None:
    form = {"LANG": "ADQL", "QUERY": "SELECT 1 AS n FROM corot.runs"}
    made = sessions["coi1"].post(f"{world_url}/tap/async", form, timeout=30, allow_redirects=False)
    answers = [sessions[name].get(made.headers["Location"], timeout=30) for name in ("", "admin1")]
    answers += [
        sessions["reg"].post(
            f"{world_url}/tap/deletejobs",
            {"JOB_IDS": made.headers["Location"].rpartition("/")[2]},
            timeout=30,
        )
    ]
    for answer in answers:
        assert "another user's. Log in as the one who made it" in told(answer)
    assert_votlint_silent(answers[0].content)


@pytest.mark.parametrize("caller", RIGHTS)
def test_a_product_says_when_and_whom_to_ask(
    world_url: str, sessions: dict[str, requests.Session], caller: str
) -> None:
    """A download is of no protocol of the VO: its refusal is a line of text."""
    refused = RIGHTS[caller].sees - RIGHTS[caller].gets
    assert bool(refused) == (caller not in {"coi1", "staff1", "admin1"})
    who = f"It is not granted to {caller}: ask" if caller else "if it is granted to you, or ask"
    for kind in sorted(refused):
        answer = sessions[caller].get(world_url + address(kind), timeout=30)
        assert answer.status_code == 403
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert "it will be released on 2999-01-01." in answer.text
        assert f"{who} CoRoT Data Centre." in answer.text
    hidden = KINDS.keys() - RIGHTS[caller].sees
    for kind in sorted(hidden):
        assert sessions[caller].get(world_url + address(kind), timeout=30).status_code == 404
