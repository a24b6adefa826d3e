"""No table holds what opens something: whoever reads the database can log in as nobody."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

import pytest
import requests
from click.testing import CliRunner
from sqlalchemy import text

from tests.auth.browser import Browser, found
from tests.auth.test_api import call
from tests.support.post_office import link_in, post_office
from tests.support.server import environment, running_server
from tests.support.stored import forms, holding, tables
from vo_server.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result
    from requests import Response
    from sqlalchemy import Connection

    from tests.support.databases import DatabaseMaker
    from tests.support.post_office import PostOffice
    from vo_server.config import Settings

PASSWORDS = {
    "of the command line": "horse battery staple one",
    "of the command line, changed": "horse battery staple two",
    "of the JSON API": "horse battery staple three",
    "of the JSON API, changed": "horse battery staple four",
    "of a page": "horse battery staple five",
    "of a link": "horse battery staple six",
    "of an invitation": "horse battery staple seven",
    "of a registration": "horse battery staple eight",
    "that was wrong": "horse battery staple nine",
}
ADMIN, PAGE = PASSWORDS["of the command line, changed"], PASSWORDS["of a page"]


@pytest.fixture(scope="module")
def settings(make_database: DatabaseMaker) -> Settings:
    return make_database("kept", migrate=True)


@pytest.fixture
def superuser(make_database: DatabaseMaker) -> Iterator[Connection]:
    with make_database.superuser("kept").connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


@pytest.fixture(scope="module")
def site(settings: Settings, office: PostOffice) -> Iterator[str]:
    """Base URL of a server that mails links, of a database whose one account is boss."""
    made = command(settings, "user", "add", "boss", "--group", "admin", "--password-stdin",
                   stdin=PASSWORDS["of the command line"])  # fmt: skip
    assert made.exit_code == 0, made.output
    assert command(settings, "user", "password", "boss", stdin=ADMIN).exit_code == 0
    changes = {"smtp_host": "127.0.0.1", "smtp_port": office.port, "smtp_security": "none",
               "mail_from": "vo@example.org", "self_registration": True}  # fmt: skip
    with running_server(settings.model_copy(update=changes)) as url:
        yield url


def command(settings: Settings, *words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, words, input=f"{stdin}\n", env=environment(settings))


def passwords(site: str, settings: Settings) -> dict[str, str]:
    """Set passwords in each way there is, and get one wrong."""
    by_api = {"name": "api-user", "password": PASSWORDS["of the JSON API"]}
    call(site, "POST", "/users", by_api, auth=("boss", ADMIN))
    changed = {"password": PASSWORDS["of the JSON API, changed"]}
    call(site, "PATCH", "/users/api-user", changed, auth=("boss", ADMIN))
    with Browser(site) as browser:
        page = browser.log_in("api-user", changed["password"])
        form: dict[str, object] = {"current": changed["password"], "new": PAGE, "again": PAGE}
        assert "is changed" in browser.fill(page, "/password", form).text
    wrong = ("api-user", PASSWORDS["that was wrong"])
    assert requests.get(f"{site}/tap", auth=wrong, timeout=30).status_code == 401
    (line,) = [line for line in command(settings, "user", "list").stdout.splitlines()
               if line.startswith("api-user")]  # fmt: skip
    assert line == "api-user\tregistered\t\t\t"
    plain = {f"password {name}": password for name, password in PASSWORDS.items()}
    # Without salt and slowness it would be found by guessing.
    digests = {f"digest of {name}": hashlib.sha256(password.encode()).hexdigest()
               for name, password in plain.items()}  # fmt: skip
    return plain | digests


def sessions(site: str) -> dict[str, str]:
    """Log in by the form and as clients of the VO do; some sessions are over."""
    with Browser(site) as browser:
        first = browser.open("/account/login").cookies["FORM"]
        page = browser.log_in("api-user", PAGE)
        second = browser.session.cookies["SESSION"]
        (own_token,) = set(found(page, "//input[@name='form_token']/@value"))
        page = browser.fill(page, "/sessions", number=-1)
        third = browser.session.cookies["SESSION"]
    assert second is not None
    assert third not in (None, second)
    form = {"username": "api-user", "password": PAGE}
    by_client = requests.post(f"{site}/login", form, timeout=30).cookies["SESSION"]
    return {
        "cookie of a client": by_client,
        "cookie of a form": first,
        "token of a form": own_token,
        "cookie of a session": second,
        "cookie of a later session": str(third),
    }


def tokens(site: str) -> dict[str, str]:
    """Make tokens by log-in, JSON API and page; each is shown in one answer and never again."""
    form = {"username": "api-user", "password": PAGE}
    by_client = requests.post(f"{site}/token", form, timeout=30).headers["X-VO-Bearer"]
    own = ("api-user", PAGE)
    (listed,) = call(site, "GET", "/account/tokens", auth=own)
    wanted = {"name": "by API", "scopes": ["query"], "expires_at": listed["expires_at"]}
    by_api = call(site, "POST", "/account/tokens", wanted, auth=own)["token"]
    with Browser(site) as browser:
        page = browser.log_in("api-user", PAGE)
        made = browser.fill(page, "/tokens", {"name": "by page", "days": "7"})
        (by_page,) = found(made, "//figure[figcaption='Token']//code/text()")
        later = [browser.open("/account"), browser.fill(made, "/tokens", {"name": ""})]
    later += [requests.get(f"{site}/api/account{path}", timeout=30, auth=own)
              for path in ("/tokens", "")]  # fmt: skip
    later += [requests.get(f"{site}{path}", timeout=30, auth=("boss", ADMIN))
              for path in ("/api/users/api-user", "/api/audit", "/admin/users/api-user",
                           "/admin/audit")]  # fmt: skip
    made_tokens = {"token of a client": by_client, "token by API": by_api, "token by page": by_page}
    _assert_shown_never_again(later, made_tokens)
    secret = {f"secret of the {name}": token.split("_", 2)[2]
              for name, token in made_tokens.items()}  # fmt: skip
    return made_tokens | secret


def _assert_shown_never_again(answers: list[Response], made: dict[str, str]) -> None:
    for answer in answers:
        assert answer.status_code in {200, 400}
        for name, token in made.items():
            assert token not in answer.text, (answer.url, name)
            assert token.split("_", 2)[2] not in answer.text, (answer.url, name)
    for listing in (answers[0], answers[2]):
        for name in ("by page", "by API", "log-in of a client"):
            assert name in listing.text, listing.url


def links(site: str, settings: Settings, office: PostOffice) -> dict[str, str]:
    """Have links handed over and mailed, use some, and let others be."""
    path = re.compile(r"/account/link/(\S+)")
    made = {
        "link by command": command(settings, "user", "reset-link", "api-user").stdout,
        "invitation by command": command(settings, "user", "invite", "cli@example.org").stdout,
        "link by API": call(site, "POST", "/users/api-user/reset-link",
                            auth=("boss", ADMIN))["url"],
    }  # fmt: skip
    new = PASSWORDS["of an invitation"]
    with Browser(site) as browser:
        page = browser.log_in("boss", ADMIN)
        browser.fill(browser.open("/admin"), "/invitations", {"email": "gi@example.org"})
        made["invitation"] = invitation = link_in(office.next())
        page = browser.fill(browser.open("/admin/users/api-user"), "/reset-link")
        (made["link by page"],) = found(page, "//figure[figcaption='Link']//code/text()")
        form: dict[str, object] = {"name": "invited", "new": new, "again": new}
        assert "It is done" in browser.fill(browser.open(invitation), invitation, form).text
    with Browser(site) as browser:
        browser.fill(browser.open("/account/forgot"), "/forgot", {"who": "invited"})
        made["mailed link"] = reset = link_in(office.next())
        new = PASSWORDS["of a link"]
        browser.fill(browser.open(reset), reset, {"new": new, "again": new})
        browser.fill(browser.open("/account/register"), "/register", {"email": "new@example.org"})
        made["registration"] = registration = link_in(office.next())
        new = PASSWORDS["of a registration"]
        form = {"name": "newcomer", "new": new, "again": new}
        assert "It is done" in browser.fill(browser.open(registration), registration, form).text
    secrets = {name: match[1] for name, told in made.items() if (match := path.search(told))}
    assert secrets.keys() == made.keys()
    return secrets


def test_no_table_holds_what_opens_something(
    site: str, settings: Settings, office: PostOffice, superuser: Connection
) -> None:
    secrets = {
        **passwords(site, settings),
        **sessions(site),
        **tokens(site),
        **links(site, settings, office),
    }
    # It is all there, as digests.
    kept = {
        bytes(one).hex()
        for table in ("sessions", "tokens", "links")
        for one in superuser.scalars(text(f"SELECT digest FROM auth.{table}"))
    }
    for name in ("cookie of a client", "cookie of a later session", "secret of the token by API",
                 "secret of the token by page", "link by API", "link by page"):  # fmt: skip
        assert hashlib.sha256(secrets[name].encode()).hexdigest() in kept, name
    hashes = list(superuser.scalars(text("SELECT password_hash FROM auth.accounts")))
    assert len(hashes) == 4
    assert all(one.startswith("$argon2id$") for one in hashes)
    assert {"auth.accounts", "auth.audit", "uws.jobs", "vo.further_tables"} <= {*tables(superuser)}
    assert holding(superuser, secrets) == []


_SECRET = base64.urlsafe_b64encode(hashlib.sha256(b"a secret").digest()).decode().rstrip("=")


@pytest.mark.parametrize("secret", ["horse battery staple", _SECRET])
def test_each_form_of_a_secret_would_be_found(
    settings: Settings, superuser: Connection, secret: str
) -> None:
    del settings  # it has the database made
    entry = text(
        "INSERT INTO auth.audit (actor, action, subject, details)"
        " VALUES ('test', 'x', 'x', jsonb_build_object('told', CAST(:told AS text)))"
    )
    written = [*forms(secret), secret.encode().hex().upper(),
               base64.b64encode(b"user:" + secret.encode()).decode()]  # fmt: skip
    for told in written:
        superuser.execute(entry, {"told": told})
        assert holding(superuser, {"it": secret}) == [("auth.audit", "it")], told
        superuser.rollback()
    link = text("INSERT INTO auth.links (digest, purpose, expires_at)"
                " VALUES (:kept, 'reset', now())")  # fmt: skip
    superuser.execute(link, {"kept": b"before" + secret.encode()})
    assert holding(superuser, {"it": secret, "another": secret[::-1]}) == [("auth.links", "it")]
