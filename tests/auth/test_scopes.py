"""What tokens are good for, at every address there is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from vo_server.app import create_app
from vo_server.auth.account_service import AccountService
from vo_server.auth.scopes import SCOPES, scope_of
from vo_server.auth.token_service import TokenService

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine

    from vo_server.config import Settings


@pytest.fixture(scope="module")
def app(people: Settings) -> Flask:
    away = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "corot-vo"}
    return create_app(people.model_copy(update={"owner_password": None, **away}))


@pytest.fixture(scope="module")
def bearers(app_engine: Engine) -> dict[str, dict[str, str]]:
    """Headers with a token of an administrator's, one for each scope."""
    account = AccountService(app_engine).find("admin1")
    until = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1)
    service = TokenService(app_engine)
    made = {scope: service.make(account, scope, [scope], until, "test")[1] for scope in SCOPES}
    return {scope: {"Authorization": f"Bearer {token}"} for scope, token in made.items()}


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/", "query"),
        ("/tap", "query"),
        ("/tap/sync", "query"),
        ("/tap/async/1/results/result", "query"),
        ("/ssa", "query"),
        ("/products/1/LRc01/x.fits", "data"),
        ("/tapestry", "data"),
        ("/something/new", "data"),
        ("/account", "account"),
        ("/account/tokens", "account"),
        ("/accounting", "data"),
        ("/api/account", "account"),
        ("/api/users", "admin"),
        ("/admin", "admin"),
        ("/assets/portal.css", None),
        ("/login", None),
    ],
)
def test_each_address_asks_for_its_scope(path: str, scope: str | None) -> None:
    assert scope_of(path) == scope


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_of_another_scope_is_refused_everywhere(
    app: Flask, bearers: dict[str, dict[str, str]], scope: str
) -> None:
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        path = re.sub("<[^>]*>", "4711", rule.rule)  # nothing has this name
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = client.open(path, method=method, headers=bearers[scope], buffered=True)
        needed = scope_of(path)
        refused = answer.status_code == 403 and f"one with the scope {needed} is needed" in (
            answer.text
        )
        assert refused == (needed not in (None, scope)), (method, path)
        challenge = f'Bearer error="insufficient_scope", scope="{needed}"'
        assert (challenge in answer.headers.getlist("WWW-Authenticate")) == refused, path
        if refused:
            assert answer.headers["X-VO-Authenticated"] == "admin1"


def test_a_token_makes_no_other_token_by_logging_in(
    app: Flask, bearers: dict[str, dict[str, str]]
) -> None:
    for path in ("/token", "/login"):
        answer = app.test_client().post(path, headers=bearers["query"])
        assert answer.status_code == 400
        assert "X-VO-Bearer" not in answer.headers
        assert "Set-Cookie" not in answer.headers
