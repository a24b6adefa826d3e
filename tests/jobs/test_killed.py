"""A worker that is killed (SIGKILL) at one moment after another of a job; nothing is done twice.

What such a worker leaves behind is made here as it makes it; that whole processes leave just
this is shown by the storm.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from schemas.session import PUBLIC
from tap.uws.job import Result, StoredFile

if TYPE_CHECKING:
    from pathlib import Path

    from tap.uws.job import Job
    from tests.jobs.parts import Parts

HALF, WHOLE = b"run_code\r\nIRa", b"run_code\r\nanother worker's\r\n"


@pytest.fixture
def killed(parts: Parts) -> Job:
    """Give a job that was begun by a worker which is dead."""
    worker = parts.register()
    job = parts.queued()
    assert parts.fetched(worker) == job.ticket
    started = parts.started(job)
    parts.age(worker)
    return started


def result_of(parts: Parts, job: Job) -> bytes:
    with parts.service.result(job.job_id, "result", PUBLIC)[1] as file:
        return file.read()


@pytest.mark.parametrize("left", [None, HALF, WHOLE], ids=["nothing", "half", "whole"])
def test_what_was_not_published_is_made_anew(
    parts: Parts, killed: Job, left: bytes | None, tmp_path: Path
) -> None:
    """Before, while and after it wrote the result, but before it said so."""
    if left is not None:
        parts.storage.put(parts.storage.result_key(killed.job_id, killed.ticket), io.BytesIO(left))
    parts.upkeep.run()
    again = parts.read(killed.job_id)
    assert (again.phase, again.attempt, dict(again.results)) == ("QUEUED", 1, {})
    assert again.ticket is not None
    assert parts.tickets() == [again.ticket]
    parts.make_runner().run(again.job_id, again.ticket)
    done = parts.read(killed.job_id)
    assert (done.phase, done.attempt) == ("COMPLETED", 2)
    assert result_of(parts, done).startswith(b"run_code\r\nIRa01\r\n")
    parts.service.delete(done.job_id, PUBLIC)
    assert not (tmp_path / done.job_id).exists(), "what the dead worker wrote goes too"


def test_what_was_published_stays(parts: Parts, killed: Job) -> None:
    """After it ended the job, but before it gave its ticket back."""
    key = parts.storage.result_key(killed.job_id, killed.ticket)
    size = parts.storage.put(key, io.BytesIO(WHOLE))
    assert parts.progress.complete(killed, Result(StoredFile(key, "text/csv", size), ()))
    for _ in range(2):
        parts.upkeep.run()
    done = parts.read(killed.job_id)
    assert (done.phase, done.attempt) == ("COMPLETED", 1)
    assert result_of(parts, done) == WHOLE
    assert parts.tickets() == []


def test_what_was_aborted_meanwhile_is_not_run_again(parts: Parts, killed: Job) -> None:
    parts.service.abort(killed.job_id, PUBLIC)
    parts.upkeep.run()
    assert parts.read(killed.job_id).phase == "ABORTED"
    assert parts.tickets() == []


def test_a_worker_that_was_only_silent_changes_nothing_any_more(parts: Parts, killed: Job) -> None:
    """It comes back, and goes on with a job that another has begun."""
    parts.upkeep.run()
    again = parts.started(parts.read(killed.job_id))
    key = parts.storage.result_key(killed.job_id, killed.ticket)
    late = Result(StoredFile(key, "text/csv", parts.storage.put(key, io.BytesIO(HALF))), ())
    assert not parts.progress.complete(killed, late)
    assert parts.read(killed.job_id).phase == "EXECUTING"
    right = parts.storage.result_key(again.job_id, again.ticket)
    size = parts.storage.put(right, io.BytesIO(WHOLE))
    assert parts.progress.complete(again, Result(StoredFile(right, "text/csv", size), ()))
    assert result_of(parts, parts.read(killed.job_id)) == WHOLE
