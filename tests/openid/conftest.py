from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from schemas.engine import APP
from tests.openid.server import CLIENT, SECRET, openid_server
from tests.support.server import free_port, running_server
from vo_server.auth.account_service import AccountService
from vo_server.auth.model import Account

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.openid.server import OpenIdServer
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

PASSWORD = "correct horse battery"

PEOPLE: dict[str, dict[str, Any]] = {
    "ada": {"name": "Ada L.", "email": "ada@example.org", "email_verified": True,
            "groups": ["corot-cois", "others"]},
    "kim": {"email": "kim@example.org", "email_verified": False, "groups": []},
    "boss": {"email": "taken@example.org", "email_verified": True},
    "42 Élan@x": {"groups": "corot-guests others"},
}  # fmt: skip
"""What the provider claims of some."""


@dataclass(frozen=True)
class Place:
    """A server of ours, the provider people log in by, and the database of accounts."""

    site: str
    settings: Settings
    provider: OpenIdServer
    accounts: AccountService
    engine: Engine
    log: Path


@pytest.fixture(scope="package")
def place(
    make_database: DatabaseMaker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    settings = make_database("openid", migrate=True)
    engine = make_database.engine(settings, APP)
    accounts = AccountService(engine)
    accounts.add(Account("boss", "The Boss", "taken@example.org", frozenset({"admin"})),
                 PASSWORD, "test")  # fmt: skip
    for name in ("linked", "other"):
        accounts.add(Account(name), PASSWORD, "test")
    port = free_port()
    log = tmp_path_factory.mktemp("openid") / "server.log"
    with openid_server(f"http://127.0.0.1:{port}", PEOPLE) as provider:
        changes = {
            "oidc_issuer": provider.issuer,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SECRET,
            "oidc_label": "Astro ID",
            "oidc_accounts": True,
            "oidc_groups_claim": "groups",
            "oidc_groups": {"corot-cois": "coi", "corot-guests": "guest"},
            "base_url": f"http://127.0.0.1:{port}",
        }
        told = type(settings).model_validate(settings.model_dump() | changes)
        with log.open("wb") as file, running_server(told, file, port) as site:
            yield Place(site, told, provider, accounts, engine, log)
