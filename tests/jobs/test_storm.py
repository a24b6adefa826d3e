"""Workers killed at random: every job reaches its right end, none is lost or done twice.

Seeded; ``make test`` runs a fiftieth, ``VO_TEST_SOAK=1`` all of it.
"""

from __future__ import annotations

import os
import random
import select
import subprocess
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, text
from sqlalchemy import select as sql_select

from schemas.engine import APP
from schemas.session import PUBLIC
from schemas.uws import jobs, results
from tap.jobs.storage import JobStorage
from tap.jobs.upkeep import ATTEMPTS, GIVEN_UP
from tap.uws.phases import UNFINISHED
from tests.support.server import VO_SERVER, environment
from vo_server.job_wiring import JobWiring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from subprocess import Popen

    from sqlalchemy import Engine

    from tap.jobs.service import JobService
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

WHOLE = os.environ.get("VO_TEST_SOAK") == "1"
JOBS = 1000 if WHOLE else 20
WORKERS = 3


def product(names: str) -> str:
    return ", ".join(f"corot.runs {name}" for name in names)


LONG = f"SELECT COUNT(*) AS n FROM {product('abcde')}"
"""11,881,376 rows to count: about a second of work."""

LARGE = f"SELECT a.run_code FROM {product('abcd')} WHERE a.run_code = 'LRa01'"

KINDS = [
    ("SELECT COUNT(*) AS n FROM corot.runs", "n\r\n26\r\n"),
    (LONG, f"n\r\n{26**5}\r\n"),
    ("SELECT TOP 1 nosuch FROM corot.runs", None),
    (LARGE, "run_code\r\n" + "LRa01\r\n" * 26**3),
]


@pytest.fixture
def settings(make_database: DatabaseMaker) -> Settings:
    made = make_database("storm", migrate=True)
    return made.model_copy(update={"async_silence": timedelta(seconds=2), "owner_password": None})


@pytest.fixture
def engine(make_database: DatabaseMaker, settings: Settings) -> Engine:
    return make_database.engine(settings, APP)


@contextmanager
def workers(settings: Settings, count: int) -> Iterator[list[Popen[bytes]]]:
    """Run workers; those that are killed have to be replaced in the list."""
    running = [start(settings) for _ in range(count)]
    try:
        yield running
    finally:
        for process in running:
            kill(process)


def start(settings: Settings) -> Popen[bytes]:
    return subprocess.Popen(
        [VO_SERVER, "worker"],
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def kill(process: Popen[bytes]) -> None:
    """End a worker before it can do anything about it."""
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def is_ready(process: Popen[bytes]) -> bool:
    """Tell whether a worker has said so."""
    assert process.stdout is not None
    return bool(select.select([process.stdout], [], [], 0)[0])


def submit(service: JobService, query: str) -> str:
    pairs = (("LANG", "ADQL"), ("QUERY", query), ("FORMAT", "csv"), ("MAXREC", "100000"))
    return service.create((*pairs, ("PHASE", "RUN")), {}, PUBLIC).job_id


def unfinished(engine: Engine) -> int:
    with engine.connect() as connection:
        waiting = sql_select(func.count()).where(jobs.c.phase.in_(UNFINISHED))
        return connection.scalar(waiting) or 0


@pytest.mark.timeout(3600 if WHOLE else 300)
def test_no_job_is_lost_or_done_twice_when_workers_are_killed(
    settings: Settings,
    engine: Engine,
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    dice = random.Random(20260101)  # noqa: S311 # a storm that can be had again
    service = JobWiring(settings, engine).service()
    expected: dict[str, str | None] = {}
    kills = 0
    with workers(settings, WORKERS) as running:
        while len(expected) < JOBS or unfinished(engine):
            for _ in range(min(dice.randint(1, 8), JOBS - len(expected))):
                query, answer = dice.choice(KINDS)
                expected[submit(service, query)] = answer
            time.sleep(dice.uniform(0.2, 2.5))
            victim = dice.randrange(WORKERS)
            if kills < JOBS // 4 and is_ready(running[victim]):
                kill(running[victim])
                running[victim] = start(settings)
                kills += 1
        assert kills
        _await_empty_queue(engine)
    for figure, value in (("jobs", JOBS), ("kills", kills), *_ends(engine).items()):
        record_testsuite_property(figure, value)  # for who runs the whole with --junit-xml
    _check(settings, engine, expected)


def _ends(engine: Engine) -> dict[str, int]:
    """Count the jobs by their phase and by how often they were begun."""
    with engine.connect() as connection:
        ends = sql_select(jobs.c.phase, jobs.c.attempt, func.count()).group_by(
            jobs.c.phase, jobs.c.attempt
        )
        return {
            f"{phase} begun {attempt} times": count
            for phase, attempt, count in connection.execute(ends.order_by(jobs.c.attempt))
        }


def _check(settings: Settings, engine: Engine, expected: dict[str, str | None]) -> None:
    storage = JobStorage(settings.job_storage)
    with engine.connect() as connection:
        found = {row.job_id: row for row in connection.execute(sql_select(jobs))}
        made = {row.job_id: row for row in connection.execute(sql_select(results))}
    assert found.keys() == expected.keys()
    for job_id, answer in expected.items():
        job = found[job_id]
        if job.error == GIVEN_UP:
            assert job.attempt >= ATTEMPTS
        elif answer is None:
            assert job.phase == "ERROR"
            assert "nosuch" in job.error
        else:
            assert job.phase == "COMPLETED", job.error
            assert made[job_id].key == storage.result_key(job_id, job.ticket)
            with storage.open(made[job_id].key) as file:
                assert file.read().decode() == answer
    completed = {job_id for job_id, job in found.items() if job.phase == "COMPLETED"}
    assert made.keys() == completed


def _await_empty_queue(engine: Engine) -> None:
    """See that the dead leave no tickets behind."""
    left = text("SELECT count(*) FROM queue.procrastinate_jobs WHERE task_name = 'run_job'")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            if not connection.scalar(left):
                return
        time.sleep(0.5)
    raise AssertionError("tickets are left in the queue")
