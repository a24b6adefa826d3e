"""Links that work once, mailed by a real SMTP server or handed over."""

from __future__ import annotations

import re
import ssl
import subprocess
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest
import requests
from aiosmtpd.smtp import AuthResult
from click.testing import CliRunner
from sqlalchemy import text

from tests.auth.browser import Browser, found, text_of
from tests.auth.conftest import PASSWORD
from tests.auth.test_api import ADMIN, call
from tests.support.post_office import link_in, post_office
from tests.support.server import environment, free_port, running_server
from vo_server.auth.account_service import AccountService
from vo_server.auth.mail import MailError, MailServer
from vo_server.auth.model import Account
from vo_server.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.support.post_office import PostOffice
    from vo_server.config import Settings

NEW = "another horse staple"

Security = Literal["starttls", "tls"]


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


@pytest.fixture(scope="module")
def mailing(people: Settings, office: PostOffice) -> Settings:
    changes = {
        "trusted_proxies": "127.0.0.1",
        "smtp_host": "127.0.0.1",
        "smtp_port": office.port,
        "smtp_security": "none",
        "mail_from": "vo@example.org",
        "self_registration": True,
    }
    return people.model_copy(update=changes)


@pytest.fixture(scope="module")
def post_site(mailing: Settings) -> Iterator[str]:
    """Base URL of a server process that mails links."""
    with running_server(mailing) as url:
        yield url


@pytest.fixture
def browser(post_site: str) -> Iterator[Browser]:
    with Browser(post_site) as opened:
        yield opened


@pytest.fixture
def forgetful(app_engine: Engine) -> str:
    """Name of an account of somebody who does not know their password."""
    service = AccountService(app_engine)
    name = "forgetful"
    if name not in {account.name for account in service.accounts()}:
        service.add(Account(name, email="forgetful@example.org"), PASSWORD, "test")
    service.set_password(name, PASSWORD, "test")
    with app_engine.begin() as connection:
        connection.execute(text("DELETE FROM auth.links"))
    return name


def logs_in(site: str, name: str, password: str) -> bool:
    return requests.get(f"{site}/tap", auth=(name, password), timeout=30).status_code == 200


@pytest.mark.parametrize("who", ["forgetful", "Forgetful@Example.org"])
def test_a_forgotten_password(
    browser: Browser, post_site: str, office: PostOffice, forgetful: str, who: str
) -> None:
    with Browser(post_site) as elsewhere:
        elsewhere.log_in(forgetful, PASSWORD)
        page = browser.open("/account/login")
        (link,) = found(page, "//a[text()='Set a new password']/@href")
        asked = browser.fill(browser.open(link), "/forgot", {"who": who})
        assert "If there is such an account" in text_of(asked)
        mail = office.next()
        assert mail["To"] == "forgetful@example.org"
        assert "vo@example.org" in mail["From"]
        path = link_in(mail)
        for values, message in (
            ({"new": NEW, "again": "else"}, "repetition differ"),
            ({"new": "short", "again": "short"}, "12 to 256 characters"),
        ):
            page = browser.fill(browser.open(path), path, dict(values))
            assert page.status_code == 400
            assert message in text_of(page)
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert not logs_in(post_site, forgetful, NEW)
        page = browser.fill(browser.open(path), path, {"new": NEW, "again": NEW})
        assert "Log in with the password you have just chosen" in text_of(page)
        assert elsewhere.open("/account").status_code == 401
    assert logs_in(post_site, forgetful, NEW)
    assert not logs_in(post_site, forgetful, PASSWORD)
    gone = browser.open(path)
    assert gone.status_code == 404
    assert "it was used, is too old" in text_of(gone)


def test_an_answer_does_not_tell_whether_there_is_an_account(
    browser: Browser, office: PostOffice, forgetful: str, app_engine: Engine
) -> None:
    AccountService(app_engine).set_disabled("disabled", "test", disabled=True)
    pages = {
        who: browser.fill(browser.open("/account/forgot"), "/forgot", {"who": who})
        for who in (forgetful, "nobody", "nobody@example.org", "disabled", "reg")
    }
    assert len({(page.status_code, page.text) for page in pages.values()}) == 1
    assert {frozenset(page.headers) for page in pages.values()} == {
        frozenset(pages[forgetful].headers)
    }
    assert office.next()["To"] == "forgetful@example.org"
    assert office.is_empty()
    # From the sixth on, who asks has to wait; another address has not.
    page = browser.fill(browser.open("/account/forgot"), "/forgot", {"who": "nobody"})
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) >= 1
    statuses = []
    # Addresses of a network of 64 bits are one person's.
    for address in ("203.0.113.7", *(f"2001:db8:3:3::{number}" for number in range(6))):
        browser.session.headers["X-Forwarded-For"] = address
        page = browser.fill(browser.open("/account/forgot"), "/forgot", {"who": "nobody"})
        statuses.append(page.status_code)
    assert statuses == [200] * 6 + [429]


def test_a_mailbox_is_not_filled(browser: Browser, office: PostOffice, forgetful: str) -> None:
    for _ in range(5):
        browser.fill(browser.open("/account/forgot"), "/forgot", {"who": forgetful})
    links = {link_in(office.next()) for _ in range(3)}
    assert len(links) == 3
    # All of them end with the first that is used.
    path = links.pop()
    browser.fill(browser.open(path), path, {"new": NEW, "again": NEW})
    assert {browser.open(link).status_code for link in links} == {404}
    assert office.is_empty()


def test_a_link_expires(
    browser: Browser, office: PostOffice, forgetful: str, app_engine: Engine
) -> None:
    browser.fill(browser.open("/account/forgot"), "/forgot", {"who": forgetful})
    path = link_in(office.next())
    page = browser.open(path)
    with app_engine.begin() as connection:
        connection.execute(text("UPDATE auth.links SET expires_at = created_at"))
        kept = connection.scalar(text("SELECT digest FROM auth.links"))
    assert path.rpartition("/")[2].encode() not in bytes(kept)
    gone = browser.fill(page, path, {"new": NEW, "again": NEW})
    assert gone.status_code == 404
    assert browser.open("/account/link/nonsense").status_code == 404


def test_two_who_use_a_link_at_once(post_site: str, office: PostOffice, forgetful: str) -> None:
    with Browser(post_site) as one, Browser(post_site) as two:
        one.fill(one.open("/account/forgot"), "/forgot", {"who": forgetful})
        path = link_in(office.next())
        pages = [(browser, browser.open(path)) for browser in (one, two)]
        outcome = []

        def use(number: int) -> None:
            browser, page = pages[number]
            new = f"{NEW} {number}"
            done = browser.fill(page, path, {"new": new, "again": new})
            outcome.append((done.status_code, number))

        threads = [threading.Thread(target=use, args=(number,)) for number in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    (_, winner), (_, loser) = sorted(outcome)
    assert sorted(status for status, _ in outcome) == [200, 404]
    assert logs_in(post_site, forgetful, f"{NEW} {winner}")
    assert not logs_in(post_site, forgetful, f"{NEW} {loser}")


def test_registration_and_who_has_an_account_already(
    browser: Browser, post_site: str, office: PostOffice, forgetful: str
) -> None:
    (link,) = found(browser.open("/account/login"), "//a[text()='Make an account']/@href")
    asked = browser.fill(browser.open(link), "/register", {"email": "New@Example.org"})
    mail = office.next()
    assert mail["To"] == "new@example.org"
    path = link_in(mail)
    taken: dict[str, object] = {"name": forgetful, "new": NEW, "again": NEW}
    page = browser.fill(browser.open(path), path, taken)
    assert page.status_code == 409
    assert found(page, "//input[@name='name']/@value") == [forgetful]
    page = browser.fill(page, path, {**taken, "name": "newcomer", "full_name": "New Comer"})
    with Browser(post_site) as other:
        page = other.log_in("newcomer", NEW)
        assert "registered Everybody with an account" in text_of(page)
        assert "new@example.org" in text_of(page)
    # Only the owner of the address is told that there is an account.
    again = browser.fill(
        browser.open("/account/register"), "/register", {"email": "forgetful@example.org"}
    )
    assert (again.status_code, again.text) == (asked.status_code, asked.text)
    told = office.next()
    assert told["To"] == "forgetful@example.org"
    assert "There is one: forgetful." in told.get_content()
    assert link_in(told) == "/account/forgot"
    bad = browser.fill(browser.open("/account/register"), "/register", {"email": "x@y"})
    assert bad.status_code == 400
    assert logs_in(post_site, forgetful, PASSWORD)


def test_an_invitation_by_page_and_by_api(
    browser: Browser, post_site: str, office: PostOffice
) -> None:
    browser.log_in("admin1", PASSWORD)
    page = browser.fill(
        browser.open("/admin"), "/invitations", {"email": "gi@example.org", "group": ["guest"]}
    )
    assert "A link was mailed to gi@example.org." in text_of(page)
    path = link_in(office.next())
    assert path not in page.text
    with Browser(post_site) as other:
        form: dict[str, object] = {"name": "invited", "new": NEW, "again": NEW}
        other.fill(other.open(path), path, form)
        assert "guest Guest Investigators" in text_of(other.log_in("invited", NEW))
        assert other.open(path).status_code == 404
    handed = call(post_site, "POST", "/invitations", {"email": "Else@example.org"})
    assert handed["sent_to"] == "else@example.org"
    assert handed["url"] is None
    assert office.next()["To"] == "else@example.org"
    for body, status in (
        ({"email": "gi@example.org"}, 409),
        ({"email": "x"}, 400),
        ({"email": "y@example.org", "groups": ["none"]}, 404),
    ):
        answer = requests.post(f"{post_site}/api/invitations", json=body, auth=ADMIN, timeout=30)
        assert answer.status_code == status
    assert office.is_empty()


def test_without_a_mail_server_links_are_handed_over(
    site: str, people: Settings, forgetful: str
) -> None:
    with Browser(site) as browser:
        assert "Ask for a link" in text_of(browser.open("/account/forgot"))
        assert browser.open("/account/register").status_code == 404
        browser.log_in("admin1", PASSWORD)
        page = browser.fill(browser.open(f"/admin/users/{forgetful}"), "/reset-link")
        (url,) = found(page, "//figure[figcaption='Link']//code/text()")
        assert url.startswith(f"{site}/account/link/")
        by_api = call(site, "POST", f"/users/{forgetful}/reset-link")
        assert by_api["url"].startswith(f"{site}/account/link/")
        done = CliRunner().invoke(main, ["user", "reset-link", forgetful], env=environment(people))
        assert done.exit_code == 0
        path = re.search(r"/account/link/\S+", done.stdout)
        assert path
        browser.fill(browser.open(path[0]), path[0], {"new": NEW, "again": NEW})
    assert logs_in(site, forgetful, NEW)
    invited = CliRunner().invoke(
        main, ["user", "invite", "cli@example.org", "--group", "coi"], env=environment(people)
    )
    assert "/account/link/" in invited.stdout
    refused = requests.post(f"{site}/api/users/disabled/reset-link", auth=ADMIN, timeout=30)
    assert refused.status_code == 409


def test_a_mail_server_that_is_away_is_told_and_the_link_handed_over(
    mailing: Settings, forgetful: str
) -> None:
    away = mailing.model_copy(update={"smtp_port": free_port()})
    done = CliRunner().invoke(main, ["user", "reset-link", forgetful], env=environment(away))
    assert done.exit_code == 0
    assert "could not be sent" in done.stderr
    assert "/account/link/" in done.stdout


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a certificate for localhost, with its key."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return key, certificate


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_encrypted_to_whom_the_certificate_names(
    monkeypatch: pytest.MonkeyPatch, certificate: tuple[Path, Path], security: Security
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    right = ("postman", "secret of the postman")

    def check(_: object, __: object, ___: object, ____: object, data: object) -> AuthResult:
        given = (data.login.decode(), data.password.decode())  # type: ignore[attr-defined] # LoginPassword
        return AuthResult(success=given == right)

    user, secret = right if security == "starttls" else (None, None)
    options = (
        {
            "tls_context": context,
            "require_starttls": True,
            "authenticator": check,
            "auth_required": True,
        }
        if security == "starttls"
        else {"ssl_context": context}
    )
    with post_office(**options) as office:
        server = MailServer(
            "localhost", office.port, security, user, secret, "vo@example.org", "A, <Publisher>"
        )
        with pytest.raises(MailError):
            server.send("a@example.org", "Subject", "Text")  # nobody vouches for the certificate
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
        server.send("a@example.org", "Subject", "Text with é")
        mail = office.next()
        assert mail["From"].addresses[0].display_name == "A, <Publisher>"
        assert "Text with é" in mail.get_content()
        if user is not None:
            with pytest.raises(MailError):
                replace(server, password="wrong").send("a@example.org", "Subject", "Text")
