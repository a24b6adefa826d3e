"""The jobs' rows, as those who make and look at jobs need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from schemas.uws import jobs, results
from tap.jobs.kept import kept_of
from tap.jobs.rows import inputs_of, job_of, reference_of, values_of
from tap.uws.phases import SOURCES, Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

    from tap.jobs.kept import Kept
    from tap.jobs.queue import JobQueue
    from tap.uws.filters import JobFilter
    from tap.uws.job import Job, JobReference


class JobStore:
    """Reads and changes jobs; each change of a phase names those it may come from.

    Parameters
    ----------
    engine
        Of ``vo_app``.
    queue
        Where jobs go that are to run.
    """

    def __init__(self, engine: Engine, queue: JobQueue) -> None:
        self._engine = engine
        self._queue = queue

    def add(self, job: Job) -> None:
        """Store a new job."""
        with self._engine.begin() as connection:
            connection.execute(insert(jobs).values(values_of(job)))

    def get(self, job_id: str) -> Job | None:
        """Read a job; None where there is none."""
        with self._engine.connect() as connection:
            row = connection.execute(select(jobs).where(jobs.c.job_id == job_id)).one_or_none()
            if row is None:
                return None
            if row.phase != Phase.COMPLETED:
                return job_of(row)
            of_job = select(results).where(results.c.job_id == job_id)
            return job_of(row, connection.execute(of_job.order_by(results.c.result_id)))

    def is_rightful(self, job: Job, name: str) -> bool:
        """Tell whether all the rights that a result was made under still hold."""
        query = select(results.c.rights.bool_op("<@")(func.auth.rights_of(job.owner))).where(
            results.c.job_id == job.job_id, results.c.result_id == name
        )
        with self._engine.connect() as connection:
            return bool(connection.scalar(query))

    def kept(self, owner: str) -> Kept:
        """Tell how much the jobs of a person keep."""
        with self._engine.connect() as connection:
            return kept_of(connection, owner)

    def references(self, owner: str, chosen: JobFilter) -> list[JobReference]:
        """List jobs of a person, the newest first."""
        query = (
            select(jobs.c.job_id, jobs.c.owner, jobs.c.phase, jobs.c.created, jobs.c.run_id)
            .where(jobs.c.owner == owner, jobs.c.owner != "")
            .order_by(jobs.c.created.desc(), jobs.c.job_id)
            .limit(chosen.last)
        )
        if chosen.phases is not None:
            query = query.where(jobs.c.phase.in_(chosen.phases))
        if chosen.after is not None:
            query = query.where(jobs.c.created > chosen.after)
        with self._engine.connect() as connection:
            return [reference_of(row) for row in connection.execute(query)]

    def change_inputs(self, job_id: str, change: Callable[[Job], Job]) -> Job | None:
        """Change the parameters of a job that is PENDING; None where it no longer is."""
        with self._engine.begin() as connection:
            pending = (jobs.c.job_id == job_id, jobs.c.phase == Phase.PENDING)
            query = select(jobs).where(*pending).with_for_update()
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            changed = change(job_of(row))
            connection.execute(update(jobs).where(*pending).values(inputs_of(changed)))
            return changed

    def change(self, job_id: str, **values: object) -> None:
        """Set its duration or destruction."""
        with self._engine.begin() as connection:
            connection.execute(update(jobs).where(jobs.c.job_id == job_id).values(values))

    def enqueue(self, job: Job, running: int | None) -> bool:
        """Let a job that is PENDING run; False where it no longer is.

        Parameters
        ----------
        job
            The job.
        running
            Jobs of its owner that may run at a time.
        """
        with self._engine.begin() as connection:
            ticket = self._queue.put(connection, job.job_id, job.owner, job.queue, running)
            changed = _moved(
                connection, job, Phase.QUEUED, {Phase.PENDING}, queued=func.now(), ticket=ticket
            )
            if not changed:
                connection.rollback()
            return changed

    def abort(self, job: Job) -> bool:
        """End a job that is not finished; False where it is."""
        aborted = (
            update(jobs)
            .where(jobs.c.job_id == job.job_id, jobs.c.phase.in_(SOURCES[Phase.ABORTED]))
            .values(phase=Phase.ABORTED, ended=func.now())
            # It may have been queued since it was read.
            .returning(jobs.c.ticket)
        )
        with self._engine.begin() as connection:
            row = connection.execute(aborted).one_or_none()
            if row is not None:
                self._queue.withdraw(connection, row.ticket)
            return row is not None

    def delete(self, job: Job) -> None:
        """Remove a job's rows; a worker that runs it is told."""
        deleted = delete(jobs).where(jobs.c.job_id == job.job_id).returning(jobs.c.ticket)
        with self._engine.begin() as connection:
            row = connection.execute(deleted).one_or_none()
            if row is not None:
                self._queue.withdraw(connection, row.ticket)


def _moved(
    connection: Connection,
    job: Job,
    phase: Phase,
    sources: frozenset[Phase] | set[Phase],
    **values: object,
) -> bool:
    """Change a job's phase, if it is in one of these."""
    statement = update(jobs).where(jobs.c.job_id == job.job_id, jobs.c.phase.in_(sources))
    return connection.execute(statement.values(phase=phase, **values)).rowcount > 0
