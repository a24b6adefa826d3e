"""Logging in by OpenID Connect, at a real provider."""

from __future__ import annotations

import base64
import json
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from tests.auth.browser import Browser, found, text_of
from tests.openid.conftest import PASSWORD
from tests.openid.server import CACHE, HERE, installed
from tests.output.test_html_in_browser import chromium
from tests.support.stored import holding

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests
    from requests import Response

    from tests.openid.conftest import Place
    from tests.support.databases import DatabaseMaker


@pytest.fixture
def browser(place: Place) -> Iterator[Browser]:
    with Browser(place.site) as opened:
        yield opened


def button(page: Response) -> str:
    """Give where the button to log in by the provider leads."""
    (link,) = found(page, "//a[normalize-space()='Log in by Astro ID']/@href")
    return str(link)


def log_in(browser: Browser, place: Place, login: str, next_path: str = "/account") -> Response:
    page = browser.open(f"/account/login?next={next_path}")
    return place.provider.sign_in(browser.session, place.site + button(page), login)


def name_on(page: Response) -> str:
    (name,) = found(page, "//main//header//code/text()")
    return str(name)


def test_whom_the_provider_knows_gets_an_account(browser: Browser, place: Place) -> None:
    page = log_in(browser, place, "ada")
    assert page.url == f"{place.site}/account"
    assert name_on(page) == "ada"
    account = place.accounts.find("ada")
    assert (account.full_name, account.email) == ("Ada L.", "ada@example.org")
    assert account.groups == {"coi"}, "what the provider's other groups mean is nobody's business"
    assert not place.accounts.has_password("ada")
    # The session is one like any other, and works for the protocols too.
    answer = browser.session.get(f"{place.site}/tap/capabilities", timeout=30)
    assert answer.headers["X-VO-Authenticated"] == "ada"
    with Browser(place.site) as another:
        assert name_on(log_in(another, place, "ada")) == "ada"


def test_groups_of_the_provider_are_followed_and_others_kept(
    browser: Browser, place: Place
) -> None:
    log_in(browser, place, "ada")
    with place.accounts.changing("ada", "test") as change:
        change.groups(["guest", "alert"])
    log_in(Browser(place.site), place, "ada")
    assert place.accounts.find("ada").groups == {"coi", "alert"}


def test_where_they_wanted_to_go_is_kept(browser: Browser, place: Place) -> None:
    assert log_in(browser, place, "ada", "/records").url == f"{place.site}/records"


@pytest.mark.parametrize("next_path", ["//evil.example/", "https://evil.example/", "/\\evil"])
def test_nobody_is_sent_on_to_another_site(browser: Browser, place: Place, next_path: str) -> None:
    assert log_in(browser, place, "ada", next_path).url == f"{place.site}/account"
    sent = browser.session.get(
        f"{place.site}/account/oidc", params={"next": next_path}, timeout=30, allow_redirects=False
    )
    assert sent.headers["Location"].startswith(f"{place.provider.issuer}/auth?")


def test_an_equal_name_or_address_is_nobodys_proof(browser: Browser, place: Place) -> None:
    assert name_on(log_in(browser, place, "boss")) == "boss-2"
    made = place.accounts.find("boss-2")
    assert (made.email, made.groups) == (None, frozenset())


def test_an_address_that_was_not_verified_is_not_taken(browser: Browser, place: Place) -> None:
    log_in(browser, place, "kim")
    assert place.accounts.find("kim").email is None


def test_odd_names_become_names(browser: Browser, place: Place) -> None:
    assert name_on(log_in(browser, place, "42 Élan@x")) == "lan"
    assert place.accounts.find("lan").groups == {"guest"}


def test_an_account_is_linked_and_unlinked(browser: Browser, place: Place) -> None:
    own = browser.log_in("linked", PASSWORD)
    way = browser.fill(own, "/account/oidc/link")
    (there,) = found(way, "//a[normalize-space()='Continue at Astro ID']/@href")
    back = place.provider.sign_in(browser.session, there, "somebody-else")
    assert back.url == f"{place.site}/account?done=linked"
    assert "somebody-else" in text_of(back)
    with Browser(place.site) as another:
        assert name_on(log_in(another, place, "somebody-else")) == "linked"
    gone = browser.fill(back, "/account/identities")
    assert gone.url == f"{place.site}/account?done=unlinked"
    with Browser(place.site) as another:
        assert name_on(log_in(another, place, "somebody-else")) == "somebody-else"


def test_the_only_way_in_stays(browser: Browser, place: Place) -> None:
    page = browser.fill(log_in(browser, place, "ada"), "/account/identities")
    assert page.status_code == 400
    assert "your only way in" in text_of(page)
    assert name_on(log_in(Browser(place.site), place, "ada")) == "ada"


def test_an_identity_is_not_taken_from_another_account(browser: Browser, place: Place) -> None:
    log_in(Browser(place.site), place, "ada")
    way = browser.fill(browser.log_in("other", PASSWORD), "/account/oidc/link")
    (there,) = found(way, "//a[normalize-space()='Continue at Astro ID']/@href")
    page = place.provider.sign_in(browser.session, there, "ada")
    assert page.status_code == 409
    assert name_on(log_in(Browser(place.site), place, "ada")) == "ada"


def test_linking_wants_a_form_of_ours(browser: Browser, place: Place) -> None:
    """Or a foreign page could have somebody's account linked with the attacker's identity."""
    browser.log_in("other", PASSWORD)
    answer = browser.session.post(f"{place.site}/account/oidc/link", timeout=30)
    assert answer.status_code == 403
    assert "OIDC" not in browser.session.cookies


def test_a_disabled_account_stays_closed(browser: Browser, place: Place) -> None:
    log_in(Browser(place.site), place, "leaver")
    place.accounts.set_disabled("leaver", "test", disabled=True)
    page = log_in(browser, place, "leaver")
    assert page.status_code == 403
    assert "disabled" in text_of(page)
    assert "SESSION" not in browser.session.cookies


def way_back(browser: Browser, place: Place, login: str) -> str:
    """Sign in at the provider and give the address it sends back to, without going there."""
    page = browser.open("/account/login")
    original = browser.session.rebuild_method

    class Stop(Exception):  # noqa: N818 # no error
        pass

    def stop(prepared: requests.PreparedRequest, response: Response) -> None:
        original(prepared, response)
        if urlsplit(str(prepared.url)).path == "/account/oidc/callback":
            raise Stop(prepared.url)

    browser.session.rebuild_method = stop  # type: ignore[method-assign,assignment]
    try:
        place.provider.sign_in(browser.session, place.site + button(page), login)
    except Stop as stopped:
        return str(stopped.args[0])
    finally:
        browser.session.rebuild_method = original  # type: ignore[method-assign]
    pytest.fail("the provider did not send back")


def test_an_answer_is_good_in_one_browser_and_once(browser: Browser, place: Place) -> None:
    url = way_back(browser, place, "ada")
    with Browser(place.site) as another:
        stolen = another.session.get(url, timeout=30)
        assert stolen.status_code == 403
        assert "SESSION" not in another.session.cookies
    assert browser.session.get(url, timeout=30).url == f"{place.site}/account"
    again = Browser(place.site).session.get(url, timeout=30)
    assert again.status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"state": "x" * 43}, {"code": "x" * 43}, {"iss": "http://127.0.0.1:1"},
        {"code": None, "error": "access_denied"}, {"state": None},
    ],
    ids=str,
)  # fmt: skip
def test_an_answer_that_is_not_genuine_lets_nobody_in(
    browser: Browser, place: Place, change: dict[str, str | None]
) -> None:
    url = way_back(browser, place, "ada")
    values: dict[str, str | None] = {
        key: one for key, (one,) in parse_qs(urlsplit(url).query).items()
    }
    sent = {key: one for key, one in (values | change).items() if one is not None}
    page = browser.session.get(f"{place.site}/account/oidc/callback", params=sent, timeout=30)
    assert page.status_code == 403
    assert "SESSION" not in browser.session.cookies
    assert "access_denied" not in page.text


def asks_who(browser: Browser, place: Place) -> bool:
    """Whether the provider wants to know who somebody is, or knows it still."""
    way = place.site + button(browser.open("/account/login"))
    page = browser.session.get(way, timeout=30)
    return bool(page.url.startswith(place.provider.issuer) and found(page, "//*[@name='login']"))


def test_who_logs_out_is_offered_to_log_out_at_the_provider(browser: Browser, place: Place) -> None:
    page = browser.fill(log_in(browser, place, "ada"), "/logout")
    assert page.url == f"{place.site}/account/oidc/left"
    assert "At Astro ID you may still be logged in" in text_of(page)
    assert not {"SESSION", "OIDC_SESSION"} & {*browser.session.cookies.keys()}
    assert browser.open("/account").url.endswith("/account/login?next=/account")
    assert not asks_who(browser, place), "the provider knows them still"

    page = browser.fill(browser.open("/account"), "/logout")
    (way,) = found(page, "//a[normalize-space()='Log out at Astro ID too']/@href")
    assert place.provider.sign_out(browser.session, way).url == f"{place.site}/"
    assert asks_who(browser, place)


def test_who_logged_in_by_password_is_not(browser: Browser, place: Place) -> None:
    log_in(browser, place, "ada")
    page = browser.log_in("other", PASSWORD)
    assert "OIDC_SESSION" not in browser.session.cookies
    assert browser.fill(page, "/logout").url == f"{place.site}/"


def test_no_table_holds_what_the_provider_gives(
    browser: Browser, place: Place, make_database: DatabaseMaker
) -> None:
    url = way_back(browser, place, "ada")
    flow = json.loads(base64.urlsafe_b64decode(str(browser.session.cookies["OIDC"])))
    answer = {key: one for key, (one,) in parse_qs(urlsplit(url).query).items()}
    assert browser.session.get(url, timeout=30).url == f"{place.site}/account"
    secrets = {
        "code": answer["code"],
        **{name: flow[name] for name in ("state", "nonce", "verifier")},
    }
    with make_database.superuser("openid").connect() as connection:
        assert holding(connection, {"subject": "ada"}), "it is this database"
        assert holding(connection, secrets) == []


def test_nothing_secret_is_in_the_log(browser: Browser, place: Place) -> None:
    url = way_back(browser, place, "ada")
    values = {key: one for key, (one,) in parse_qs(urlsplit(url).query).items()}
    browser.session.get(url, timeout=30)
    session = browser.session.cookies["SESSION"]
    assert session is not None
    log = place.log.read_text(encoding="utf-8")
    for secret in (values["code"], values["state"], session, PASSWORD, "known to both of us"):
        assert secret not in log


def test_what_was_done_is_in_the_audit_trail(browser: Browser, place: Place) -> None:
    log_in(browser, place, "recorded")
    with place.engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT actor, action FROM auth.audit WHERE subject = 'recorded' ORDER BY entry_id"
            )
        )
        assert [tuple(row) for row in rows] == [
            ("oidc", "account added"), ("oidc", "identity linked")
        ]  # fmt: skip


def test_in_a_browser_with_scripts(place: Place) -> None:
    chromium()
    program = CACHE / "browser.mjs"
    installed()
    program.write_text((HERE / "browser.mjs").read_text(encoding="utf-8"), encoding="utf-8")
    run = subprocess.run(
        ["node", program, f"{place.site}/account/login", "chromia"],
        cwd=CACHE, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert told == {
        "url": f"{place.site}/account",
        "heading": "chromia",
        "beyond": 0,
        "session": {"httpOnly": True, "sameSite": "Lax"},
        "flow": False,
        "afterwards": f"{place.site}/",
        "complaints": [],
    }
