"""Looks after jobs that nobody runs, jobs that have expired, and the queue itself."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, select, text, update

from schemas.uws import jobs
from tap.errors import ForbiddenError
from tap.jobs.rows import job_of
from tap.uws.phases import Phase

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from sqlalchemy import Connection, Engine

    from tap.jobs.queue import JobQueue
    from tap.jobs.storage import JobStorage
    from tap.uws.job import Job
    from tap.uws.limits import JobLimits

_LOG = logging.getLogger(__name__)

ATTEMPTS = 5
"""How often a job is begun before it counts as one that cannot be run."""

GIVEN_UP = (
    f"The job was begun {ATTEMPTS} times and never came to its end, through a fault of this"
    " service. Please tell its operators."
)

_BATCH = 200
"""Jobs looked after at a time."""

_ALIVE = """
    SELECT FROM queue.procrastinate_jobs q
    LEFT JOIN queue.procrastinate_workers w ON w.id = q.worker_id
    WHERE q.id = jobs.ticket AND (q.status = 'todo' OR q.status = 'doing'
        AND w.last_heartbeat > now() - :silence)
"""

_ORPHANS = (
    select(jobs)
    .where(jobs.c.phase.in_([Phase.QUEUED, Phase.EXECUTING]), text(f"NOT EXISTS ({_ALIVE})"))
    .order_by(jobs.c.queued)
    .limit(_BATCH)
    .with_for_update(skip_locked=True)
)

_DEAD_TICKETS = text(
    """
    DELETE FROM queue.procrastinate_jobs q
    WHERE q.status = 'doing'
        AND NOT EXISTS (SELECT FROM queue.procrastinate_workers w
            WHERE w.id = q.worker_id AND w.last_heartbeat > now() - :silence)
        AND NOT EXISTS (SELECT FROM uws.jobs j
            WHERE j.ticket = q.id AND j.phase IN ('QUEUED', 'EXECUTING'))
    """
)

_DEAD_WORKERS = text(
    "DELETE FROM queue.procrastinate_workers WHERE last_heartbeat < now() - :silence"
)

_GROW_OLD = text(
    "UPDATE queue.procrastinate_jobs SET priority = priority + 1"
    " WHERE status = 'todo' AND priority < 0"
)


class JobUpkeep:
    """What is done every few seconds; in several workers at once it does no harm.

    Parameters
    ----------
    engine
        Of ``vo_app``.
    queue
        Where jobs go that are to run again.
    storage
        The jobs' files.
    limits_of
        Gives the limits of the jobs of a principal.
    silence
        Time after which a worker that gave no sign of life counts as dead.
    """

    def __init__(
        self,
        engine: Engine,
        queue: JobQueue,
        storage: JobStorage,
        limits_of: Callable[[str], JobLimits],
        silence: timedelta,
    ) -> None:
        self._engine = engine
        self._queue = queue
        self._storage = storage
        self._limits_of = limits_of
        self._silence = silence

    def run(self) -> None:
        """Do all of it once."""
        with self._engine.begin() as connection:
            self._revive(connection)
        with self._engine.begin() as connection:
            connection.execute(_DEAD_TICKETS, {"silence": self._silence})
            connection.execute(_DEAD_WORKERS, {"silence": self._silence})
            # Nobody's turn is put off for ever by those who come with a first job.
            connection.execute(_GROW_OLD)
        self._clean()

    def _revive(self, connection: Connection) -> None:
        """Queue again, or give up, each job whose ticket is nobody's any more."""
        rows = connection.execute(_ORPHANS, {"silence": self._silence}).all()
        for row in rows:
            job = job_of(row)
            _LOG.warning("job %s was left behind by its worker", job.job_id)
            mine = update(jobs).where(jobs.c.job_id == job.job_id)
            connection.execute(mine.values(self._future(connection, job)))

    def _future(self, connection: Connection, job: Job) -> dict[str, object]:
        """Say what becomes of a job that was left behind."""
        ended = {"phase": Phase.ERROR, "ended": func.now()}
        if job.attempt >= ATTEMPTS:
            return {**ended, "error": GIVEN_UP, "transient": True}
        try:
            running = self._limits_of(job.owner).running
        except ForbiddenError as error:
            return {**ended, "error": str(error), "transient": False}
        ticket = self._queue.put(connection, job.job_id, job.owner, job.queue, running)
        return {"phase": Phase.QUEUED, "ticket": ticket, "started": None}

    def _clean(self) -> None:
        """Delete expired jobs with their files."""
        expired = (
            select(jobs.c.job_id, jobs.c.ticket)
            .where(jobs.c.destruction < func.now())
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        mine = delete(jobs).where(jobs.c.job_id == bindparam("expired"))
        for _ in range(_BATCH):
            with self._engine.begin() as connection:
                row = connection.execute(expired).one_or_none()
                if row is None:
                    return
                # The files first: what is left when this fails, the row still tells of.
                self._storage.remove_job(row.job_id)
                connection.execute(mine, {"expired": row.job_id})
                self._queue.withdraw(connection, row.ticket)
