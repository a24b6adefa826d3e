"""Datestamps move when a record really changes, and at no other time."""

from __future__ import annotations

import asyncio
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest
from lxml import etree
from sqlalchemy import func, select, text

from ingest.publish.service import PublishService
from ingest.publish.store import PublishStore
from resources.oai.record_store import Changes
from schemas.engine import APP, OWNER
from schemas.published import CATALOGUE
from schemas.registry_tables import REFRESH
from tap.jobs import worker as worker_module
from tap.jobs.worker import JobWorker, WorkerPlaces
from tests.support.accounts import withdraw
from tests.support.rows import Products, insert_products
from tests.support.server import VO_SERVER, environment
from vo_server.database import uri_of
from vo_server.registry_wiring import refresh_records

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Engine

    from tap.jobs.runner import JobRunner
    from tap.jobs.upkeep import JobUpkeep
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

    Datestamps = Callable[[Engine], dict[str, tuple[datetime, bool]]]

FAINT = "ivo://org.corot/n2/faint-stars"
SERVICES = {"ivo://org.corot/tap", "ivo://org.corot/lightcurves"}


class Harness:
    """A database, and what a refresh changes in it."""

    def __init__(self, maker: DatabaseMaker, settings: Settings, read: Datestamps) -> None:
        self.settings = settings
        self.owner = maker.engine(settings, OWNER)
        self.app = maker.engine(settings, APP)
        self._read = read

    def age(self) -> None:
        """Put every datestamp back, so that the next change is seen whatever the clock says."""
        with self.app.begin() as connection:
            connection.execute(
                text("UPDATE registry.records SET datestamp = datestamp - interval '1 hour',"
                     " created = created - interval '1 hour'")
            )  # fmt: skip

    def touched(self, **settings: object) -> tuple[Changes, set[str]]:
        """Refresh, and tell what that did and which datestamps it moved."""
        self.age()
        before = self._read(self.app)
        changes = refresh_records(self.settings.model_copy(update=settings))
        after = self._read(self.app)
        assert before.keys() <= after.keys(), "nothing is ever forgotten"
        return changes, {key for key in after if before.get(key) != after[key]}

    def is_deleted(self, ivo_id: str) -> bool:
        return self._read(self.app)[ivo_id][1]


@pytest.fixture
def harness(
    make_database: DatabaseMaker, datestamps: Datestamps, request: pytest.FixtureRequest
) -> Harness:
    settings = make_database(request.node.name[:40], migrate=True)
    made = Harness(make_database, settings, datestamps)
    with made.owner.begin() as owner:
        insert_products(owner, Products(first=1, count=50))
    refresh_records(settings)
    return made


def test_nothing_new_moves_nothing(harness: Harness) -> None:
    assert harness.touched() == (Changes(), set())


def test_a_delivery_changes_its_collection_alone_and_the_coverage_of_services(
    harness: Harness,
) -> None:
    with harness.owner.begin() as owner:
        insert_products(owner, Products(first=1000, count=5, ra=290.0, dec=1.0))
    changes, touched = harness.touched()
    assert changes == Changes(changed=3)
    assert touched == {FAINT, *SERVICES}
    with harness.app.connect() as connection:
        row = connection.execute(
            text("SELECT * FROM registry.records WHERE identifier = :id"), {"id": FAINT}
        ).one()
    root = etree.fromstring(row.document)
    assert str(root.get("updated")) == row.datestamp.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert str(root.get("created")) == row.created.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert row.created < row.datestamp


def test_more_of_the_same_changes_nothing(harness: Harness) -> None:
    with harness.owner.begin() as owner:
        insert_products(owner, Products(first=1, count=50, version="N2-4.3"))
    assert harness.touched() == (Changes(), set())


def test_what_the_public_sees_nothing_of_is_not_told(harness: Harness) -> None:
    with harness.owner.begin() as owner:
        insert_products(
            owner,
            Products(first=2000, count=5, ra=290.0, level="N1", version="N1-1.0",
                     release_date="2999-01-01"),
        )  # fmt: skip
    assert harness.touched() == (Changes(), set())


def test_a_collection_that_is_withdrawn_is_a_deleted_record_and_may_come_back(
    harness: Harness,
) -> None:
    with harness.owner.begin() as owner:
        withdraw(owner, 1, 50)
    changes, touched = harness.touched()
    assert changes == Changes(changed=2, deleted=1)
    assert touched == {FAINT, *SERVICES}
    assert harness.is_deleted(FAINT)
    assert harness.touched() == (Changes(), set())
    with harness.owner.begin() as owner:
        owner.execute(
            text("UPDATE corot.product_listing SET withdrawn = false, withdrawn_reason = NULL")
        )
    assert harness.touched() == (Changes(changed=3), {FAINT, *SERVICES})
    assert not harness.is_deleted(FAINT)


def test_a_further_table_changes_the_record_of_tap(harness: Harness, tmp_path: Path) -> None:
    declaration = tmp_path / "spots.toml"
    declaration.write_text(
        '[schema]\nname = "n3"\ndescription = "Catalogues"\n'
        '[table]\nname = "spots"\ndescription = "Spots"\n'
        '[[columns]]\nname = "size"\ndatatype = "double"\n'
    )
    rows = tmp_path / "spots.csv"
    rows.write_text("size\n2.5\n")
    service = PublishService(PublishStore(harness.owner, CATALOGUE), linger=0)
    service.publish(declaration, rows)
    assert harness.touched() == (Changes(changed=1), {"ivo://org.corot/tap"})
    service.unpublish("n3.spots")
    assert harness.touched() == (Changes(changed=1), {"ivo://org.corot/tap"})


def test_a_changed_setting_changes_what_it_is_in(harness: Harness) -> None:
    assert harness.touched(hard_maxrec=123_456)[1] == SERVICES
    refresh_records(harness.settings)
    changes, touched = harness.touched(dois={"n2/faint-stars": "10.5072/corot"})
    assert (changes, touched) == (Changes(changed=1), {FAINT})
    refresh_records(harness.settings)
    assert harness.touched(registry_schemas="rofr")[1] == {"ivo://org.corot/lightcurves"}


def test_another_authority_takes_over_and_the_old_one_is_deleted(harness: Harness) -> None:
    changes, touched = harness.touched(authority="org.example")
    assert (changes.made, changes.deleted) == (6, 6)
    assert len(touched) == 12
    assert harness.is_deleted("ivo://org.corot")


def test_who_waits_for_another_tells_what_there_is_then(harness: Harness) -> None:
    """What was seen before the other one stored its records must not be stored after them."""
    harness.age()
    with ThreadPoolExecutor(1) as threads, harness.app.connect() as other:
        other.execute(select(func.pg_advisory_xact_lock(REFRESH)))
        waiting = threads.submit(refresh_records, harness.settings)
        blocked = text(
            "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
            " WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted"
        )
        while not other.scalar(blocked):
            assert not waiting.done()
            time.sleep(0.01)
        with harness.owner.begin() as owner:
            withdraw(owner, 1, 50)
        other.commit()
        assert waiting.result(30) == Changes(changed=2, deleted=1)
    assert harness.touched() == (Changes(), set())


def test_refreshing_at_the_command_line(harness: Harness) -> None:
    def refresh(**more: str) -> str:
        done = subprocess.run(
            [str(VO_SERVER), "registry", "refresh"],
            env=environment(harness.settings, **more),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert refresh() == "0 records made, 0 changed, 0 deleted.\n"
    assert refresh(VO_PUBLISHER="Somebody") == "0 records made, 6 changed, 0 deleted.\n"


def test_a_worker_does_it_now_and_then(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "_ERRAND_TIMES", "* * * * * *")
    with harness.owner.begin() as owner:
        withdraw(owner, 1, 50)

    class Nothing:
        def open(self) -> None: ...

        def run(self) -> None: ...

        def shut_down(self) -> None: ...

    async def work_until_done() -> Changes:
        done: asyncio.Queue[Changes] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def errand() -> None:
            loop.call_soon_threadsafe(done.put_nowait, refresh_records(harness.settings))

        worker = JobWorker(
            uri_of(harness.settings, APP),
            cast("JobRunner", Nothing()),
            cast("JobUpkeep", Nothing()),
            WorkerPlaces(1, 1),
            timedelta(seconds=20),
            errands={"refresh_records": errand},
        )
        stop = asyncio.Event()
        stopped = asyncio.create_task(stop.wait())
        working = asyncio.create_task(worker._work(stopped))  # noqa: SLF001 # without its signals
        told = asyncio.create_task(done.get())
        await asyncio.wait([told, working], timeout=30, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        await working
        return await asyncio.wait_for(told, 1)

    assert asyncio.run(work_until_done()) == Changes(changed=2, deleted=1)
    assert harness.is_deleted(FAINT)
