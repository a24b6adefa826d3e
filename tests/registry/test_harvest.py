"""A real client harvests: whole, incrementally, and while records change.

``make test`` harvests a fifth of the records, which are as much text, ``VO_TEST_SOAK=1`` all.
"""

from __future__ import annotations

import os
import random
import threading
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from lxml import etree
from oaipmh_scythe import Scythe
from oaipmh_scythe.iterator import OAIResponseIterator
from oaipmh_scythe.models import Record
from oaipmh_scythe.response import OAIResponse
from sqlalchemy import func, select, text

from schemas.engine import APP
from schemas.registry_tables import LOCK
from tests.registry.harvester import ask, identifiers, insert_many, next_second, token
from tests.support.server import running_server
from vo_server.app import create_app
from vo_server.registry.declared import PAGE
from vo_server.registry_wiring import refresh_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from tests.support.databases import DatabaseMaker

WHOLE = os.environ.get("VO_TEST_SOAK") == "1"
MANY = 10_000 if WHOLE else 2_000
FILLING = 4_000_000 // MANY
"""Repetitions of eleven letters in each: all records together are 44 MB."""
DISTURBED = 60 if WHOLE else 4
"""Seconds for which records change while they are harvested again and again."""
OWN = 5
"""Records that the server itself has."""


class Repository:
    """A server with many records."""

    def __init__(self, url: str, app: Engine) -> None:
        self.url = url
        self.app = app

    def change(self, condition: str, *, deleted: bool = False) -> None:
        """Change records as a refresh does: under the lock, with a datestamp of now."""
        with self.app.begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            connection.execute(
                text("UPDATE registry.records SET deleted = :deleted,"
                     " datestamp = date_trunc('second', clock_timestamp()),"
                     f" title = title || '.' WHERE {condition}"),
                {"deleted": deleted},
            )  # fmt: skip

    def make(self, number: int) -> None:
        """Make a record, as a refresh does."""
        with self.app.begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            insert_many(connection, number, 1)

    def state(self) -> dict[str, tuple[str, bool]]:
        """Give datestamp and deletion of each record."""
        with self.app.connect() as connection:
            rows = connection.execute(
                text("SELECT identifier, deleted, to_char(datestamp AT TIME ZONE 'UTC',"
                     " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS stamp FROM registry.records")
            )  # fmt: skip
            return {row.identifier: (row.stamp, row.deleted) for row in rows}


@pytest.fixture(scope="module")
def repository(make_database: DatabaseMaker) -> Iterator[Repository]:
    settings = make_database("harvest", migrate=True)
    with running_server(settings) as base_url:
        app = make_database.engine(settings, APP)
        with app.begin() as connection:
            insert_many(connection, 1, MANY, filling=FILLING)
        yield Repository(f"{base_url}/oai", app)


def listed(
    url: str, prefix: str = "ivo_vor", since: str | None = None, until: str | None = None
) -> Iterator[tuple[str, bool]]:
    """Harvest with the client, as one goes along: identifier and deletion of each record."""
    with Scythe(url) as scythe:
        for record in scythe.list_records(since, until, prefix, "ivo_managed"):
            assert isinstance(record, Record)
            yield str(record.header.identifier), bool(record.header.deleted)


def memory_of(url: str) -> int:
    """Add up the memory of the server's processes, in bytes."""
    port = int(url.split(":")[2].split("/", maxsplit=1)[0])
    return sum(
        process.memory_info().rss for process in psutil.process_iter() if port in _ports(process)
    )


def _ports(process: psutil.Process) -> set[int]:
    """Give the ports a process listens on."""
    try:
        found = process.net_connections("tcp")
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return set()
    return {one.laddr[1] for one in found if one.status == psutil.CONN_LISTEN}


def test_many_records_whole_and_in_constant_memory(repository: Repository) -> None:
    # Every process of the server has answered before it is measured.
    for _ in range(20):
        ask(repository.url, "verb=ListRecords&metadataPrefix=ivo_vor")
    before = memory_of(repository.url)
    found = [name for name, _ in listed(repository.url)]
    grown = memory_of(repository.url) - before
    assert before > 0
    assert len(found) == len(set(found)) == MANY + OWN
    assert grown < 20_000_000, "the records are 44 MB, and as much again as documents"


def test_pages_tell_where_they_are_and_the_last_one_that_it_is(repository: Repository) -> None:
    answer = ask(repository.url, "verb=ListIdentifiers&metadataPrefix=ivo_vor")
    assert len(identifiers(answer)) == PAGE
    (element,) = (one for one in answer.iter() if str(one.tag).endswith("resumptionToken"))
    assert (element.get("cursor"), element.get("completeListSize")) == ("0", str(MANY + OWN))
    count = PAGE
    while following := token(answer):
        answer = ask(repository.url, verb="ListIdentifiers", resumptionToken=following)
        (element,) = (one for one in answer.iter() if str(one.tag).endswith("resumptionToken"))
        assert element.get("cursor") == str(count)
        count += len(identifiers(answer))
    assert following == "", "the last page has an empty one"
    assert count == MANY + OWN


@pytest.mark.parametrize("verb", ["ListIdentifiers", "ListRecords"])
@pytest.mark.parametrize("prefix", ["ivo_vor", "oai_dc"])
def test_a_token_can_be_used_again(repository: Repository, verb: str, prefix: str) -> None:
    first = ask(repository.url, f"verb={verb}&metadataPrefix={prefix}&from=2001-01-01")
    following = token(first)
    assert following
    second = ask(repository.url, verb=verb, resumptionToken=following)
    assert len(identifiers(second)) == PAGE
    assert set(identifiers(second)).isdisjoint(identifiers(first))
    same = ask(repository.url, verb=verb, resumptionToken=following)
    for answer in (second, same):
        answer.findall("{*}responseDate")[0].text = ""
    assert etree.tostring(same) == etree.tostring(second)
    repository.change("identifier LIKE '%/many/15_'")
    again = ask(repository.url, verb=verb, resumptionToken=following)
    assert identifiers(again) == identifiers(second)
    assert token(again) == token(second)


def test_a_token_outlives_a_restart_and_what_it_changes(make_database: DatabaseMaker) -> None:
    settings = make_database("harvest_restarted", migrate=True)
    refresh_records(settings)
    with make_database.engine(settings, APP).begin() as app:
        insert_many(app, 1, 2 * PAGE)

    def page(query: str) -> etree._Element:
        served = create_app(settings.model_copy(update={"owner_password": None}))
        return etree.fromstring(served.test_client().get(f"/oai?verb=ListRecords&{query}").data)

    following = token(page("metadataPrefix=ivo_vor"))
    assert following
    before = page(f"resumptionToken={following}")
    # The records are made anew, and there are no such ones among them.
    assert refresh_records(settings).deleted == 2 * PAGE
    after = page(f"resumptionToken={following}")
    assert identifiers(after) == identifiers(before)
    assert all(one.get("status") == "deleted" for one in after.iterfind(".//{*}header"))
    assert after.find(".//{*}metadata") is None


def test_from_the_last_response_on_nothing_is_missed(repository: Repository) -> None:
    date = str(ask(repository.url, "verb=Identify").findtext("{*}responseDate"))
    next_second()
    date_later = str(ask(repository.url, "verb=Identify").findtext("{*}responseDate"))
    assert date < date_later
    repository.change("identifier LIKE '%/many/12_'")
    repository.change("identifier LIKE '%/many/345'", deleted=True)
    found = listed(repository.url, since=date_later)
    assert {(name.rpartition("/")[2], gone) for name, gone in found} == {
        *((f"12{digit}", False) for digit in range(10)),
        ("345", True),
    }
    repository.change("identifier LIKE '%/many/345'")


def test_what_changes_during_a_harvest_comes_once(repository: Repository) -> None:
    seen: list[tuple[str, bool]] = []
    for number, record in enumerate(listed(repository.url, "oai_dc")):
        seen.append(record)
        if number == PAGE // 2:
            repository.change("identifier LIKE '%/many/3'")
            repository.change(f"identifier LIKE '%/many/{MANY - 2}'")
            repository.change(f"identifier LIKE '%/many/{MANY - 1}'", deleted=True)
            with repository.app.begin() as connection:
                insert_many(connection, MANY + 1, 3)
    names = [name for name, _ in seen]
    assert len(names) == len(set(names)) == MANY + OWN + 3
    assert (f"ivo://org.corot/many/{MANY - 1}", True) in seen
    assert (f"ivo://org.corot/many/{MANY - 2}", False) in seen
    repository.change(f"identifier LIKE '%/many/{MANY - 1}'")


def test_a_list_with_an_end_keeps_what_changes(repository: Repository) -> None:
    """All that is still to come leaves the dates that were asked for, and more comes in."""
    next_second()
    until = str(ask(repository.url, "verb=Identify").findtext("{*}responseDate"))
    wanted = set(repository.state())
    next_second()
    seen: list[tuple[str, bool]] = []
    for number, record in enumerate(listed(repository.url, "oai_dc", until=until)):
        seen.append(record)
        if number == PAGE // 2:
            next_second()
            repository.change(f"record_id > {2 * PAGE}")
            repository.change(f"identifier LIKE '%/many/{MANY}'", deleted=True)
            repository.make(2 * MANY)
    names = [name for name, _ in seen]
    assert len(names) == len(set(names))
    assert set(names) == wanted
    assert (f"ivo://org.corot/many/{MANY}", True) in seen
    assert f"ivo://org.corot/many/{2 * MANY}" in repository.state()
    repository.change(f"identifier LIKE '%/many/{MANY}'")


def test_a_copy_kept_up_to_date_is_the_original(repository: Repository) -> None:
    """Records change, go and come all the time while they are harvested again and again."""
    chosen = random.Random(6)  # noqa: S311 # to be repeated
    stop = threading.Event()

    def disturb() -> None:
        new = 3 * MANY
        while not stop.is_set():
            low = chosen.randrange(MANY)
            repository.change(
                f"record_id BETWEEN {low} AND {low + 3}", deleted=chosen.random() < 0.3
            )
            if chosen.random() < 0.1:
                repository.make(new)
                new += 1
            time.sleep(0.01)

    thread = threading.Thread(target=disturb)
    copy: dict[str, tuple[str, bool]] = {}
    date: str | None = None
    rounds = 0
    thread.start()
    try:
        end = time.monotonic() + DISTURBED
        while time.monotonic() < end:
            date = update(repository.url, copy, date)
            rounds += 1
    finally:
        stop.set()
        thread.join()
    assert rounds > 1
    update(repository.url, copy, date)
    assert copy == repository.state()


def update(url: str, copy: dict[str, tuple[str, bool]], since: str | None) -> str:
    """Harvest what has changed since a responseDate into a copy; give the new responseDate."""
    date = ""
    told: set[str] = set()
    with Scythe(url, iterator=OAIResponseIterator) as scythe:
        for answer in scythe.list_identifiers(metadata_prefix="ivo_vor", from_=since):
            assert isinstance(answer, OAIResponse)
            root = etree.fromstring(answer.raw.encode())
            date = date or str(root.findtext("{*}responseDate"))
            for header in root.iterfind(".//{*}header"):
                name = str(header.findtext("{*}identifier"))
                assert name not in told, "told twice in one list"
                told.add(name)
                stamp = str(header.findtext("{*}datestamp"))
                copy[name] = (stamp, header.get("status") == "deleted")
    return date
