"""When editions are made, and what becomes of the former one."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tests.support.accounts import withdraw
from tests.support.rows import Products, insert_products
from vo_server.exports import maker as maker_module
from vo_server.exports.edition_store import state
from vo_server.exports.forms import FORMS
from vo_server.exports.maker import Outcome

if TYPE_CHECKING:
    from collections.abc import Generator

    from sqlalchemy import Connection

    from tap.votable import TableResult
    from tests.exports.conftest import Lab, MakeLab
    from vo_server.exports.edition_store import State

LATER = "2999-01-01"
FILES = ["all_data.csv", "all_data.parquet", "all_data.txt", "all_data.vot", "products.csv"]


def publish(lab: Lab, products: Products) -> None:
    with lab.owner.begin() as owner:
        insert_products(owner, products)


def folders(lab: Lab) -> set[str]:
    folder = lab.settings.data_dir / "exports"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_an_edition_is_made_when_there_is_something_new(lab: Lab) -> None:
    assert lab.get("/exports/all_data.csv").status_code == 503
    assert lab.maker.refresh() is Outcome.MADE
    assert lab.maker.refresh() is Outcome.CURRENT
    assert lab.stars() == []
    publish(lab, Products(first=1, count=3))
    assert lab.maker.refresh() is Outcome.MADE
    assert lab.maker.refresh() is Outcome.CURRENT
    assert lab.stars() == [1, 2, 3]
    edition = lab.store.current()
    assert edition is not None
    assert sorted(edition.digests) == FILES


def test_what_the_public_does_not_get_makes_no_edition(lab: Lab) -> None:
    """Nor does anything else of it show: neither dates, nor tags, nor the manifest."""
    publish(lab, Products(first=1, count=3))
    lab.maker.refresh()
    before = {name: lab.get(f"/exports/{name}") for name in (*FILES, "manifest.json")}
    for products in (
        Products(first=11, count=1, release_date=LATER),
        Products(first=21, count=1, level="N1", version="N1-1.0", release_date=LATER),
        Products(first=31, count=1, level="N1A", version="N1A-1.0", release_date=LATER),
    ):
        publish(lab, products)
        assert lab.maker.refresh() is Outcome.SAME
        assert lab.maker.refresh() is Outcome.CURRENT
    for name, first in before.items():
        now = lab.get(f"/exports/{name}")
        assert now.data == first.data
        assert now.headers["ETag"] == first.headers["ETag"]
        assert now.headers["Last-Modified"] == first.headers["Last-Modified"]
    assert len(folders(lab)) == 1


def test_what_is_withdrawn_leaves_the_exports_and_comes_back(lab: Lab) -> None:
    publish(lab, Products(first=1, count=3))
    lab.maker.refresh()
    with lab.owner.begin() as owner:
        withdraw(owner, 2, 1)
    edition = lab.store.current()
    assert edition is not None
    assert edition.stale is not None
    assert lab.maker.refresh() is Outcome.MADE
    assert lab.stars() == [1, 3]
    assert b"0000000002" not in lab.content("products.csv")
    with lab.owner.begin() as owner:
        owner.execute(text("UPDATE corot.product_listing SET withdrawn = false,"
                           " withdrawn_reason = NULL"))  # fmt: skip
    assert lab.maker.refresh() is Outcome.MADE
    assert lab.stars() == [1, 2, 3]


def test_the_newest_version_that_is_public_is_exported(lab: Lab) -> None:
    publish(lab, Products(first=1, count=1, version="N2-4.4"))
    publish(lab, Products(first=1, count=1, version="N2-4.10"))
    publish(lab, Products(first=1, count=1, version="N2-5.0", release_date=LATER))
    lab.maker.refresh()
    assert [line.split("|")[44] for line in lab.content("all_data.txt").decode().split()] == [
        "version_dir",
        "N2-4.10",
    ]
    files = lab.content("products.csv").decode()
    assert "N2-4.4/" in files
    assert "N2-4.10/" in files
    assert "N2-5.0" not in files


def test_a_change_that_is_committed_while_an_edition_is_made_is_not_lost(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.maker.refresh()
    publish(lab, Products(first=1, count=1))
    form = FORMS[0]

    def late(connection: Connection) -> State:
        found = state(connection)
        publish(lab, Products(first=2, count=1))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(maker_module, "state", late)
        assert lab.maker.refresh() is Outcome.MADE
    assert form.name in {file.name for file in lab.store.current().files}  # type: ignore[union-attr] # there is one
    assert lab.maker.refresh() is Outcome.SAME
    assert lab.stars() == [1, 2]


def test_a_file_that_is_the_same_keeps_its_date(lab: Lab) -> None:
    publish(lab, Products(first=1, count=1))
    lab.maker.refresh()
    long_ago = "Thu, 01 Jan 2026 00:00:00 GMT"
    with lab.app.begin() as app:
        app.execute(text("UPDATE exports.files SET changed = '2026-01-01T00:00:00Z'"))
    publish(lab, Products(first=1, count=1, level="N1", version="N1-2.0"))
    assert lab.maker.refresh() is Outcome.MADE
    assert lab.get("/exports/all_data.vot").headers["Last-Modified"] == long_ago
    assert lab.get("/exports/products.csv").headers["Last-Modified"] != long_ago


@pytest.mark.parametrize("broken", range(5))
def test_a_failure_half_way_leaves_the_former_edition_whole(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, broken: int
) -> None:
    publish(lab, Products(first=1, count=1))
    lab.maker.refresh()
    before = {name: lab.content(name) for name in FILES}
    publish(lab, Products(first=2, count=1))
    form = FORMS[broken]

    def fail(_: TableResult) -> Generator[bytes | memoryview]:
        yield b"half"
        raise KeyError

    with monkeypatch.context() as patch:
        patch.setattr(
            maker_module,
            "FORMS",
            tuple(one if one is not form else replace(form, write=fail) for one in FORMS),
        )
        with pytest.raises(KeyError):
            lab.maker.refresh()
    assert {name: lab.content(name) for name in FILES} == before
    assert len(folders(lab)) == 1
    assert lab.maker.refresh() is Outcome.MADE
    assert lab.stars() == [1, 2]


def test_a_failure_at_the_switch_leaves_the_former_edition_whole(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(lab, Products(first=1, count=1))
    lab.maker.refresh()
    publish(lab, Products(first=2, count=1))

    def fail(connection: Connection, _: object) -> None:
        connection.execute(text("SELECT 1 / 0"))

    with monkeypatch.context() as patch:
        patch.setattr(maker_module, "replace_edition", fail)
        with pytest.raises(SQLAlchemyError):
            lab.maker.refresh()
    assert lab.stars() == [1]
    feed = lab.get("/feeds/changes.atom").text
    assert "0000000002" not in feed, "what was noted is undone, too"
    assert lab.maker.refresh() is Outcome.MADE
    assert lab.stars() == [1, 2]


def test_what_a_killed_process_left_is_removed_by_the_next(lab: Lab) -> None:
    lab.maker.refresh()
    left = lab.settings.data_dir / "exports" / "left-behind"
    left.mkdir()
    (left / "all_data.vot").write_bytes(b"<VOTABLE")
    publish(lab, Products(first=1, count=1))
    assert lab.maker.refresh() is Outcome.MADE
    assert not left.exists()


def test_a_former_edition_is_kept_for_an_hour(lab: Lab) -> None:
    for star in (1, 2):
        publish(lab, Products(first=star, count=1))
        lab.maker.refresh()
    assert len(folders(lab)) == 2
    with lab.app.begin() as app:
        app.execute(text("UPDATE exports.editions SET retired = now() - interval '61 minutes'"
                         " WHERE retired IS NOT NULL"))  # fmt: skip
    publish(lab, Products(first=3, count=1))
    lab.maker.refresh()
    assert len(folders(lab)) == 2
    with lab.app.connect() as app:
        assert app.scalar(text("SELECT count(*) FROM exports.editions")) == 2


def test_one_process_makes_an_edition_at_a_time(lab: Lab) -> None:
    publish(lab, Products(first=1, count=1))
    with lab.store.alone() as connection:
        assert connection is not None
        assert lab.maker.refresh() is Outcome.BUSY
        waiting = threading.Thread(target=lab.maker.make)
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
    waiting.join(60)
    assert lab.stars() == [1]


def test_lost_files_are_made_again(lab: Lab) -> None:
    publish(lab, Products(first=1, count=1))
    lab.maker.refresh()
    for path in (lab.settings.data_dir / "exports").glob("*/all_data.csv"):
        path.unlink()
    lost = lab.get("/exports/all_data.csv")
    assert lost.status_code == 503
    assert lost.headers["Retry-After"] == "10"
    assert lab.maker.refresh() is Outcome.MADE
    assert lab.stars() == [1]


def test_nothing_old_is_given_out_for_long(lab: Lab) -> None:
    """After a withdrawal or a release that nobody makes an edition after."""
    publish(lab, Products(first=1, count=2))
    lab.maker.refresh()
    with lab.owner.begin() as owner:
        withdraw(owner, 2, 1)
    withdrawn = "UPDATE exports.revisions SET changed = changed - interval '{} seconds'"
    released = "UPDATE exports.editions SET valid_until = now() - interval '{} seconds'"
    for since in (withdrawn, released):
        with lab.owner.begin() as owner:
            owner.execute(text(since.format(61)))
        answer = lab.get("/exports/all_data.csv")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "10"
        assert "made anew" in answer.text
        assert lab.get("/exports").status_code == 200
        assert lab.get("/exports/manifest.json").status_code == 503
        assert lab.maker.refresh() in (Outcome.MADE, Outcome.SAME)
        assert lab.stars() == [1]


def test_what_is_old_is_given_out_while_the_next_is_made(make_lab: MakeLab) -> None:
    lab = make_lab("x_patient", export_patience=timedelta(hours=1))
    publish(lab, Products(first=1, count=1))
    lab.maker.refresh()
    publish(lab, Products(first=2, count=1))
    assert lab.stars() == [1]
    assert lab.maker.refresh() is Outcome.MADE
    assert lab.stars() == [1, 2]
