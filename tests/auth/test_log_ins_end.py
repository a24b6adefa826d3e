"""When a log-in ends by itself, and what somebody who guesses learns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests
from argon2 import PasswordHasher
from sqlalchemy import text

from schemas.engine import APP
from tests.auth.conftest import PASSWORD
from vo_server.app import create_app
from vo_server.auth import slowdown
from vo_server.auth.account_service import AccountService
from vo_server.auth.errors import AuthError
from vo_server.auth.login_service import WrongCredentialsError
from vo_server.auth.model import Account
from vo_server.auth.slowdown import SlowDownError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.support.databases import DatabaseMaker
    from vo_server.auth.login_service import LoginService
    from vo_server.config import Settings


def opens(site: str, **headers: str) -> int:
    return requests.get(f"{site}/tap/availability", headers=headers, timeout=30).status_code


@pytest.mark.parametrize(
    "age",
    ["seen_at = seen_at - interval '48 h'", "expires_at = expires_at - interval '14 days'"],
)
def test_a_session_ends_when_it_is_idle_and_in_any_case(
    site: str, app_engine: Engine, age: str
) -> None:
    form = {"username": "reg", "password": PASSWORD}
    cookie = requests.post(f"{site}/login", form, timeout=30).cookies["SESSION"]
    assert opens(site, Cookie=f"SESSION={cookie}") == 200
    with app_engine.begin() as connection:
        connection.execute(text(f"UPDATE auth.sessions SET {age} WHERE account = 'reg'"))
    assert opens(site, Cookie=f"SESSION={cookie}") == 401


def test_a_token_ends_at_its_time(site: str, app_engine: Engine) -> None:
    form = {"username": "reg", "password": PASSWORD}
    token = requests.post(f"{site}/token", form, timeout=30).headers["X-VO-Bearer"]
    assert opens(site, Authorization=f"Bearer {token}") == 200
    with app_engine.begin() as connection:
        connection.execute(text("UPDATE auth.tokens SET expires_at = now() AT TIME ZONE 'UTC'"
                                " WHERE account = 'reg'"))  # fmt: skip
    assert opens(site, Authorization=f"Bearer {token}") == 401


def test_a_session_that_somebody_chose_is_not_taken_over(site: str) -> None:
    """Session fixation: the cookie after a log-in is none that was there before."""
    form = {"username": "reg", "password": PASSWORD}
    chosen = {"Cookie": "SESSION=chosen-by-somebody-else"}
    answer = requests.post(f"{site}/login", form, headers=chosen, timeout=30)
    assert answer.cookies["SESSION"] != "chosen-by-somebody-else"
    assert opens(site, **chosen) == 401


def test_a_guess_costs_the_same_work_whoever_there_is(
    people: Settings,
    make_database: DatabaseMaker,
    app_engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Counted in comparisons by argon2 and in statements, since times vary."""
    accounts = AccountService(make_database.engine(people, APP))
    if "linkless" not in {one.name for one in accounts.accounts()}:
        accounts.add(Account("linkless"), None, "test")
    client = create_app(people.model_copy(update={"owner_password": None})).test_client()
    compared, real = [], PasswordHasher.verify

    def verify(self: PasswordHasher, kept: str, password: str) -> bool:
        compared.append(kept.rpartition("$")[0].rpartition("$")[0])
        return real(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    outcomes = set()
    for name in ("reg", "nobody", "disabled", "linkless", "no such name", "x" * 500):
        with app_engine.begin() as connection:
            connection.execute(text("DELETE FROM auth.attempts"))
        compared.clear()
        answer = client.get("/tap/availability", auth=(name, "wrong"))
        headers = tuple(sorted(name for name, _ in answer.headers))
        outcomes.add((answer.status_code, answer.text, headers, tuple(compared)))
    assert len(outcomes) == 1, outcomes
    assert len(compared) == 1
    assert compared[0].startswith("$argon2id$")
    # As many failures as for an account there is make the next attempt wait.
    for name in ("reg", "nobody"):
        with app_engine.begin() as connection:
            connection.execute(text("DELETE FROM auth.attempts"))
        statuses = [client.get("/tap", auth=(name, "x")).status_code for _ in range(6)]
        assert statuses == [401] * 5 + [429]


def test_many_guesses_at_once_are_no_more_guesses(
    log_ins: LoginService, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Waiting is so long here that the machine's speed is of no consequence.
    monkeypatch.setattr(slowdown, "_wait", lambda failed, _: 300 * (failed >= slowdown.FREE))

    def guess(number: int) -> type[Exception]:
        with pytest.raises(AuthError) as told:
            log_ins.by_password("guest2", f"guess number {number}", f"203.0.113.{number}")
        return told.type

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(guess, range(48)))
    assert told.count(WrongCredentialsError) == slowdown.FREE
    assert told.count(SlowDownError) == 48 - slowdown.FREE


def test_who_is_right_many_times_at_once_is_let_in_each_time(log_ins: LoginService) -> None:
    with ThreadPoolExecutor(16) as pool:
        logins = list(
            pool.map(lambda _: log_ins.by_password("guest2", PASSWORD, "203.0.113.1"), range(32))
        )
    assert {login.account.name for login in logins} == {"guest2"}
