"""Who guesses passwords is slowed down, wherever they are and whatever they send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.auth.conftest import PASSWORD
from vo_server.auth import login_service, slowdown
from vo_server.auth.login_service import WrongCredentialsError
from vo_server.auth.passwords import matches
from vo_server.auth.slowdown import SlowDownError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from vo_server.auth.login_service import LoginService


def test_a_password_known_here_is_not_tried_faster_elsewhere(log_ins: LoginService) -> None:
    here, elsewhere = "2001:db8:1:2::1", "2001:db8:9:9::1"
    assert log_ins.by_password("guest2", PASSWORD, here).account.name == "guest2"
    for number in range(slowdown.FREE):
        with pytest.raises(WrongCredentialsError):
            # A network of 64 bits is one person's.
            log_ins.by_password("guest2", "wrong", f"2001:db8:9:9::{number}")
    for guess in ("wrong", PASSWORD):
        with pytest.raises(SlowDownError):
            log_ins.by_password("guest2", guess, elsewhere)
    with pytest.raises(SlowDownError):
        log_ins.by_password("reg", "wrong", elsewhere)
    # Who logged in before is not kept out by others' guesses.
    assert log_ins.by_password("guest2", PASSWORD, "2001:db8:1:2::2").account.name == "guest2"


def test_a_known_password_is_compared_again_after_a_while(
    log_ins: LoginService, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = list[str]()

    def comparing(kept: str | None, password: str) -> bool:
        compared.append(password)
        return matches(kept, password)

    monkeypatch.setattr(login_service, "matches", comparing)
    for _ in range(3):
        log_ins.by_password("guest2", PASSWORD, "203.0.113.80")
    assert len(compared) == 1
    monkeypatch.setattr(login_service, "_REMEMBERED_FOR", 0.0)
    log_ins.by_password("guest2", PASSWORD, "203.0.113.80")
    assert len(compared) == 2


@pytest.mark.parametrize(
    "name", ["", "x" * 5000, "no\0name", "\N{SNOWMAN}", "admin1\n", "a b", "'; --"]
)
def test_what_cannot_be_a_name_is_wrong_like_another(
    log_ins: LoginService, app_engine: Engine, name: str
) -> None:
    for _ in range(slowdown.FREE):
        with pytest.raises(WrongCredentialsError):
            log_ins.by_password(name, "wrong", "203.0.113.77")
    with pytest.raises(SlowDownError):
        log_ins.by_password(name, "wrong", "203.0.113.78")
    with app_engine.connect() as connection:
        assert connection.scalar(text("SELECT max(length(subject)) FROM auth.attempts")) < 100


def test_old_failures_are_deleted_when_somebody_fails(
    log_ins: LoginService, app_engine: Engine
) -> None:
    with app_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO auth.attempts SELECT 'address:' || n, 9,"
                " now() AT TIME ZONE 'UTC' - n * interval '10 min' FROM generate_series(1, 9) AS n"
            )
        )
    with pytest.raises(WrongCredentialsError):
        log_ins.by_password("nobody", "wrong", "203.0.113.79")
    with app_engine.connect() as connection:
        left = connection.scalars(text("SELECT subject FROM auth.attempts ORDER BY 1")).all()
    assert left == [
        "account:nobody",
        *(f"address:{n}" for n in ("1", "2", "203.0.113.79", "3", "4", "5")),
    ]
