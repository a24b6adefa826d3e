"""What workers do with jobs, part by part, in this process."""

from __future__ import annotations

import io
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from schemas.session import PUBLIC
from tap.errors import ForbiddenError, NotFoundError
from tap.jobs.upkeep import ATTEMPTS, GIVEN_UP
from tap.parameters import Parameters
from tap.uploads.model import InlineFile
from tap.uws.job import Result, StoredFile
from tests.jobs.client import QUICK, SLOW
from tests.jobs.parts import ALICE, BOB

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from schemas.session import Caller
    from tests.jobs.parts import Parts


def test_a_person_with_many_jobs_does_not_keep_others_waiting(parts: Parts) -> None:
    many = [parts.queued(ALICE).ticket for _ in range(6)]
    one = parts.queued(BOB).ticket
    worker = parts.register()
    order = []
    while (ticket := parts.fetched(worker)) is not None:
        order.append(ticket)
        parts.finish(ticket)
    assert order == [many[0], one, *many[1:]]


def test_a_person_runs_only_so_many_at_a_time(parts: Parts) -> None:
    tickets = [parts.queued(ALICE).ticket for _ in range(4)]
    worker = parts.register()
    assert [parts.fetched(worker) for _ in range(3)] == [*tickets[:2], None]
    assert parts.queued(BOB).ticket == parts.fetched(worker)
    assert tickets[0] is not None
    parts.finish(tickets[0])
    assert [parts.fetched(worker) for _ in range(2)] == [tickets[2], None]


def test_a_job_is_another_persons_business(parts: Parts) -> None:
    job = parts.queued(ALICE)
    assert parts.service.get(job.job_id, ALICE).owner == "alice"
    for stranger in (BOB, PUBLIC):
        for act in (
            parts.service.get,
            parts.service.run,
            parts.service.abort,
            parts.service.delete,
        ):
            with pytest.raises(ForbiddenError, match="another user"):
                act(job.job_id, stranger)
        with pytest.raises(ForbiddenError, match="another user"):
            parts.service.result(job.job_id, "result", stranger)


def test_a_person_lists_their_jobs(parts: Parts) -> None:
    mine = [parts.queued(ALICE) for _ in range(3)]
    parts.queued(BOB)
    parts.service.abort(mine[0].job_id, ALICE)

    def listed(caller: Caller = ALICE, **parameters: str) -> list[str]:
        found = parts.service.listed(Parameters(parameters.items()), caller)
        return [job.job_id for job in found]

    newest_first = [job.job_id for job in reversed(mine)]
    assert listed() == newest_first
    assert listed(PHASE="aborted") == newest_first[-1:]
    assert listed(LAST="2") == newest_first[:2]
    assert listed(AFTER=mine[0].created.isoformat()) == newest_first[:2]
    assert listed(PHASE="QUEUED", LAST="1") == newest_first[:1]
    assert listed(PUBLIC) == []


def test_a_job_is_run_to_its_result(parts: Parts) -> None:
    job = parts.queued()
    assert job.ticket is not None
    parts.make_runner().run(job.job_id, job.ticket)
    done = parts.read(job.job_id)
    assert done.phase == "COMPLETED"
    stored, content = parts.service.result(job.job_id, "result", PUBLIC)
    with content:
        rows = content.read()
        assert content.seek(0) == 0
    assert rows.startswith(b"run_code\r\nIRa01\r\n")
    assert stored.size == len(rows)


def test_an_old_ticket_is_good_for_nothing(parts: Parts) -> None:
    late = parts.started(parts.queued())
    assert parts.progress.requeue(late, "short", None, attempt=late.attempt)
    again = parts.started(parts.read(late.job_id))
    assert again.attempt == 2
    assert not parts.progress.is_held(late)
    assert late.ticket is not None
    assert parts.progress.start(late.job_id, late.ticket) is None
    assert not parts.progress.complete(late, Result(StoredFile("late", "text/csv", 1), ()))
    assert not parts.progress.requeue(late, "short", None, attempt=0)
    assert parts.progress.complete(again, Result(StoredFile("right", "text/csv", 2), ()))
    assert parts.read(late.job_id).results["result"].key == "right"
    assert not parts.progress.complete(again, Result(StoredFile("twice", "text/csv", 3), ()))


def test_what_takes_long_begins_anew_in_the_long_queue(parts: Parts) -> None:
    job = parts.queued(query=SLOW)
    assert job.ticket is not None
    parts.make_runner(short=timedelta(seconds=1)).run(job.job_id, job.ticket)
    moved = parts.read(job.job_id)
    assert (moved.phase, moved.queue, moved.attempt) == ("QUEUED", "long", 0)
    assert moved.ticket != job.ticket


def test_a_job_ends_when_its_time_is_up(parts: Parts) -> None:
    pairs = (("LANG", "ADQL"), ("QUERY", SLOW), ("PHASE", "RUN"), ("EXECUTIONDURATION", "1"))
    job = parts.read(parts.service.create(pairs, {}, PUBLIC).job_id)
    assert job.ticket is not None
    parts.make_runner().run(job.job_id, job.ticket)
    ended = parts.read(job.job_id)
    assert ended.phase == "ERROR"
    assert ended.error is not None
    assert "the limit of 1 s" in ended.error.message


def test_a_worker_that_is_stopped_gives_its_jobs_back(parts: Parts) -> None:
    job = parts.queued(query=SLOW)
    runner = parts.make_runner()
    thread = threading.Thread(target=runner.run, args=(job.job_id, job.ticket))
    thread.start()
    _until(lambda: parts.read(job.job_id).phase == "EXECUTING")
    runner.shut_down()
    thread.join(20)
    given_back = parts.read(job.job_id)
    assert (given_back.phase, given_back.queue, given_back.attempt) == ("QUEUED", "short", 0)
    assert given_back.ticket != job.ticket


def test_a_job_whose_worker_is_dead_is_run_again(parts: Parts) -> None:
    dead = parts.register()
    job = parts.queued()
    for attempt in range(1, ATTEMPTS + 1):
        waiting = parts.read(job.job_id)
        assert parts.fetched(dead) == waiting.ticket
        assert parts.started(waiting).attempt == attempt
        parts.upkeep.run()
        assert parts.read(job.job_id).phase == "EXECUTING", "its worker is alive"
        parts.age(dead)
        parts.upkeep.run()
        dead = parts.register()
    ended = parts.read(job.job_id)
    assert ended.phase == "ERROR"
    assert ended.error is not None
    assert (ended.error.message, ended.error.transient) == (GIVEN_UP, True)
    assert parts.tickets() == []


def test_a_job_that_a_dead_worker_only_took_is_queued_again(parts: Parts) -> None:
    dead = parts.register()
    job = parts.queued()
    parts.fetched(dead)
    parts.age(dead)
    parts.upkeep.run()
    again = parts.read(job.job_id)
    assert (again.phase, again.attempt) == ("QUEUED", 0)
    assert again.ticket != job.ticket
    assert parts.tickets() == [again.ticket]


def test_who_waits_long_comes_nearer(parts: Parts) -> None:
    many = [parts.queued(ALICE).ticket for _ in range(3)]
    for _ in range(2):
        parts.upkeep.run()
    later = parts.queued(BOB).ticket
    worker = parts.register()
    order = []
    while (ticket := parts.fetched(worker)) is not None:
        order.append(ticket)
        parts.finish(ticket)
    assert order == [*many, later]


def test_expired_jobs_go_with_their_files(parts: Parts, tmp_path: Path) -> None:
    done, waiting, kept = parts.queued(), parts.queued(), parts.queued()
    for job in (done, kept):
        assert job.ticket is not None
        parts.make_runner().run(job.job_id, job.ticket)
    assert (tmp_path / done.job_id).is_dir()
    past = datetime.now(UTC) - timedelta(seconds=1)
    for job in (done, waiting):
        parts.store.change(job.job_id, destruction=past)
    parts.upkeep.run()
    for job in (done, waiting):
        with pytest.raises(NotFoundError):
            parts.service.get(job.job_id, PUBLIC)
    assert not (tmp_path / done.job_id).exists()
    assert waiting.ticket not in parts.tickets()
    assert parts.service.result(kept.job_id, "result", PUBLIC)[1].read()


def test_files_that_cannot_be_kept_are_left_to_the_job(parts: Parts, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        @override
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("the other end is gone")

    with pytest.raises(OSError, match="gone"):
        parts.service.create((("QUERY", QUICK),), {"part": InlineFile(Broken(b"x"))}, ALICE)
    [left] = parts.service.listed(Parameters([]), ALICE)
    assert left.phase == "PENDING"
    parts.service.delete(left.job_id, ALICE)
    assert list(tmp_path.rglob("*")) == []


def test_deleting_a_job_removes_its_files(parts: Parts, tmp_path: Path) -> None:
    job = parts.queued()
    assert job.ticket is not None
    parts.make_runner().run(job.job_id, job.ticket)
    assert list((tmp_path / job.job_id).iterdir())
    parts.service.delete(job.job_id, PUBLIC)
    assert not (tmp_path / job.job_id).exists()


def test_a_fault_leaves_the_job_to_those_who_look_after_it(parts: Parts, tmp_path: Path) -> None:
    job = parts.queued()
    assert job.ticket is not None
    (tmp_path / job.job_id).write_text("a file where the folder should be")
    with pytest.raises(OSError, match="exists"):
        parts.make_runner().run(job.job_id, job.ticket)
    assert parts.read(job.job_id).phase == "EXECUTING"


def _until(condition: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(1000):
        if condition():
            return
        waiting.wait(0.02)
    raise AssertionError("it did not come about")
