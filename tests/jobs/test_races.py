"""Requests and workers that all want something of the same job at the same moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest

from schemas.session import PUBLIC
from tap.errors import ForbiddenError, NotFoundError
from tap.jobs import waiting
from tap.parameters import Parameters
from tap.uws.job import Result, StoredFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap.uws.job import Job
    from tests.jobs.parts import Parts

ROUNDS = 8


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all of these at the same moment; what each gave, None where it was refused."""
    barrier = threading.Barrier(len(acts))

    def do(act: Callable[[], object]) -> object:
        barrier.wait(20)
        with suppress(ForbiddenError, NotFoundError):
            return act()
        return None

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(do, acts))


def pending(parts: Parts) -> Job:
    pairs = (("LANG", "ADQL"), ("QUERY", "SELECT 1"))
    return parts.service.create(pairs, {}, PUBLIC)


def stored(name: str) -> Result:
    return Result(StoredFile(name, "text/csv", 1), ())


def test_a_job_is_queued_once(parts: Parts) -> None:
    for _ in range(ROUNDS):
        job = pending(parts)
        at_once(*[partial(parts.service.run, job.job_id, PUBLIC)] * 4)
        assert parts.tickets() == [parts.read(job.job_id).ticket]
        parts.service.delete(job.job_id, PUBLIC)
        assert parts.tickets() == []


def test_a_job_that_is_let_run_and_aborted_is_aborted(parts: Parts) -> None:
    for _ in range(ROUNDS):
        job = pending(parts)
        at_once(
            partial(parts.service.run, job.job_id, PUBLIC),
            partial(parts.service.abort, job.job_id, PUBLIC),
        )
        assert parts.read(job.job_id).phase == "ABORTED"
        assert parts.tickets() == []


def test_a_ticket_starts_a_job_once(parts: Parts) -> None:
    for _ in range(ROUNDS):
        job = parts.queued()
        starts = at_once(*[partial(parts.progress.start, job.job_id, job.ticket or 0)] * 4)
        assert sum(start is not None for start in starts) == 1
        assert parts.read(job.job_id).attempt == 1


def test_a_job_ends_once(parts: Parts) -> None:
    """Completed by a worker, aborted by its owner: one of them, and all of it."""
    ends = set()
    for number in range(ROUNDS):
        started = parts.started(parts.queued())
        completed, _ = at_once(
            partial(parts.progress.complete, started, stored(f"{number}")),
            partial(parts.service.abort, started.job_id, PUBLIC),
        )
        found = parts.read(started.job_id)
        ends.add(found.phase)
        assert (found.phase == "COMPLETED") == bool(completed) == bool(found.results)
        assert found.phase in {"COMPLETED", "ABORTED"}
    assert ends


def test_a_job_deleted_while_it_ends_is_gone(parts: Parts) -> None:
    for number in range(ROUNDS):
        started = parts.started(parts.queued())
        at_once(
            partial(parts.progress.complete, started, stored(f"{number}")),
            partial(parts.service.delete, started.job_id, PUBLIC),
        )
        assert parts.store.get(started.job_id) is None
        with pytest.raises(NotFoundError):
            parts.service.result(started.job_id, "result", PUBLIC)


def test_who_waits_is_told_and_does_not_look(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without looking for itself every few seconds: only the news can wake it."""
    monkeypatch.setattr(waiting, "_LOOK_AGAIN", 3600.0)
    job = pending(parts)
    phases: list[str] = []
    waits = Parameters([("WAIT", "-1")])
    waiter = threading.Thread(
        target=lambda: phases.append(parts.service.awaited(job.job_id, waits, PUBLIC).phase)
    )
    looked = threading.Event()
    get = parts.store.get

    def seen(job_id: str) -> Job | None:
        found = get(job_id)
        looked.set()
        return found

    monkeypatch.setattr(parts.store, "get", seen)
    waiter.start()
    assert looked.wait(20)
    parts.service.abort(job.job_id, PUBLIC)
    waiter.join(30)  # the longest WAIT is 50 seconds
    assert phases == ["ABORTED"]
