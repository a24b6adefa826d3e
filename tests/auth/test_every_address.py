"""What every address there is has to keep to, whoever asks; a new one is asked by itself."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.auth.conftest import PASSWORD
from vo_server.app import create_app
from vo_server.auth.account_service import AccountService
from vo_server.auth.session_service import SessionService
from vo_server.auth.session_store import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy import Engine
    from werkzeug.test import TestResponse

    from vo_server.config import Settings

ELSEWHERE = "evil.example.org"

NAMES = {"name": "admin1", "path": "tables", "filename": "sort.js", "key": "n2/faint-stars"}
"""Values for the parts of addresses, where there is something; nothing else is called 4711."""

CALLERS = ("", "reg", "admin1")

LOGGING_IN = ("/account/login", "/account/oidc", "/account/oidc/callback")

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module", params=["", "http://127.0.0.1:9"], ids=["alone", "with OpenID"])
def app(people: Settings, request: pytest.FixtureRequest) -> Flask:
    """Give the application behind a trusted proxy; its provider, if there is one, is away."""
    changes = {"owner_password": None, "trusted_proxies": "127.0.0.1", "self_registration": True,
               "smtp_host": "127.0.0.1", "mail_from": "vo@example.org"}  # fmt: skip
    if request.param:
        changes |= {"oidc_issuer": request.param, "oidc_client_id": "corot-vo"}
    made = create_app(people.model_copy(update=changes))
    ways = [rule for rule in made.url_map.iter_rules() if "/oidc" in rule.rule]
    assert bool(ways) == bool(request.param)
    return made


@pytest.fixture
def cookies(app_engine: Engine) -> dict[str, dict[str, str]]:
    """Headers with the session of each caller."""
    hour, accounts = timedelta(hours=1), AccountService(app_engine)
    sessions = SessionService(app_engine, hour, idle=hour)
    made = {name: sessions.open(accounts.find(name), Client()) for name in CALLERS if name}
    return {"": {}, **{name: {"Cookie": f"SESSION={cookie}"} for name, cookie in made.items()}}


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Give each method that each address takes."""
    for rule in app.url_map.iter_rules():
        paths = {filled(rule.rule, NAMES), filled(rule.rule, {})}
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            yield from ((method, path) for path in sorted(paths))


def filled(rule: str, names: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: names.get(found[1], "4711"), rule)


def asked(app: Flask, method: str, path: str, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client(use_cookies=False).open(
        path, method=method, headers=named, buffered=True
    )


@pytest.mark.parametrize("caller", CALLERS)
def test_no_cache_gives_an_answer_to_somebody_else(
    app: Flask, cookies: dict[str, dict[str, str]], caller: str
) -> None:
    for method, path in addresses(app):
        if path.startswith(("/assets/", "/tap/assets/")) or method not in {"GET", "HEAD"}:
            continue
        answer = asked(app, method, path, **cookies[caller])
        place = (method, path, answer.status_code)
        assert {"authorization", "cookie"} <= {part.lower() for part in answer.vary}, place
        if caller:
            assert answer.cache_control.private or answer.cache_control.no_store, place
            assert not answer.cache_control.public, place
            # Where one logs in, a cookie is of no consequence.
            told = "" if path in LOGGING_IN else caller
            assert answer.headers.get("X-VO-Authenticated", "") == told, place
        # Whom no credentials are sent by is not to be answered with somebody's.
        assert "Access-Control-Allow-Credentials" not in answer.headers, place


@pytest.mark.parametrize("caller", CALLERS)
def test_every_page_keeps_to_itself(
    app: Flask, cookies: dict[str, dict[str, str]], caller: str
) -> None:
    seen = set()
    more = (
        ("GET", "/nothing/here"),
        ("DELETE", "/"),
        ("GET", "/tap/sync?LANG=ADQL&FORMAT=html&QUERY=SELECT+run_code+FROM+corot.runs"),
        ("GET", "/tap/sync?LANG=ADQL&FORMAT=html&QUERY=SELECT+nothing+FROM+nowhere"),
        ("GET", "/tap/sync?FORMAT=html"),
    )
    for method, path in (*addresses(app), *more):
        answer = asked(app, method, path, **cookies[caller], **BROWSER)
        if answer.mimetype not in {"text/html", "application/xhtml+xml", "image/svg+xml"}:
            continue
        seen.add(path)
        place = (method, path, answer.status_code)
        policy = dict(
            part.strip().partition(" ")[::2]
            for part in answer.headers.get("Content-Security-Policy", "").split(";")
        )
        assert policy.get("default-src") in {"'self'", "'none'"}, place
        for directive in ("object-src", "base-uri", "frame-ancestors"):
            assert policy.get(directive) == "'none'" or (
                directive == "object-src" and policy["default-src"] == "'none'"
            ), (directive, *place)
        assert policy.get("form-action") in {"'self'", "'none'"}, place
        assert "unsafe" not in str(policy), place
        assert answer.headers["X-Content-Type-Options"] == "nosniff", place
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*ld\+json)|\son\w+=|\sstyle=",
                             answer.text), place  # fmt: skip
        for style in re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL):
            known = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
            assert f"'sha256-{known}'" in policy["style-src"], place
    assert {"/", "/account/login", "/account/forgot", "/nothing/here", "/records"} <= seen
    assert len(seen) > 10


@pytest.mark.parametrize("origin", [f"https://{ELSEWHERE}", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_site_changes_nothing_anywhere(
    app: Flask, cookies: dict[str, dict[str, str]], origin: str
) -> None:
    changing = [(method, path) for method, path in addresses(app) if method not in {"GET", "HEAD"}]
    assert len(changing) > 40
    for method, path in changing:
        answer = asked(app, method, path, **cookies["admin1"], Origin=origin)
        assert answer.status_code == 403, (method, path, answer.text)
        assert "Set-Cookie" not in answer.headers or "SESSION" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("caller", CALLERS)
def test_nobody_is_led_to_another_host(
    app: Flask, cookies: dict[str, dict[str, str]], caller: str
) -> None:
    """Neither by the Host header nor by what proxies forward, not even one that is trusted."""
    lies = {"Host": ELSEWHERE, "X_Forwarded_Host": ELSEWHERE, "X_Forwarded_Proto": "https",
            "X_Forwarded_Prefix": f"//{ELSEWHERE}", "X_Forwarded_Server": ELSEWHERE,
            "X_Original_URL": f"//{ELSEWHERE}/", "Forwarded": f"host={ELSEWHERE};proto=https",
            "Referer": f"https://{ELSEWHERE}/"}  # fmt: skip
    led = 0
    for method, path in addresses(app):
        if method in {"GET", "HEAD", "POST"}:
            answer = asked(app, method, path, **cookies[caller], **lies)
            assert ELSEWHERE not in answer.text, (method, path)
            assert not [value for _, value in answer.headers if ELSEWHERE in value], (method, path)
            led += "Location" in answer.headers
    assert led or caller  # the public are sent to log in


def test_a_password_in_an_address_is_none(app: Flask) -> None:
    """Addresses are logged everywhere."""
    for path in ("/login", "/token", "/account/login"):
        answer = asked(app, "POST", f"{path}?username=reg&password={PASSWORD}")
        assert answer.status_code in {400, 403}
        assert "SESSION" not in answer.headers.get("Set-Cookie", "")
        assert "X-VO-Bearer" not in answer.headers
