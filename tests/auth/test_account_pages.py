"""The pages of accounts, as a browser without scripts uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from lxml import html
from sqlalchemy import text

from tests.auth.browser import Browser, fields, found, text_of
from tests.auth.conftest import PASSWORD
from vo_server.app import create_app
from vo_server.auth.account_service import AccountService
from vo_server.auth.model import Account

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from vo_server.config import Settings


@pytest.fixture
def browser(site: str) -> Iterator[Browser]:
    with Browser(site) as opened:
        yield opened


@pytest.fixture(scope="module")
def changing(app_engine: Engine) -> str:
    """Name of an account whose password changes."""
    AccountService(app_engine).add(Account("changing"), PASSWORD, "test")
    return "changing"


def test_from_the_front_page_to_the_account_and_out(browser: Browser, site: str) -> None:
    assert found(browser.open("/"), "//a[@href='/account/login']")
    page = browser.log_in("guest1", PASSWORD)
    assert page.url == f"{site}/account"
    shown = text_of(page)
    assert "guest Guest Investigators" in shown
    assert "you N2 all all 10 never" in shown  # the grant of ten stars
    assert "a browser" in shown
    assert found(browser.open("/"), "//a[@href='/account']")
    out = browser.fill(page, "/logout")
    assert out.url == f"{site}/"
    assert not browser.session.cookies.get("SESSION")
    assert browser.open("/account").url == f"{site}/account/login?next=/account"


def test_a_wrong_password_is_told_on_the_form(browser: Browser) -> None:
    page = browser.log_in("coi1", "wrong")
    assert page.status_code == 401
    assert "The name or the password is wrong." in text_of(page)
    assert found(page, "//input[@id='username']/@value") == ["coi1"]
    # A browser would ask in a dialogue of its own.
    assert "Basic" not in page.headers["WWW-Authenticate"]
    assert not browser.session.cookies.get("SESSION")
    for _ in range(5):
        page = browser.log_in("coi1", "wrong")
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/tap/examples", "/tap/examples"),
        ("/account?done=token", "/account?done=token"),
        ("https://evil.example.org/", "/account"),
        ("//evil.example.org/", "/account"),
        ("/\\evil.example.org/", "/account"),
        ("/\t/evil.example.org/", "/account"),
        ("\\\\evil.example.org", "/account"),
        ("javascript:alert(1)", "/account"),
        ("evil.example.org", "/account"),
        ("/x\r\nSet-Cookie: a=b", "/account"),
        ("", "/account"),
    ],
)
def test_after_the_log_in_come_own_pages_only(
    browser: Browser, site: str, wanted: str, reached: str
) -> None:
    page = browser.session.get(f"{site}/account/login", params={"next": wanted}, timeout=30)
    assert fields(page)["next"] == reached
    form = {**fields(page), "next": wanted, "username": "reg", "password": PASSWORD}
    answer = browser.session.post(
        f"{site}/account/login", data=form, timeout=30, allow_redirects=False
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == site + reached


def test_a_form_of_another_site_or_browser_does_nothing(browser: Browser, site: str) -> None:
    form = {"username": "reg", "password": PASSWORD}
    assert requests.post(f"{site}/account/login", data=form, timeout=30).status_code == 403
    page = browser.log_in("reg", PASSWORD)
    for path in ("password", "sessions", "tokens", "tokens/revoke", "logout"):
        answer = browser.session.post(f"{site}/account/{path}", data=form, timeout=30)
        assert answer.status_code == 403, path
        assert "too old, or not from here" in text_of(answer)
    with Browser(site) as other:
        token = fields(other.open("/account/login"))
        answer = browser.session.post(f"{site}/account/logout", data=token, timeout=30)
        assert answer.status_code == 403
    foreign = {"Origin": "https://evil.example.org"}
    answer = browser.session.post(
        f"{site}/account/sessions", data=fields(page), headers=foreign, timeout=30
    )
    assert answer.status_code == 403
    assert browser.open("/account").status_code == 200


def test_a_token_is_shown_once_works_and_is_revoked(browser: Browser, site: str) -> None:
    page = browser.log_in("coi1", PASSWORD)
    made = browser.fill(page, "/tokens", {"name": "a notebook", "days": "7"})
    (token,) = found(made, "//figure[figcaption='Token']//code/text()")
    assert made.headers["Cache-Control"] == "no-store"
    bearer = {"Authorization": f"Bearer {token}"}
    url = f"{site}/tap/availability"
    answer = requests.get(url, headers=bearer, timeout=30)
    assert answer.headers["X-VO-Authenticated"] == "coi1"
    page = browser.open("/account")
    assert "a notebook" in text_of(page)
    assert token not in page.text
    page = browser.fill(page, "/tokens/revoke")
    assert "The token is revoked." in text_of(page)
    assert "a notebook" not in text_of(page)
    assert requests.get(url, headers=bearer, timeout=30).status_code == 401


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": ""}, "give the token a name"),
        ({"name": "x", "scope": []}, "the scopes of a token"),
        ({"name": "x", "scope": "everything"}, "the scopes of a token"),
        ({"name": "a\0b"}, "NUL character"),
        ({"name": "x", "days": "1000"}, "within 366 days"),
        ({"name": "x", "days": "-1"}, "not in the past"),
        ({"name": "x", "days": "soon"}, "in how many days"),
        ({"name": "x", "days": "9" * 30}, "in how many days"),
    ],
)
def test_a_token_that_cannot_be(browser: Browser, values: dict[str, object], message: str) -> None:
    page = browser.fill(browser.log_in("reg", PASSWORD), "/tokens", values)
    assert page.status_code == 400
    assert message.lower() in text_of(page).lower()


def test_sessions_are_listed_and_ended(browser: Browser, site: str) -> None:
    browser.log_in("alert1", PASSWORD)
    with Browser(site) as other, Browser(site) as third:
        other.session.headers["User-Agent"] = "<b>another</b> browser"
        other.log_in("alert1", PASSWORD)
        page = browser.open("/account")
        assert "<b>another</b> browser" in text_of(page)
        assert text_of(page).count("this one") == 1
        page = browser.fill(page, "/sessions")
        assert "The session is ended." in text_of(page)
        over = other.open("/account")
        assert over.status_code == 401
        assert "Basic" not in over.headers["WWW-Authenticate"]
        assert "Log in again" in text_of(over)
        assert other.open("/account").url == f"{site}/account/login?next=/account"
        third.log_in("alert1", PASSWORD)
        before = browser.session.cookies["SESSION"]
        page = browser.fill(browser.open("/account"), "/sessions", number=-1)
        assert "logged out everywhere else" in text_of(page)
        assert browser.session.cookies["SESSION"] != before
        assert third.open("/account").status_code == 401
        # That of another account is none of one's own.
        third.log_in("reg", PASSWORD)
        own = browser.open("/account")
        assert not found(own, "//input[@name='session' and @value!='others']")
        page = third.fill(third.open("/account"), "/sessions", {"session": "00ff"}, number=-1)
        assert page.status_code == 400


def test_a_session_that_was_idle_too_long_is_not_listed(
    browser: Browser, site: str, app_engine: Engine
) -> None:
    with Browser(site) as other:
        other.session.headers["User-Agent"] = "a forgotten browser"
        other.log_in("n1user", PASSWORD)
        age = text(
            "UPDATE auth.sessions SET seen_at = seen_at - CAST(:idle AS interval)"
            " WHERE agent = 'a forgotten browser'"
        )
        browser.log_in("n1user", PASSWORD)
        for idle, listed in (("47 h", True), ("1 h", False)):
            with app_engine.begin() as connection:
                connection.execute(age, {"idle": idle})
            assert ("a forgotten browser" in text_of(browser.open("/account"))) == listed
        assert other.open("/account").status_code == 401


def test_a_changed_password_ends_all_other_sessions(
    browser: Browser, site: str, changing: str
) -> None:
    new = "another horse staple"
    page = browser.log_in(changing, PASSWORD)
    with Browser(site) as other:
        other.log_in(changing, PASSWORD)
        wrong: tuple[tuple[dict[str, object], str], ...] = (
            ({"current": "wrong", "new": new, "again": new}, "present password is wrong"),
            ({"current": PASSWORD, "new": new, "again": "else"}, "differ"),
            ({"current": PASSWORD, "new": "short", "again": "short"}, "12 to 256 characters"),
        )
        for values, message in wrong:
            page = browser.fill(page, "/password", values)
            assert page.status_code == 400
            assert message.lower() in text_of(page).lower()
        before = str(browser.session.cookies["SESSION"])
        page = browser.fill(page, "/password", {"current": PASSWORD, "new": new, "again": new})
        assert "Your password is changed." in text_of(page)
        assert browser.session.cookies["SESSION"] != before
        stale = requests.get(f"{site}/account", cookies={"SESSION": before}, timeout=30)
        assert stale.status_code == 401
        assert other.open("/account").status_code == 401
    assert requests.get(f"{site}/tap", auth=(changing, PASSWORD), timeout=30).status_code == 401
    assert requests.get(f"{site}/tap", auth=(changing, new), timeout=30).status_code == 200


@pytest.mark.parametrize("path", ["/account/login", "/account"])
def test_pages_load_nothing_from_elsewhere_and_can_be_used_without_seeing_them(
    browser: Browser, path: str
) -> None:
    if path == "/account":
        browser.log_in("guest1", PASSWORD)
    answer = browser.open(path)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert not found(answer, "//style | //@style | //@onclick | //script | //iframe")
    assert len(found(answer, "//h1")) == 1
    assert len(found(answer, "//main")) == 1
    visible = found(answer, "//input[not(@type='hidden' or @type='checkbox')] | //select")
    assert {field.get("id") for field in visible} == set(found(answer, "//label/@for"))
    named = found(answer, "//@id")
    assert len(named) == len(set(named))
    assert all(button.text_content().strip() for button in found(answer, "//button"))


def test_cookies_are_secure_behind_https(people: Settings) -> None:
    settings = people.model_copy(
        update={"base_url": "https://vo.example.org/corot", "owner_password": None}
    )
    client = create_app(settings).test_client(use_cookies=False)
    shown = client.get("/account/login")
    (form,) = html.fromstring(shown.text).forms  # type: ignore[attr-defined] # of lxml.html
    assert form.action == "/corot/account/login"
    values = {**dict(form.form_values()), "username": "reg", "password": PASSWORD}
    answer = client.post(
        "/account/login",
        data=values,
        headers={
            "Origin": "https://vo.example.org",
            "Cookie": shown.headers["Set-Cookie"].partition(";")[0],
        },
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == "https://vo.example.org/corot/account"
    (cookie,) = answer.headers.getlist("Set-Cookie")
    for part in ("SESSION=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/corot"):
        assert part in cookie
