"""How the files are given out: conditions, ranges, the page, and other storages."""

from __future__ import annotations

import re
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import requests
from lxml import html
from sqlalchemy import text

from tests.jobs.test_storage import s3
from tests.support.accounts import withdraw
from tests.support.rows import Products, insert_products
from tests.support.server import running_server, running_worker
from vo_server.exports.forms import FORMS

if TYPE_CHECKING:
    from tests.exports.conftest import Lab, MakeLab

__all__ = ["s3"]

NAMES = [*(form.name for form in FORMS), "manifest.json", "manifest.json.sig"]
LATER = "Fri, 01 Jan 2999 00:00:00 GMT"
EARLIER = "Thu, 01 Jan 2009 00:00:00 GMT"


@pytest.mark.parametrize("name", NAMES)
def test_validators_and_conditions(exported: Lab, name: str) -> None:
    path = f"/exports/{name}"
    whole = exported.get(path)
    etag, changed = whole.headers["ETag"], whole.headers["Last-Modified"]
    assert etag.startswith('"'), "a strong one"
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Cache-Control"] == "no-cache"
    assert whole.headers["Access-Control-Allow-Origin"] == "*"
    assert whole.headers["Content-Length"] == str(len(whole.data))
    for headers in ({"If_None_Match": etag}, {"If_Modified_Since": changed}):
        again = exported.get(path, **headers)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == etag
    assert exported.get(path, If_None_Match='"other"').status_code == 200
    assert exported.get(path, If_Modified_Since=EARLIER).status_code == 200
    for headers in ({"If_Match": '"other"'}, {"If_Unmodified_Since": EARLIER}):
        refused = exported.get(path, **headers)
        assert refused.status_code == 412
        assert b"not in the state" in refused.data
    assert exported.get(path, If_Unmodified_Since=LATER).status_code == 200
    # Compressed bytes would have another tag.
    assert exported.get(path, Accept_Encoding="gzip").data == whole.data


@pytest.mark.parametrize("name", NAMES)
def test_ranges_and_head(exported: Lab, name: str) -> None:
    path = f"/exports/{name}"
    whole = exported.get(path)
    etag = whole.headers["ETag"]
    for asked, part in (
        ("bytes=0-9", whole.data[:10]),
        ("bytes=-7", whole.data[-7:]),
        ("bytes=20-", whole.data[20:]),
    ):
        answer = exported.get(path, Range=asked, If_Range=etag)
        assert (answer.status_code, answer.data) == (206, part)
    assert exported.get(path, Range="bytes=0-9", If_Range='"other"').data == whole.data
    outside = exported.get(path, Range="bytes=99999999-")
    assert outside.status_code == 416
    assert outside.headers["Content-Range"] == f"bytes */{len(whole.data)}"
    head = exported.client.head(path, buffered=True)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.data))
    assert head.headers["ETag"] == etag


def test_media_types(exported: Lab) -> None:
    kinds = {name: exported.get(f"/exports/{name}").content_type for name in NAMES}
    assert kinds == {
        "all_data.txt": "text/plain; charset=utf-8",
        "all_data.vot": "application/x-votable+xml",
        "all_data.parquet": "application/vnd.apache.parquet",
        "all_data.csv": "text/csv; header=present; charset=utf-8",
        "products.csv": "text/csv; header=present; charset=utf-8",
        "manifest.json": "application/json",
        "manifest.json.sig": "application/octet-stream",
    }


@pytest.mark.parametrize("name", ["nothing", "..%2Fmanifest", "%00", "all_data.vot%2F"])
def test_other_names_are_not_found(exported: Lab, name: str) -> None:
    answer = exported.get(f"/exports/{name}")
    assert answer.status_code == 404


def test_the_page_lists_files_with_sizes_dates_and_checksums(exported: Lab) -> None:
    answer = exported.get("/exports")
    page: html.HtmlElement = html.fromstring(answer.text)
    shown = " ".join(page.text_content().split())
    edition = exported.store.current()
    assert edition is not None
    for file in edition.files:
        assert file.sha256 in shown
        assert f"{file.changed:%Y-%m-%d %H:%M:%S}" in shown
    links = [str(link) for link in page.xpath("//main//a/@href")]
    assert {f"/exports/{name}" for name in NAMES} <= set(links)
    for link in links:
        assert exported.get(link).status_code == 200
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert not page.xpath("//script[not(@src)] | //style | //@style | //@onclick")
    assert len(page.findall(".//h1")) == len(page.findall(".//main")) == 1


def test_the_page_before_the_first_edition(lab: Lab) -> None:
    answer = lab.get("/exports")
    assert answer.status_code == 200
    assert "being made" in answer.text
    missing = lab.get("/exports/all_data.txt")
    assert missing.status_code == 503
    assert missing.headers["Retry-After"] == "10"
    assert lab.get("/.well-known/vo-signing-keys.json").get_json() == {"keys": []}


def test_exports_in_s3(make_lab: MakeLab, s3: str) -> None:  # the fixture
    lab = make_lab("x_s3", export_storage="s3://corot-jobs/exports")
    with lab.owner.begin() as owner:
        insert_products(owner, Products(first=1, count=3))
    lab.maker.refresh()
    assert lab.stars() == [1, 2, 3]
    whole = lab.content("all_data.vot")
    assert lab.get("/exports/all_data.vot", Range="bytes=5-9").data == whole[5:10]
    with lab.owner.begin() as owner:
        insert_products(owner, Products(first=4, count=1))
    lab.maker.refresh()
    with lab.app.begin() as app:
        app.execute(
            text("UPDATE exports.editions SET retired = '2000-01-01' WHERE retired < now()")
        )
    lab.maker.make()
    assert lab.stars() == [1, 2, 3, 4]
    with urllib.request.urlopen(f"{s3}/corot-jobs?prefix=exports/", timeout=30) as listed:
        assert listed.read().count(b"<Key>") == 2 * len(FORMS), "of the last two editions"


def test_workers_make_exports_at_each_change_and_release(lab: Lab) -> None:
    """A real server, and two workers of which one is killed."""
    with lab.owner.begin() as owner:
        insert_products(owner, Products(first=1, count=2))
    with (
        running_server(lab.settings) as url,
        running_worker(lab.settings) as first,
        running_worker(lab.settings),
        requests.Session() as session,
    ):

        def exported() -> set[int] | None:
            answer = session.get(f"{url}/exports/products.csv", timeout=60)
            if answer.status_code == 503:
                return None
            return {int(line[:10]) for line in answer.text.split()[1:]}

        def awaited(stars: set[int]) -> None:
            deadline = time.monotonic() + 120
            while (found := exported()) != stars:
                assert time.monotonic() < deadline, found
                time.sleep(0.2)

        awaited({1, 2})
        first.kill()
        with lab.owner.begin() as owner:
            withdraw(owner, 2, 1)
            insert_products(owner, Products(first=5, count=1))
        awaited({1, 5})
        moment = datetime.now(UTC) + timedelta(seconds=5)
        date = moment.replace(tzinfo=None).isoformat()
        with lab.owner.begin() as owner:
            insert_products(owner, Products(first=8, count=1, release_date=date))
        while (found := exported()) == {1, 5}:
            time.sleep(0.1)
        assert datetime.now(UTC) >= moment, found
        awaited({1, 5, 8})
        told = session.get(f"{url}/feeds/changes.atom", timeout=60).text
        kinds = re.findall('category term="([a-z]+)"', told)
        assert sorted(kinds) == ["published"] * 4 + ["released", "withdrawn"]
