"""Scripts of other pages may ask every service of the VO, without the user's credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vo_server.app import create_app

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.datastructures import Headers

    from vo_server.config import Settings

OPEN = ("/tap", "/ssa", "/products")
"""Where the services are; people's own pages and logging in are not for other sites' scripts."""

PAGE = {"Origin": "https://portal.example.org"}


@pytest.fixture(scope="module")
def app(migrated: Settings) -> Flask:
    return create_app(migrated.model_copy(update={"owner_password": None}))


def _assert_open(headers: Headers) -> None:
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Access-Control-Expose-Headers"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers


def test_every_endpoint_of_the_services_is_open(app: Flask) -> None:
    client = app.test_client()
    rules = [
        rule for rule in app.url_map.iter_rules()
        if rule.rule.startswith(OPEN) and rule.endpoint.partition(".")[0] != "login"
    ]  # fmt: skip
    assert len(rules) > 20
    for rule in rules:
        path = rule.rule
        for argument in rule.arguments:
            for written in (f"<{argument}>", f"<path:{argument}>"):
                path = path.replace(written, "x")
        asked = {**PAGE, "Access-Control-Request-Headers": "range"}
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}:
            preflight = client.options(
                path, headers={**asked, "Access-Control-Request-Method": method}
            )
            assert preflight.status_code in (200, 204), path
            _assert_open(preflight.headers)
            allowed = preflight.headers["Access-Control-Allow-Methods"].split(", ")
            assert set(allowed) == set(preflight.headers["Allow"].split(", "))
            assert preflight.headers["Access-Control-Allow-Headers"] == "*"
        answer = client.get(path, headers=PAGE)
        assert answer.status_code < 500, path
        _assert_open(answer.headers)


@pytest.mark.parametrize("path", ["/tap/sync", "/ssa", "/products/x"])
def test_a_refusal_can_be_read_too(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, headers={**PAGE, "Authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    _assert_open(answer.headers)


@pytest.mark.parametrize("path", ["/", "/login", "/token", "/logout"])
def test_what_is_for_people_is_not(app: Flask, path: str) -> None:
    for answer in (app.test_client().options(path, headers=PAGE), app.test_client().get(path)):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
