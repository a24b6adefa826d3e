"""Every request of ``bad_requests.toml`` gets its status, and words that help."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.support.validity import assert_valid_xml
from tests.tap.answers import error_text

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

REQUESTS: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("bad_requests.toml").read_text(encoding="utf-8")
)["request"]

LEAKS = ("psycopg2", "sqlalchemy", "traceback", "sqlstate", "LIMIT 3001", '"lab"."numbers"')


def _value(value: str) -> str:
    """Give a value as it stands, for @N a query of N characters, for #N one of N columns."""
    if value[0] == "#":
        columns = ", ".join(f"n AS n{number}" for number in range(int(value[1:])))
        return f"SELECT {columns} FROM lab.numbers"
    return "SELECT n FROM lab.numbers".ljust(int(value[1:])) if value[0] == "@" else value


def _send(client: FlaskClient, request: dict[str, Any]) -> TestResponse:
    form = [(str(name), _value(value)) for name, value in request.get("form", [])]
    if "query" in request:
        form += [("LANG", "ADQL"), ("QUERY", request["query"])]
    encoded = urlencode(form)
    method = request.get("method", "GET")
    path = f"/tap/{request.get('path', 'sync')}"
    if method != "POST":
        query = request.get("url", encoded).replace("@10001", "a&" * 10_001)
        return client.open(
            f"{path}?{query}",
            method=method,
            data=request.get("body"),
            content_type=request.get("type"),
        )
    content_type = "application/x-www-form-urlencoded"
    return client.post(
        path, data=request.get("body", encoded), content_type=request.get("type", content_type)
    )


@pytest.mark.parametrize("request_", REQUESTS, ids=[r["name"] for r in REQUESTS])
def test_bad_request(client: FlaskClient, request_: dict[str, Any]) -> None:
    response = _send(client, request_)
    text = error_text(response)
    assert request_["text"] in text
    assert response.status_code == request_["status"]
    assert_valid_xml(response.data)
    assert not [leak for leak in LEAKS if leak.lower() in text.lower()]


def test_there_are_enough_of_them() -> None:
    assert len(REQUESTS) >= 40
    assert len({request["name"] for request in REQUESTS}) == len(REQUESTS)
