"""Whose word counts about addresses, certificates and schemes: that of configured proxies alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from flask import Flask, request

from tests.auth.conftest import PASSWORD
from tests.auth.test_ways_in import COUNT, VISIBLE, asked, number
from tests.support.server import running_server
from vo_server.app import create_app
from vo_server.auth import identity_store
from vo_server.auth.peer import Proxies

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from vo_server.config import Settings

SUBJECT = "CN=S. Pectrum,O=Example,C=FR"


@pytest.fixture
def certified(app_engine: Engine) -> dict[str, str]:
    """Headers in which a proxy tells of the certificate of coi1's."""
    with app_engine.begin() as connection:
        identity_store.link(connection, identity_store.CERTIFICATE, SUBJECT, "coi1")
    return {"X-Client-Verify": "SUCCESS", "X-Client-Subject": SUBJECT}


def test_a_certificate_that_anybody_tells_of_is_none(
    people: Settings, certified: dict[str, str]
) -> None:
    for trusted, peer, expected in (
        ("", "127.0.0.1", "public"),
        ("10.0.0.0/8", "127.0.0.1", "public"),
        ("10.0.0.0/8", "11.0.0.1", "public"),
        ("10.0.0.0/8 192.0.2.7", "10.1.2.3", "coi1"),
        ("10.0.0.0/8 192.0.2.7", "::ffff:192.0.2.7", "coi1"),
    ):
        settings = people.model_copy(update={"owner_password": None, "trusted_proxies": trusted})
        answer = create_app(settings).test_client().post(
            "/tap/sync",
            data={"LANG": "ADQL", "QUERY": COUNT, "FORMAT": "csv"},
            headers={**certified, "X-Forwarded-For": "10.1.2.3"},
            environ_base={"REMOTE_ADDR": peer},
        )  # fmt: skip
        assert answer.headers.get("X-VO-Authenticated", "public") == expected, (trusted, peer)
        assert int(answer.text.split()[1]) == VISIBLE[expected.removeprefix("public")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        # What the client itself claimed comes before what our proxies saw.
        ("10.0.0.1", "192.0.2.99, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.99, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3"),
        ("::ffff:10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_an_address_is_the_last_that_our_proxies_saw(
    peer: str, forwarded: str, address: str
) -> None:
    proxies = Proxies(["10.0.0.0/8"])
    headers = {"X-Forwarded-For": forwarded}
    with Flask("test").test_request_context(headers=headers, environ_base={"REMOTE_ADDR": peer}):
        assert proxies.address(request) == address


def test_nobody_gets_around_the_slow_down_by_another_address_of_their_own(people: Settings) -> None:
    app = create_app(people.model_copy(update={"owner_password": None, "trusted_proxies": ""}))
    statuses = [
        app.test_client()
        .get("/tap", auth=(f"nobody{turn}", "x"), headers={"X-Forwarded-For": f"203.0.113.{turn}"})
        .status_code
        for turn in range(6)
    ]
    assert statuses == [401] * 5 + [429]


def test_a_server_that_trusts_nobody_believes_no_header(
    people: Settings, certified: dict[str, str]
) -> None:
    """Also the web server below the application takes no word of a peer on the same host."""
    with running_server(people.model_copy(update={"trusted_proxies": ""})) as url:
        assert number(asked(url, headers=certified)) == VISIBLE[""]
        for lie in (
            {"SCRIPT_NAME": "/tap"},
            {"X-Forwarded-Proto": "https"},
            {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "off"},
            {"X-Forwarded-Protocol": "ssl"},
        ):
            assert number(asked(url, headers=lie, auth=("coi1", PASSWORD))) == VISIBLE["coi1"], lie
            form = {"username": "coi1", "password": PASSWORD}
            cookie = requests.post(f"{url}/login", form, headers=lie, timeout=30).headers
            assert "Secure" not in cookie["Set-Cookie"]
