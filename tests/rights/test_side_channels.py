"""Nothing tells of a hidden row: two archives that differ in hidden rows answer the same.

Each question is sharp: it has another answer for the staff, who see these rows.
How long an answer takes is no part of this (``docs/rights.md``).
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from schemas.engine import APP, OWNER
from tests.rights.questions import HIDDEN, QUERIES, SAME, SEARCHES, UPLOADS
from tests.rights.twins import NUMBER, has_canary, populate
from tests.rights.world import tokens
from vo_server.app import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.support.databases import DatabaseMaker

    Form = dict[str, str | bytes]
    Headers = dict[str, str]


@dataclass(frozen=True)
class Asking:
    """Asks both archives, as somebody."""

    hidden: FlaskClient
    twin: FlaskClient
    staff_headers: dict[str, str]

    def both(
        self, path: str, *, headers: Headers | None = None, form: Form | None = None
    ) -> list[TestResponse]:
        """Ask as the public: the archive with the hidden rows, and that without."""
        return [_asked(client, path, form, headers or {}) for client in (self.hidden, self.twin)]

    def staff(
        self, path: str, *, headers: Headers | None = None, form: Form | None = None
    ) -> TestResponse:
        """Ask the archive with the hidden rows as the staff."""
        return _asked(self.hidden, path, form, (headers or {}) | self.staff_headers)


def _asked(client: FlaskClient, path: str, form: Form | None, headers: Headers) -> TestResponse:
    if form is None:
        return client.get(path, headers=headers, buffered=True)
    data = {name: (io.BytesIO(value), f"{name}.csv") if isinstance(value, bytes) else value
            for name, value in form.items()}  # fmt: skip
    return client.post(path, data=data, headers=headers, buffered=True)


@pytest.fixture(scope="module")
def asking(make_database: DatabaseMaker) -> Asking:
    made, token = [], ""
    for name, hidden in (("hidden", True), ("twin", False)):
        settings = make_database(f"side-channels-{name}", migrate=True)
        with make_database.engine(settings, OWNER).begin() as owner:
            populate(owner, hidden=hidden)
        if hidden:
            token = tokens(make_database.engine(settings, APP))["staff1"]
        app = create_app(settings.model_copy(update={"owner_password": None}))
        made.append(app.test_client())
    return Asking(made[0], made[1], {"Authorization": f"Bearer {token}"})


def assert_alike(answers: list[TestResponse], asked: str = "") -> TestResponse:
    """Hold the answers of the two archives against each other; give one of them.

    What was asked may be repeated in them.
    """
    hidden, twin = answers
    assert hidden.status == twin.status, (hidden.text, twin.text)
    assert hidden.text == twin.text
    assert dict(hidden.headers) == dict(twin.headers)
    told = f"{hidden.text} {hidden.headers}"
    assert not has_canary(told.replace(asked, "") if asked else told)
    return hidden


def query(adql: str, form: str = "csv", **more: str | bytes) -> Form:
    return {"LANG": "ADQL", "QUERY": adql, "RESPONSEFORMAT": form, **more}


@pytest.mark.parametrize("adql", [pytest.param(q, id=name) for name, q in QUERIES.items()])
def test_a_query_says_nothing_of_hidden_rows(asking: Asking, adql: str) -> None:
    answer = assert_alike(asking.both("/tap/sync", form=query(adql)))
    assert answer.status_code == 200, answer.text
    assert asking.staff("/tap/sync", form=query(adql)).text != answer.text, "it is not sharp"


@pytest.mark.parametrize("form", ["votable/td", "json", "tsv", "html", "fits", "parquet"])
def test_no_format_does(asking: Asking, form: str) -> None:
    asked = query(QUERIES["rows"], form)
    hidden, twin = asking.both("/tap/sync", form=asked)
    assert hidden.status_code == twin.status_code == 200
    assert hidden.data == twin.data
    assert asking.staff("/tap/sync", form=asked).data != hidden.data


@pytest.mark.parametrize("adql", [pytest.param(q, id=name) for name, q in SAME.items()])
def test_names_plans_and_sizes_are_the_same_for_everybody(asking: Asking, adql: str) -> None:
    answer = assert_alike(asking.both("/tap/sync", form=query(adql)))
    staff = asking.staff("/tap/sync", form=query(adql))
    assert staff.text == answer.text
    assert (answer.status_code == 200) == ("tap_schema" in adql)


@pytest.mark.parametrize(
    "path",
    ["/tap/tables", "/tap/tables/corot.products", "/tap/capabilities", "/tap/examples", "/tap", "/",
     "/ssa/capabilities", "/ssa/availability", "/ssa?REQUEST=queryData&FORMAT=METADATA"],
)  # fmt: skip
def test_pages_and_documents_say_nothing(asking: Asking, path: str) -> None:
    hidden, twin = asking.both(path)
    assert hidden.status_code == twin.status_code == 200
    assert _timeless(hidden.text) == _timeless(twin.text)
    assert not has_canary(hidden.text)


def _timeless(text: str) -> str:
    """Leave out since when a server is up."""
    return re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+Z?", "", text)


@pytest.mark.parametrize("adql", [pytest.param(q, id=name) for name, q in UPLOADS.items()])
def test_an_uploaded_table_finds_no_hidden_row(asking: Asking, adql: str) -> None:
    table = f"star,number,ra,dec\n{HIDDEN},{NUMBER},176.54321,-76.54321\n"
    form = query(adql, UPLOAD="t,param:f", f=table.encode())
    answer = assert_alike(asking.both("/tap/sync", form=form), str(HIDDEN))
    assert answer.status_code == 200, answer.text
    assert asking.staff("/tap/sync", form=form).text != answer.text, "it is not sharp"


@pytest.mark.parametrize("search", [pytest.param(s, id=name) for name, s in SEARCHES.items()])
def test_a_search_says_nothing_of_hidden_rows(asking: Asking, search: str) -> None:
    answer = assert_alike(asking.both(f"/ssa?{search}"))
    assert answer.status_code == 200
    if "PUBDID" not in search and "TARGETNAME" not in search:
        assert asking.staff(f"/ssa?{search}").text != answer.text, "it is not sharp"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"If-None-Match": "*"},
        {"If-None-Match": f'"{NUMBER:064d}"'},
        {"If-Match": "*"},
        {"If-Modified-Since": "Wed, 01 Jan 2025 00:00:00 GMT"},
        {"Range": "bytes=0-3"},
    ],
)
@pytest.mark.parametrize("name", ["/CANARY_1.fits", "/other.fits", ""])
def test_an_address_says_nothing_of_a_hidden_file(
    asking: Asking, name: str, sent: dict[str, str]
) -> None:
    path = f"/products/{HIDDEN}/IRa01/EN2_STAR_CHR/N1-7.654321{name}"
    answer = assert_alike(asking.both(path, headers=sent), path.removeprefix("/products/"))
    assert answer.status_code == 404
    assert not {"ETag", "Last-Modified"} & set(answer.headers.keys())
    if name != "/other.fits":
        assert asking.staff(path, headers=sent).status_code == 503, (
            "there is such a product, for the staff"
        )


def test_what_one_caller_was_told_is_not_remembered_for_another(asking: Asking) -> None:
    """The translation of a query is kept; the answer, plan and rights are not."""
    form = query(QUERIES["rows"])
    public = asking.both("/tap/sync", form=form)[0]
    staff = asking.staff("/tap/sync", form=form)
    assert has_canary(staff.text)
    for _ in range(3):
        again = assert_alike(asking.both("/tap/sync", form=form))
        assert (again.text, dict(again.headers)) == (public.text, dict(public.headers))
        assert asking.staff("/tap/sync", form=form).text == staff.text
    assert "private" in staff.headers["Cache-Control"]
    assert {"Authorization", "Cookie"} <= set(staff.headers["Vary"].split(", "))
    etag = public.headers.get("ETag", '"x"')
    assert asking.staff("/tap/sync", form=form, headers={"If-None-Match": etag}).status_code == 200
