"""What jobs are made of, on one database, in the tests' own process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from schemas.session import PUBLIC, Caller
from tests.jobs.client import QUICK

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from tap.jobs.progress import JobProgress
    from tap.jobs.runner import JobRunner
    from tap.jobs.service import JobService
    from tap.jobs.storage import JobStorage
    from tap.jobs.store import JobStore
    from tap.jobs.upkeep import JobUpkeep
    from tap.uws.job import Job

ALICE, BOB = Caller("alice", "registered"), Caller("bob", "registered")
SILENCE = timedelta(seconds=20)


@dataclass
class Parts:
    """Everything there is, on one database, without processes."""

    engine: Engine
    storage: JobStorage
    store: JobStore
    progress: JobProgress
    service: JobService
    upkeep: JobUpkeep
    make_runner: Callable[..., JobRunner]

    def queued(self, caller: Caller = PUBLIC, query: str = QUICK) -> Job:
        """Make a job that waits for a worker."""
        pairs = (("LANG", "ADQL"), ("QUERY", query), ("FORMAT", "csv"), ("PHASE", "RUN"))
        return self.read(self.service.create(pairs, {}, caller).job_id)

    def read(self, job_id: str) -> Job:
        job = self.store.get(job_id)
        assert job is not None
        return job

    def started(self, job: Job) -> Job:
        """Begin a job as a worker does."""
        assert job.ticket is not None
        started = self.progress.start(job.job_id, job.ticket)
        assert started is not None
        return started

    def fetched(self, worker: int) -> int | None:
        """Take the next ticket out of the short queue as procrastinate does."""
        fetch = text("SELECT id FROM queue.procrastinate_fetch_job_v2(ARRAY['short'], :worker)")
        with self.engine.begin() as connection:
            found: int | None = connection.scalar(fetch, {"worker": worker})
            return found

    def finish(self, ticket: int) -> None:
        finish = text("SELECT queue.procrastinate_finish_job_v1(:ticket, 'succeeded', true)")
        with self.engine.begin() as connection:
            connection.execute(finish, {"ticket": ticket})

    def register(self) -> int:
        with self.engine.begin() as connection:
            register = text("SELECT worker_id FROM queue.procrastinate_register_worker_v1()")
            return int(connection.scalar(register) or 0)

    def age(self, worker: int) -> None:
        """Let a worker have been silent for longer than it may."""
        older = text(
            "UPDATE queue.procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
            " WHERE id = :worker"
        )
        with self.engine.begin() as connection:
            connection.execute(older, {"worker": worker})

    def tickets(self) -> list[int]:
        with self.engine.connect() as connection:
            every = text("SELECT id FROM queue.procrastinate_jobs ORDER BY id")
            return list(connection.execute(every).scalars())
