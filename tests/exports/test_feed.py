"""The feed of changes: Atom, its archives, and harvesting it by moments."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from lxml import etree
from sqlalchemy import text

from resources.atom import ATOM
from tests.support.accounts import withdraw
from tests.support.rows import Products, insert_products
from vo_server.exports import feed as feed_module
from vo_server.exports.change_log import Difference, Known, Seen, differences

if TYPE_CHECKING:
    from tests.exports.conftest import Lab

LATER = "2999-01-01"
FEED = "/feeds/changes.atom"
_SCHEMA = Path(__file__).parents[1] / "support" / "atom.rng"
_LONG_AGO = datetime(2010, 1, 1)  # noqa: DTZ001 # as the database has it
_THEN = datetime(2012, 1, 1)  # noqa: DTZ001


class Document:
    """A document of the feed, which is valid."""

    def __init__(self, content: bytes) -> None:
        self.root = etree.fromstring(content)
        schema = etree.RelaxNG(etree.parse(_SCHEMA))
        schema.assertValid(self.root)
        ids = [self.text(one, "id") for one in self.entries]
        assert len(ids) == len(set(ids))
        for entry in self.entries:
            # RFC 4287, section 4.1.2
            assert self.text(entry, "content")

    @staticmethod
    def text(element: etree._Element, tag: str) -> str:
        return str(element.findtext(f"{{{ATOM}}}{tag}"))

    @property
    def entries(self) -> list[etree._Element]:
        return self.root.findall(f"{{{ATOM}}}entry")

    @property
    def told(self) -> list[tuple[int, str]]:
        """Stars and what became of them, in the order of the document."""
        kinds = [str(one.get("term")) for one in self.root.iter(f"{{{ATOM}}}category")]
        stars = [int(self.text(one, "title").split()[1]) for one in self.entries]
        return list(zip(stars, kinds, strict=True))

    def link(self, relation: str) -> str | None:
        for one in self.root.findall(f"{{{ATOM}}}link"):
            if one.get("rel") == relation:
                parts = urlsplit(str(one.get("href")))
                return f"{parts.path}?{parts.query}" if parts.query else parts.path
        return None


def read(lab: Lab, path: str = FEED) -> Document:
    answer = lab.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    return Document(answer.data)


def publish(lab: Lab, products: Products) -> None:
    with lab.owner.begin() as owner:
        insert_products(owner, products)
    lab.maker.refresh()


def test_a_feed_tells_what_became_of_products(lab: Lab) -> None:
    lab.maker.refresh()
    assert read(lab).told == []
    publish(lab, Products(first=1, count=2))
    publish(lab, Products(first=3, count=1, release_date=LATER))
    with lab.owner.begin() as owner:
        owner.execute(text("UPDATE corot.product_listing SET release_date = now() AT TIME ZONE"
                           " 'UTC' WHERE corot_id = 3"))  # fmt: skip
    lab.maker.refresh()
    publish(lab, Products(first=1, count=1, version="N2-4.10"))
    with lab.owner.begin() as owner:
        withdraw(owner, 2, 1)
    lab.maker.refresh()
    found = read(lab)
    assert found.told[::-1] == [
        *((1, "published"), (2, "published"), (3, "published"), (3, "released")),
        *((1, "published"), (1, "superseded"), (2, "withdrawn")),
    ]
    assert found.link("self") == FEED
    withdrawn, superseded = found.entries[0], found.entries[1]
    assert withdrawn.find(f"{{{ATOM}}}link") is None
    links = {one.get("rel"): one.get("href") for one in superseded.findall(f"{{{ATOM}}}link")}
    assert str(links["successor-version"]).endswith(
        "/products/0000000001/IRa01/EN2_STAR_CHR/N2-4.10"
    )
    assert lab.get(urlsplit(str(links["alternate"])).path).status_code in (200, 503)


def test_what_was_never_public_is_not_told(lab: Lab) -> None:
    publish(lab, Products(first=1, count=1))
    publish(lab, Products(first=2, count=1, level="N1", version="N1-1.0", release_date=LATER))
    publish(lab, Products(first=3, count=1, level="N1A", version="N1A-1.0", release_date=LATER))
    with lab.owner.begin() as owner:
        insert_products(owner, Products(first=4, count=1))
        withdraw(owner, 4, 1)
    lab.maker.refresh()
    with lab.owner.begin() as owner:
        withdraw(owner, 2, 2)
    lab.maker.refresh()
    assert read(lab).told == [(1, "published")]
    with lab.app.connect() as app:
        keys = app.execute(text("SELECT key FROM exports.known")).scalars().all()
    assert [key[:10] for key in keys] == ["0000000001"]


def test_a_product_of_a_hidden_level_is_told_when_it_is_released(lab: Lab) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=1)
    date = moment.replace(tzinfo=None).isoformat()
    publish(lab, Products(first=2, count=1, level="N1", version="N1-1.0", release_date=date))
    while datetime.now(UTC) < moment:
        assert read(lab).told == []
    lab.maker.refresh()
    found = read(lab)
    assert found.told == [(2, "released")]
    assert Document.text(found.entries[0], "published") == f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def test_conditional_requests(lab: Lab) -> None:
    publish(lab, Products(first=1, count=1))
    first = lab.get(FEED)
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    for headers in (
        {"If_None_Match": first.headers["ETag"]},
        {"If_Modified_Since": first.headers["Last-Modified"]},
    ):
        again = lab.get(FEED, **headers)
        assert (again.status_code, again.data) == (304, b"")
    publish(lab, Products(first=2, count=1))
    assert lab.get(FEED, If_None_Match=first.headers["ETag"]).status_code == 200
    head = lab.client.head(FEED)
    assert (head.status_code, head.data) == (200, b"")


def test_archives_are_whole_and_never_change(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "PAGE", 4)
    publish(lab, Products(first=1, count=11))
    seen: dict[str, bytes] = {}
    told: set[tuple[int, str]] = set()
    path: str | None = FEED
    while path is not None:
        found = read(lab, path)
        told |= set(found.told)
        if path != FEED:
            seen[path] = lab.get(path).data
            assert found.link("current") == FEED
            assert b"fh:archive" in seen[path]
        path = found.link("prev-archive")
    assert told == {(star, "published") for star in range(1, 12)}
    assert list(seen) == ["/feeds/changes/1.atom", "/feeds/changes/0.atom"]
    publish(lab, Products(first=12, count=5))
    assert {one: lab.get(one).data for one in seen} == seen
    assert lab.get("/feeds/changes/4.atom").status_code == 404
    assert lab.get("/feeds/changes/99999999999999999999.atom").status_code == 404


def test_harvesting_by_moments_misses_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "PAGE", 4)
    publish(lab, Products(first=1, count=10))
    since = "1970-01-01T00:00:00Z"
    told: list[tuple[int, str]] = []
    path: str | None = f"{FEED}?since={since}"
    while path is not None:
        found = read(lab, path)
        told += found.told
        since = Document.text(found.root, "updated")
        path = found.link("next")
    assert told == [(star, "published") for star in range(1, 11)]
    publish(lab, Products(first=11, count=1))
    assert (11, "published") in _harvested(lab, since)
    later = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert read(lab, f"{FEED}?since={later}").told == []


def _harvested(lab: Lab, since: str) -> list[tuple[int, str]]:
    told: list[tuple[int, str]] = []
    path: str | None = f"{FEED}?since={since}"
    while path is not None:
        found = read(lab, path)
        told += found.told
        path = found.link("next")
    return told


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("since=yesterday", "since is 'yesterday'; write a moment such as 2026-01-01T00:00:00Z."),
        ("since=", "since is ''"),
        ("since=2026-01-01&after=x", "after is 'x'; it must be the number of a change."),
        ("after=3", "after goes with since: give both."),
    ],
)
def test_mistakes_are_told(exported: Lab, query: str, message: str) -> None:
    answer = exported.get(f"{FEED}?{query}")
    assert answer.status_code == 400
    assert message in answer.text


@pytest.mark.parametrize(
    "since",
    [
        "2000-01-01",
        "2000-01-01T00:00:00",
        "2000-01-01T00:00:00%2B02:00",
        "2000-01-01T00:00:00+02:00",
    ],
)
def test_moments_in_each_form(exported: Lab, since: str) -> None:
    assert read(exported, f"{FEED}?since={since}").told


def known(key: str, successor: str | None, *, released: bool = True) -> Known:
    return Known(key, released, successor)


def seen(key: str, **more: object) -> Seen:
    values: dict[str, object] = {"released": True, "successor": None}
    values |= {"published_at": _THEN, "release_date": _LONG_AGO} | more
    return Seen(key, **values)  # type: ignore[arg-type] # of these types


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (None, seen("a"), ["published"]),
        (None, seen("a", release_date=_THEN + timedelta(days=1)), ["released"]),
        (None, seen("a", released=False), ["published"]),
        (None, seen("a", successor="b"), ["published", "superseded"]),
        (known("a", None), seen("a"), []),
        (known("a", None, released=False), seen("a"), ["released"]),
        (known("a", None), seen("a", released=False), ["withdrawn"]),
        (known("a", None), seen("a", successor="b"), ["superseded"]),
        (known("a", "b"), seen("a", successor="c"), ["superseded"]),
        (known("a", "b"), seen("a"), ["published"]),
        (known("a", None), None, ["withdrawn"]),
    ],
)  # fmt: skip
def test_each_difference(before: Known | None, now: Seen | None, told: list[str]) -> None:
    around = (known("A", None), known("z", None))
    known_before = sorted((*around, *([before] if before else [])), key=lambda one: one.key)
    after = sorted((seen("A"), seen("z"), *([now] if now else [])), key=lambda one: one.key)
    found = list(differences(known_before, after))
    assert [one.kind for _, _, differing in found for one in differing] == told
    assert all(key == "a" for key, _, _ in found)
    assert not list(differences([replace(one) for one in around], [seen("A"), seen("z")]))


def test_a_difference_knows_when_it_happened() -> None:
    ((_, _, told),) = differences([], [seen("a")])
    assert told == (Difference("a", "published", _THEN),)
