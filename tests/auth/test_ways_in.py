"""Every way to say who one is, on a real server process."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import requests
from pyvo.auth import AuthSession
from pyvo.dal import TAPService
from pyvo.dal.exceptions import DALQueryError

from tests.auth.conftest import PASSWORD
from vo_server.auth import identity_store

if TYPE_CHECKING:
    from sqlalchemy import Engine

COUNT = "SELECT COUNT(*) AS n FROM corot.products WHERE lc_mean_white IS NOT NULL"
VISIBLE = {"": 2, "reg": 2, "guest1": 4, "guest2": 4, "alert1": 4, "n1user": 4, "coi1": 8,
           "staff1": 14}  # fmt: skip
"""Products whose data each account gets."""


def asked(site: str, **how: object) -> requests.Response:
    """Count by TAP the products whose data the caller gets."""
    form = {"LANG": "ADQL", "QUERY": COUNT, "FORMAT": "csv"}
    return requests.post(f"{site}/tap/sync", data=form, timeout=30, **how)  # type: ignore[arg-type] # of requests


def number(answer: requests.Response) -> int:
    assert answer.status_code == 200, answer.text
    return int(answer.text.split()[1])


@pytest.mark.parametrize("name", VISIBLE)
def test_basic_gives_each_tier_its_own(site: str, name: str) -> None:
    answer = asked(site, auth=(name, PASSWORD) if name else None)
    assert number(answer) == VISIBLE[name]
    assert answer.headers.get("X-VO-Authenticated", "") == name
    assert {"Authorization", "Cookie"} <= {
        part.strip() for part in answer.headers["Vary"].split(",")
    }
    if name:
        assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "credentials", [("coi1", "wrong"), ("nobody", PASSWORD), ("disabled", PASSWORD), ("", "")]
)
@pytest.mark.parametrize("path", ["/tap/sync", "/tap/tables", "/tap/capabilities", "/ssa", "/"])
def test_wrong_credentials_are_a_401_and_never_the_public(
    site: str, path: str, credentials: tuple[str, str]
) -> None:
    answer = requests.get(site + path, auth=credentials, timeout=30)
    assert answer.status_code == 401
    assert "X-VO-Authenticated" not in answer.headers
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert "name or the password is wrong" in answer.text


@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic %%%", "Basic bm9jb2xvbg==", "Bearer", "Bearer x", "Digest username=x",
     "Bearer vo_0123456789abcdef_" + 43 * "x", "Basic /////w==", "Basic é", "Basic =",
     "Basic AA=="],
)  # fmt: skip
def test_a_malformed_header_is_a_401(site: str, header: str) -> None:
    answer = asked(site, headers={"Authorization": header})
    assert answer.status_code == 401
    assert 'name="QUERY_STATUS" value="ERROR"' in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("service", ["tap", "ssa"])
def test_capabilities_say_how_to_log_in(site: str, service: str, method: str) -> None:
    url = f"{site}/{service}/capabilities"
    with requests.request(method, url, timeout=30) as answer:
        challenges = answer.raw.headers.getlist("WWW-Authenticate")
    assert answer.status_code == 200
    assert [challenge.split()[0] for challenge in challenges] == [
        "Basic", "Bearer", "ivoa_cookie", "ivoa_bearer",
    ]  # fmt: skip
    # A browser could run scripts of it, as of any XML.
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert f'access_url="{site}/login"' in challenges[2]
    assert 'standard_id="ivo://ivoa.net/sso#tls-with-password"' in challenges[2]


def test_the_cookie_of_a_log_in_as_topcat_does_it(site: str) -> None:
    with requests.Session() as session:
        form = {"username": "coi1", "password": PASSWORD}
        answer = session.post(f"{site}/login", data=form, timeout=30, allow_redirects=False)
        assert answer.status_code == 200
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie  # the base URL is http here
        head = session.head(f"{site}/tap/capabilities", timeout=30)
        assert head.headers["X-VO-Authenticated"] == "coi1"
        again = session.post(f"{site}/tap/sync", data={"LANG": "ADQL", "QUERY": COUNT,
                                                       "FORMAT": "csv"}, timeout=30)  # fmt: skip
        assert number(again) == VISIBLE["coi1"]
        before = session.cookies["SESSION"]
        session.post(f"{site}/login", data=form, timeout=30)
        assert session.cookies["SESSION"] != before
        assert asked(site, cookies={"SESSION": before}).status_code == 401
        kept = session.cookies["SESSION"]
        session.post(f"{site}/logout", timeout=30)
        assert not session.cookies
    gone = asked(site, cookies={"SESSION": kept})
    assert gone.status_code == 401
    assert "SESSION=;" in gone.headers["Set-Cookie"]


@pytest.mark.parametrize("path", ["/login", "/token"])
def test_a_wrong_log_in(site: str, path: str) -> None:
    form = {"username": "coi1", "password": "wrong"}
    answer = requests.post(site + path, data=form, timeout=30)
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert requests.post(site + path, data={"username": "coi1"}, timeout=30).status_code == 400


def test_a_token_by_log_in(site: str) -> None:
    form = {"username": "guest1", "password": PASSWORD}
    answer = requests.post(f"{site}/token", data=form, timeout=30)
    assert answer.status_code == 200
    assert answer.headers["X-VO-Authenticated"] == "guest1"
    bearer = {"Authorization": f"Bearer {answer.headers['X-VO-Bearer']}"}
    assert number(asked(site, headers=bearer)) == VISIBLE["guest1"]
    other = bearer["Authorization"][:-1] + ("A" if bearer["Authorization"][-1] != "A" else "B")
    assert asked(site, headers={"Authorization": other}).status_code == 401


@pytest.mark.parametrize("path", ["/login", "/token", "/logout"])
def test_a_page_of_another_site_logs_nobody_in_or_out(site: str, path: str) -> None:
    form = {"username": "coi1", "password": PASSWORD}
    headers = {"Origin": "https://evil.example.org"}
    answer = requests.post(site + path, data=form, headers=headers, timeout=30)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_a_page_of_another_site_cannot_use_a_session(site: str) -> None:
    with requests.Session() as session:
        form = {"username": "coi1", "password": PASSWORD}
        session.post(f"{site}/login", data=form, timeout=30)
        query = {"LANG": "ADQL", "QUERY": COUNT}
        headers = {"Origin": "https://evil.example.org"}
        answer = session.post(f"{site}/tap/sync", data=query, headers=headers, timeout=30)
        assert answer.status_code == 403
        own = session.post(f"{site}/tap/sync", data=query, headers={"Origin": site}, timeout=30)
        assert own.status_code == 200


SUBJECT = "CN=M. Mayor,O=Example,C=CH"


def test_a_certificate_that_a_trusted_proxy_checked(site: str, app_engine: Engine) -> None:
    headers = {"X-Client-Verify": "SUCCESS", "X-Client-Subject": SUBJECT}
    assert asked(site, headers=headers).status_code == 401
    with app_engine.begin() as connection:
        identity_store.link(connection, identity_store.CERTIFICATE, SUBJECT, "n1user")
    assert number(asked(site, headers=headers)) == VISIBLE["n1user"]
    # One that failed is told to be wrong, but hinders nobody from logging in by another way.
    failed = {**headers, "X-Client-Verify": "FAILED:certificate has expired"}
    assert asked(site, headers=failed).status_code == 401
    assert number(asked(site, headers=failed, auth=("reg", PASSWORD))) == VISIBLE["reg"]
    assert requests.get(f"{site}/account/login", headers=failed, timeout=30).status_code == 200
    for none in ({**headers, "X-Client-Verify": "NONE"}, {"X-Client-Subject": SUBJECT}):
        assert number(asked(site, headers=none)) == VISIBLE[""]


def test_failures_make_the_next_attempt_wait(site: str) -> None:
    for _ in range(5):
        assert asked(site, auth=("guest2", "wrong")).status_code == 401
    slow = asked(site, auth=("guest2", "wrong"))
    assert slow.status_code == 429
    assert int(slow.headers["Retry-After"]) >= 1
    # Neither another password nor another account from this address gets around it.
    assert asked(site, auth=("guest2", PASSWORD + "x")).status_code == 429
    assert asked(site, auth=("reg", "wrong")).status_code == 429
    # Another address, as the trusted proxy tells it, is let try another account.
    elsewhere = {"X-Forwarded-For": "203.0.113.9"}
    assert asked(site, auth=("reg", "wrong"), headers=elsewhere).status_code == 401


def test_an_older_stilts_is_answered_as_the_public(site: str) -> None:
    """It waits for a 401 before it says who it is, or its password would be found wrong here."""
    stilts = shutil.which("stilts")
    if stilts is None:
        if os.environ.get("CI") == "true":
            pytest.fail("stilts is missing: tests/install-tools.sh installs it")
        pytest.skip("stilts is not installed (Debian package stilts)")
    who = ("-Dstar.basicauth.user=coi1", "-Dstar.basicauth.password=wrong")
    version = subprocess.run([stilts, "-version"], capture_output=True, text=True, check=True)
    if "STILTS version 3.4.7" not in version.stdout + version.stderr:
        pytest.skip("this STILTS may know how to log in")
    done = subprocess.run(
        [stilts, *who, "tapquery", f"tapurl={site}/tap", f"adql={COUNT}", "sync=true", "ofmt=csv"],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.split() == ["n", str(VISIBLE[""])]


def test_pyvo_logs_in(site: str) -> None:
    session = AuthSession()
    session.credentials.set_password("coi1", PASSWORD)
    service = TAPService(f"{site}/tap", session=session)
    assert service.search(COUNT)["n"][0] == VISIBLE["coi1"]
    wrong = AuthSession()
    wrong.credentials.set_password("coi1", "wrong")
    with pytest.raises(DALQueryError, match="name or the password is wrong"):
        TAPService(f"{site}/tap", session=wrong).search(COUNT)
