"""The pages of administrators, as a browser without scripts uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.auth.browser import Browser, found, text_of
from tests.auth.conftest import PASSWORD
from tests.auth.test_ways_in import VISIBLE, asked, number

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def admin(site: str) -> Iterator[Browser]:
    """An administrator's browser."""
    with Browser(site) as opened:
        opened.log_in("admin1", PASSWORD, "/account/login?next=/admin")
        yield opened


def test_an_account_is_made_granted_something_and_disabled(admin: Browser, site: str) -> None:
    page = admin.open("/admin")
    form: dict[str, object] = {
        "name": "mmayor", "full_name": "M. <Mayor>", "email": "mm@example.org", "group": ["guest"],
        "password": PASSWORD,
    }  # fmt: skip
    page = admin.fill(page, "/users", form)
    assert page.url == f"{site}/admin/users/mmayor?done=added"
    assert "M. <Mayor>" in text_of(page)
    own = ("mmayor", PASSWORD)
    assert number(asked(site, auth=own)) == VISIBLE["reg"]

    (link,) = found(page, "//a[text()='Grant something']/@href")
    page = admin.fill(admin.open(link), "/grants", {"run": "LRc01", "note": "proposal 7"})
    assert "The grant is made." in text_of(page)
    assert number(asked(site, auth=own)) == VISIBLE["guest2"]
    page = admin.open("/admin/users/mmayor")
    assert "N2 all LRc01 all" in text_of(page)
    page = admin.fill(page, "/revoke", number=-1)
    assert "The grant ends now." in text_of(page)
    assert number(asked(site, auth=own)) == VISIBLE["reg"]

    page = admin.fill(admin.open("/admin/users/mmayor"), "/groups", {"group": ["coi"]})
    assert number(asked(site, auth=own)) == VISIBLE["coi1"]
    page = admin.fill(page, "/mmayor", {"full_name": "Michel Mayor"})
    assert found(page, "//h1/text()") == ["Michel Mayor"]
    subject: dict[str, object] = {"subject": "CN=Mayor"}
    page = admin.fill(page, "/identities", subject)
    assert "certificate CN=Mayor" in text_of(page)
    page = admin.fill(page, "/identities")
    assert "certificate CN=Mayor" not in text_of(page).partition("What was changed")[0]
    page = admin.fill(page, "/state")
    assert "disabled since" in text_of(page)
    assert asked(site, auth=own).status_code == 401
    page = admin.fill(page, "/state")
    assert number(asked(site, auth=own)) == VISIBLE["coi1"]
    for what in ("account added", "group joined", "account changed", "account disabled",
                 "account enabled", "identity linked", "identity unlinked"):  # fmt: skip
        assert f"admin1 {what} mmayor" in text_of(page)


def test_a_group_a_grant_of_stars_and_a_level(admin: Browser, site: str) -> None:
    page = admin.open("/admin/groups")
    page = admin.fill(page, "/groups", {"name": "ap-40", "description": "Programme 40"})
    assert "ap-40 Programme 40 nobody" in text_of(page)
    admin.fill(admin.open("/admin/users/n1user"), "/groups", {"group": ["n1", "ap-40"]})
    assert "n1user" in text_of(admin.open("/admin/groups"))
    form: dict[str, object] = {
        "group": "ap-40", "stars": "3000, 3001\n3002", "valid_until": "2990-01-01",
    }  # fmt: skip
    page = admin.fill(admin.open("/admin/grants"), "/grants", form)
    assert "group ap-40 N2 all all 3" in text_of(page)
    own = ("n1user", PASSWORD)
    assert number(asked(site, auth=own)) == VISIBLE["n1user"] + 2
    page = admin.fill(page, "/revoke", number=-1)
    assert number(asked(site, auth=own)) == VISIBLE["n1user"]
    assert "N1A" in text_of(page)
    page = admin.fill(page, "/levels")
    assert "listed to everybody" in text_of(page).partition("Levels")[2]
    assert "level" in text_of(admin.open("/admin/audit?subject=N1"))
    page = admin.fill(page, "/levels")


@pytest.mark.parametrize(
    ("place", "action", "values", "status", "message"),
    [
        ("", "/users", {"name": "X Y"}, 400, "begins with a lower-case letter"),
        ("", "/users", {"name": "reg"}, 409, "An account reg exists already"),
        ("/groups", "/groups", {"name": "coi", "description": "x"}, 409, "exists already"),
        ("/grants", "/grants", {}, 400, "either to an account or to a group"),
        ("/grants", "/grants", {"account": "nobody"}, 404, "There is no account nobody"),
        ("/grants", "/grants", {"group": "coi", "run": "X"}, 404, "no run X"),
        ("/grants", "/grants", {"group": "coi", "stars": "1 x"}, 400, "x is no CoRoT id"),
        ("/grants", "/grants", {"group": "coi", "valid_from": "soon"}, 400, "soon is no date"),
        ("/users/admin1", "/groups", {"group": ["coi"]}, 409, "themselves out of admin"),
        ("/users/admin1", "/state", {}, 409, "their own account"),
        ("/users/reg", "/identities", {"subject": ""}, 400, "give provider and subject"),
    ],
)
def test_a_mistake_is_told_on_the_page(  # noqa: PLR0913, PLR0917 # a line of the table
    admin: Browser, place: str, action: str, values: dict[str, object], status: int, message: str
) -> None:
    page = admin.fill(admin.open(f"/admin{place}"), action, values)
    assert page.status_code == status
    assert message.lower() in text_of(page).lower()
    for name, value in values.items():
        if isinstance(value, str) and place in ("", "/grants"):
            written = found(page, f"//*[@name='{name}']/@value | //textarea[@name='{name}']/text()")
            chosen = found(page, f"//select[@name='{name}']/option[@selected]/text()")
            assert value in (*written, *chosen)


def test_accounts_are_found_and_entries_turned_over(admin: Browser) -> None:
    page = admin.open("/admin?q=guest1")
    assert found(page, "//tbody/tr/th/a/text()") == ["guest1"]
    assert "No account has this." in text_of(admin.open("/admin?q=nosuch"))
    for _ in range(30):
        admin.fill(admin.open("/admin/users/reg"), "/groups", {"group": ["guest"]})
        admin.fill(admin.open("/admin/users/reg"), "/groups", {"group": []})
    page = admin.open("/admin/audit?subject=reg")
    assert len(found(page, "//tbody/tr")) == 50
    (older,) = found(page, "//a[text()='Older entries']/@href")
    assert "account added" in text_of(admin.open(older))
    assert admin.open("/admin/users/nobody").status_code == 404


@pytest.mark.parametrize("name", ["reg", "staff1", ""])
def test_the_pages_are_for_administrators(site: str, name: str) -> None:
    with Browser(site) as browser:
        if name:
            page = browser.log_in(name, PASSWORD, "/account/login?next=/admin")
            assert page.status_code == 403
            assert "These pages are for administrators." in text_of(page)
            assert not found(page, "//a[text()='Administration']")
        else:
            assert browser.open("/admin").url == f"{site}/account/login?next=/admin"


def test_a_form_from_elsewhere_changes_nothing(admin: Browser, site: str) -> None:
    form = {"name": "forged", "description": "x"}
    answer = admin.session.post(f"{site}/admin/groups", data=form, timeout=30)
    assert answer.status_code == 403
    assert "forged" not in text_of(admin.open("/admin/groups"))


@pytest.mark.parametrize("path", ["", "/users/reg", "/groups", "/grants", "/audit"])
def test_the_pages_can_be_used_without_seeing_them(admin: Browser, path: str) -> None:
    answer = admin.open(f"/admin{path}")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert not found(answer, "//style | //@style | //@onclick | //script | //iframe")
    assert len(found(answer, "//h1")) == 1
    kinds = "@type='hidden' or @type='checkbox'"
    visible = found(answer, f"//input[not({kinds})] | //select | //textarea")
    assert {field.get("id") for field in visible} == set(found(answer, "//label/@for"))
    named = found(answer, "//@id")
    assert len(named) == len(set(named))
