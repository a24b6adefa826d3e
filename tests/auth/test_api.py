"""The JSON API, on a real server process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.auth.conftest import PASSWORD
from tests.auth.test_ways_in import VISIBLE, asked, number

ADMIN = ("admin1", PASSWORD)


def call(site: str, method: str, path: str, body: object = None, **how: object) -> Any:  # noqa: ANN401 # JSON
    """Ask as an administrator; give what is answered."""
    how.setdefault("auth", ADMIN)
    answer = requests.request(method, f"{site}/api{path}", json=body, timeout=30, **how)  # type: ignore[arg-type] # of requests
    assert answer.status_code in (200, 201, 204), answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json() if answer.content else None


def told(site: str, subject: str) -> list[str]:
    """List what the audit trail says was done to somebody, oldest first."""
    entries = call(site, "GET", f"/audit?subject={subject}")
    assert {entry["actor"] for entry in entries} == {"admin1"}
    return [entry["action"] for entry in reversed(entries)]


def test_an_account_and_its_grants_from_beginning_to_end(site: str) -> None:
    made = call(
        site, "POST", "/users",
        {"name": "api-user", "full_name": "Api User", "email": "A@example.org",
         "groups": ["guest"], "password": PASSWORD},
    )  # fmt: skip
    assert (made["tier"], made["email"], made["groups"]) == ("guest", "a@example.org", ["guest"])
    own = ("api-user", PASSWORD)
    assert number(asked(site, auth=own)) == VISIBLE["reg"]

    # Each change counts from the next request on.
    grant = call(site, "POST", "/grants", {"account": "api-user", "stars": [3000, 3001]})
    assert grant["stars"] == [3000, 3001]
    assert grant["holder"] == "account:api-user"
    assert number(asked(site, auth=own)) == VISIBLE["reg"] + 2
    call(site, "DELETE", f"/grants/{grant['grant_id']}")
    assert number(asked(site, auth=own)) == VISIBLE["reg"]
    call(site, "PUT", "/users/api-user/groups/coi")
    assert number(asked(site, auth=own)) == VISIBLE["coi1"]
    call(site, "DELETE", "/users/api-user/groups/coi")
    assert number(asked(site, auth=own)) == VISIBLE["reg"]

    changed = call(site, "PATCH", "/users/api-user", {"full_name": "Else", "email": None})
    assert (changed["full_name"], changed["email"]) == ("Else", None)
    call(site, "PATCH", "/users/api-user", {"disabled": True})
    assert asked(site, auth=own).status_code == 401
    call(site, "PATCH", "/users/api-user", {"disabled": False, "password": f"{PASSWORD} 2"})
    assert asked(site, auth=own).status_code == 401
    assert number(asked(site, auth=("api-user", f"{PASSWORD} 2"))) == VISIBLE["reg"]
    # Either all of a change is made or nothing.
    body = {"full_name": "Half", "groups": ["coi", "none"]}
    url = f"{site}/api/users/api-user"
    assert requests.patch(url, json=body, auth=ADMIN, timeout=30).status_code == 404
    kept = call(site, "GET", "/users/api-user")
    assert (kept["full_name"], kept["groups"]) == ("Else", ["guest"])
    changed = call(site, "PATCH", "/users/api-user", {"groups": ["alert", "n1"]})
    assert changed["groups"] == ["alert", "n1"]
    assert told(site, "api-user") == [
        "account added", "group joined", "group left", "account changed", "account disabled",
        "password set", "account enabled", "group joined", "group joined", "group left",
    ]  # fmt: skip
    assert told(site, "account:api-user") == ["granted", "revoked"]


def test_groups_with_members_and_grants(site: str) -> None:
    group = call(site, "POST", "/groups", {"name": "ap-30", "description": "Programme 30"})
    assert group == {"name": "ap-30", "description": "Programme 30", "members": [], "grants": []}
    call(site, "PUT", "/users/reg/groups/ap-30")
    call(site, "POST", "/grants", {
        "group": "ap-30", "run": "LRc01", "channel": "exoplanet", "note": "proposal 30",
        "valid_until": "2990-01-01T12:00:00+02:00",
    })  # fmt: skip
    group = call(site, "GET", "/groups/ap-30")
    assert group["members"] == ["reg"]
    assert group["grants"][0]["valid_until"] == "2990-01-01T10:00:00Z"
    own = {"auth": ("reg", PASSWORD)}
    assert number(asked(site, **own)) == VISIBLE["guest2"]
    account = call(site, "GET", "/account", **own)
    assert [grant["note"] for grant in account["grants"]] == ["proposal 30"]
    assert account["tier"] == "registered"
    call(site, "DELETE", "/users/reg/groups/ap-30")
    assert number(asked(site, **own)) == VISIBLE["reg"]
    assert "ap-30" in {group["name"] for group in call(site, "GET", "/groups")}


def test_a_level_is_listed_and_not(site: str) -> None:
    query = "SELECT COUNT(*) AS n FROM corot.products WHERE version = 'N1-1.0'"
    count = {"LANG": "ADQL", "FORMAT": "csv", "QUERY": query}

    def listed() -> int:
        return number(requests.post(f"{site}/tap/sync", data=count, timeout=30))

    assert listed() == 0
    assert {"name": "N1", "listed": False}.items() <= next(
        level for level in call(site, "GET", "/levels") if level["name"] == "N1"
    ).items()
    call(site, "PATCH", "/levels/N1", {"listed": True})
    assert listed() == 2
    call(site, "PATCH", "/levels/N1", {"listed": False})
    assert listed() == 0
    assert told(site, "N1")[-2:] == ["level listed", "level unlisted"]


def test_identities_are_linked_and_unlinked(site: str) -> None:
    subject = "CN=Api,O=Example/Unit,C=FR"
    headers = {"X-Client-Verify": "SUCCESS", "X-Client-Subject": subject}
    body = {"provider": "certificate", "subject": subject}
    (linked,) = call(site, "POST", "/users/coi1/identities", body)
    assert linked["subject"] == subject
    assert number(asked(site, headers=headers)) == VISIBLE["coi1"]
    answer = requests.post(f"{site}/api/users/reg/identities", json=body, auth=ADMIN, timeout=30)
    assert answer.status_code == 409
    assert number(asked(site, headers=headers)) == VISIBLE["coi1"]
    call(site, "DELETE", "/users/coi1/identities", params=body)
    assert asked(site, headers=headers).status_code == 401
    again = requests.delete(
        f"{site}/api/users/coi1/identities", params=body, auth=ADMIN, timeout=30
    )
    assert again.status_code == 404


def test_the_audit_trail_is_read_in_pages(site: str) -> None:
    call(site, "POST", "/groups", {"name": "paged", "description": "x"})
    first = call(site, "GET", "/audit?limit=2")
    assert len(first) == 2
    second = call(site, "GET", f"/audit?limit=2&before={first[-1]['entry_id']}")
    numbers = [entry["entry_id"] for entry in (*first, *second)]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 4


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "detail"),
    [
        ("POST", "/users", None, 400, "Content-Type: application/json"),
        ("POST", "/users", [], 400, "Input should be an object"),
        ("POST", "/users", {}, 400, "Name: Field required"),
        ("POST", "/users", {"name": "x1", "colour": 1}, 400, "Colour: Extra inputs"),
        ("POST", "/users", {"name": "X Y"}, 400, "begins with a lower-case letter"),
        ("POST", "/users", {"name": "x1", "email": "x"}, 400, "no e-mail address"),
        ("POST", "/users", {"name": "x1", "password": "short"}, 400, "12 to 256 characters"),
        ("POST", "/users", {"name": "x1", "groups": ["none"]}, 404, "There is no group none"),
        ("POST", "/users", {"name": "reg"}, 409, "exists already"),
        ("GET", "/users/nobody", None, 404, "There is no account nobody."),
        ("PATCH", "/users/nobody", {"disabled": True}, 404, "no account nobody"),
        ("PATCH", "/users/reg", {"email": "x"}, 400, "no e-mail address"),
        ("PATCH", "/users/reg", {"disabled": "perhaps"}, 400, "Disabled: Input should be a valid"),
        ("PATCH", "/users/admin1", {"disabled": True}, 409, "ask another administrator"),
        ("DELETE", "/users/admin1/groups/admin", None, 409, "themselves"),
        ("PUT", "/users/reg/groups/none", None, 404, "no group none"),
        ("PUT", "/users/reg/groups/registered", None, 400, "Everybody"),
        ("GET", "/groups/none", None, 404, "no group none"),
        ("POST", "/groups", {"name": "coi", "description": "x"}, 409, "exists already"),
        ("POST", "/groups", {"name": "x1", "description": " "}, 400, "whom the group is for"),
        ("GET", "/grants/4711", None, 404, "no grant 4711"),
        ("DELETE", "/grants/4711", None, 404, "no grant 4711"),
        ("POST", "/grants", {}, 400, "either to an account or to a group"),
        ("POST", "/grants", {"group": "coi", "run": "LRx9"}, 404, "no run LRx9"),
        ("POST", "/grants", {"group": "coi", "stars": [1, 1]}, 400, "named twice"),
        ("POST", "/grants", {"group": "coi", "stars": [2**63]}, 400, "Stars.0: Input should be"),
        ("POST", "/grants", {"group": "coi", "valid_until": "soon"}, 400, "Valid_until: Input"),
        ("PATCH", "/levels/N9", {"listed": True}, 404, "no level N9"),
        ("GET", "/audit?limit=0", None, 400, "1 to 1000"),
        ("GET", "/audit?before=x", None, 400, "whole numbers"),
        ("GET", "/nothing", None, 404, "no GET /api/nothing"),
        ("DELETE", "/users", None, 404, "no DELETE /api/users"),
    ],
)  # fmt: skip
def test_a_mistake_is_told(  # noqa: PLR0913, PLR0917 # a line of the table
    site: str,
    method: str,
    path: str,
    body: dict[str, Any] | list[Any] | None,
    status: int,
    detail: str,
) -> None:
    answer = requests.request(method, f"{site}/api{path}", json=body, auth=ADMIN, timeout=30)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert detail in answer.json()["detail"]


def test_a_refused_password_is_not_repeated(site: str) -> None:
    body = {"name": "x1", "password": ["very secret thing"]}
    answer = requests.post(f"{site}/api/users", json=body, auth=ADMIN, timeout=30)
    assert answer.status_code == 400
    assert "very secret thing" not in answer.text


@pytest.mark.parametrize("name", ["", *(name for name in VISIBLE if name)])
@pytest.mark.parametrize("path", ["/users", "/groups", "/grants", "/audit", "/nothing"])
def test_only_administrators_may(site: str, name: str, path: str) -> None:
    auth = (name, PASSWORD) if name else None
    answer = requests.get(f"{site}/api{path}", auth=auth, timeout=30)
    assert answer.status_code == (403 if name else 401)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert ("WWW-Authenticate" in answer.headers) == (not name)
    body = {"name": "made-by-nobody"}
    assert requests.post(f"{site}/api{path}", json=body, auth=auth, timeout=30).status_code in (
        401,
        403,
    )


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/users", {"name": "nul", "full_name": "a\0b"}),
        ("/users", {"name": "nul", "groups": ["a\0b"]}),
        ("/groups", {"name": "nul", "description": "a\0b"}),
        ("/grants", {"account": "a\0b"}),
        ("/grants", {"group": "coi", "note": "a\0b"}),
    ],
)
def test_what_cannot_be_stored_is_refused(site: str, path: str, body: dict[str, Any]) -> None:
    answer = requests.post(f"{site}/api{path}", json=body, auth=ADMIN, timeout=30)
    assert answer.status_code == 400
    assert "NUL" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/api/users/", "/admin/users/", "/records/", "/tap/async/"])
@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_nothing_is_at_a_path_with_nul(site: str, path: str, accept: str) -> None:
    headers = {"Accept": accept}
    answer = requests.get(f"{site}{path}a%00b", auth=ADMIN, headers=headers, timeout=30)
    assert answer.status_code == 404


def test_own_tokens_and_what_a_token_may_make(site: str) -> None:
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    body = {"name": "by api", "scopes": ["account"], "expires_at": later}
    made = call(site, "POST", "/account/tokens", body, auth=("guest1", PASSWORD))
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert call(site, "GET", "/account", auth=None, headers=bearer)["name"] == "guest1"
    (listed,) = (
        token
        for token in call(site, "GET", "/account/tokens", auth=None, headers=bearer)
        if token["token_id"] == made["token_id"]
    )
    assert listed["scopes"] == ["account"]
    assert made["token"] not in str(listed)

    # No token makes one that is good for more, or a session.
    more = {**body, "scopes": ["account", "data"]}
    refused = requests.post(f"{site}/api/account/tokens", json=more, headers=bearer, timeout=30)
    assert refused.status_code == 400
    assert "none that is good for more" in refused.json()["detail"]
    form = {"name": "x", "scope": ["query"], "days": "1", "session": "others"}
    page = requests.post(f"{site}/account/tokens", data=form, headers=bearer, timeout=30)
    assert page.status_code == 400
    ended = requests.post(
        f"{site}/account/sessions", data=form, headers=bearer, timeout=30, allow_redirects=False
    )
    assert ended.status_code == 303
    assert "Set-Cookie" not in ended.headers

    # Nor one that lasts longer; and those it makes end with it.
    longer = {**body, "expires_at": (datetime.now(UTC) + timedelta(days=2)).isoformat()}
    refused = requests.post(f"{site}/api/account/tokens", json=longer, headers=bearer, timeout=30)
    assert refused.status_code == 400
    assert "none that lasts longer" in refused.json()["detail"]
    child = call(site, "POST", "/account/tokens", body, auth=None, headers=bearer)
    childs = {"Authorization": f"Bearer {child['token']}"}
    grandchild = call(site, "POST", "/account/tokens", body, auth=None, headers=childs)
    other = call(site, "POST", "/account/tokens", body, auth=("guest1", PASSWORD))
    listed = call(site, "GET", "/account/tokens", auth=None, headers=childs)
    made_by = {token["token_id"]: token["made_by"] for token in listed}
    assert made_by[grandchild["token_id"]] == child["token_id"]
    assert made_by[other["token_id"]] is None

    call(site, "DELETE", f"/account/tokens/{made['token_id']}", auth=None, headers=bearer)
    answer = requests.get(f"{site}/api/account", headers=bearer, timeout=30)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    for token, status in ((child, 401), (grandchild, 401), (other, 200)):
        headers = {"Authorization": f"Bearer {token['token']}"}
        answer = requests.get(f"{site}/api/account", headers=headers, timeout=30)
        assert answer.status_code == status
    call(site, "DELETE", f"/account/tokens/{other['token_id']}", auth=("guest1", PASSWORD))


def test_a_page_of_another_site_changes_nothing(site: str) -> None:
    with requests.Session() as session:
        session.post(f"{site}/login", data={"username": "admin1", "password": PASSWORD}, timeout=30)
        body = {"name": "made-elsewhere", "description": "x"}
        foreign = {"Origin": "https://evil.example.org"}
        answer = session.post(f"{site}/api/groups", json=body, headers=foreign, timeout=30)
        assert answer.status_code == 403
        # A form of another site can send JSON, but only as text.
        plain = session.post(
            f"{site}/api/groups", data='{"name": "made-elsewhere", "description": "x"}',
            headers={"Content-Type": "text/plain"}, timeout=30,
        )  # fmt: skip
        assert plain.status_code == 400
    assert "made-elsewhere" not in str(call(site, "GET", "/groups"))
