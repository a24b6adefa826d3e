"""The jobs' rows, as workers change them: with a ticket, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from schemas.uws import jobs, results
from tap.jobs.kept import kept_of
from tap.jobs.rows import job_of
from tap.uws.job import RESULT
from tap.uws.phases import SOURCES, Phase

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Engine

    from tap.jobs.queue import JobQueue
    from tap.uws.job import Job, JobError, Queue, Result


class JobProgress:
    """Starts and ends jobs. The holder of an old ticket changes nothing.

    Parameters
    ----------
    engine
        Of ``vo_app``.
    queue
        Where jobs go that are to run again.
    """

    def __init__(self, engine: Engine, queue: JobQueue) -> None:
        self._engine = engine
        self._queue = queue

    def start(self, job_id: str, ticket: int) -> Job | None:
        """Begin to run a job; None where this ticket is no longer good for it."""
        statement = (
            update(jobs)
            .where(*_held(job_id, ticket, SOURCES[Phase.EXECUTING]))
            .values(
                phase=Phase.EXECUTING,
                started=func.clock_timestamp(),
                attempt=jobs.c.attempt + 1,
            )
            .returning(jobs)
        )
        with self._engine.begin() as connection:
            row = connection.execute(statement).one_or_none()
            return None if row is None else job_of(row)

    def is_held(self, job: Job) -> bool:
        """Tell whether a job that was started is still to be run by this ticket."""
        held = _held(job.job_id, job.ticket, {Phase.EXECUTING})
        with self._engine.connect() as connection:
            return connection.scalar(select(jobs.c.job_id).where(*held)) is not None

    def kept(self, owner: str) -> int:
        """Tell how many bytes the jobs of a person keep."""
        with self._engine.connect() as connection:
            return kept_of(connection, owner).size

    def complete(self, job: Job, result: Result) -> bool:
        """Publish the result and end the job, both or neither; False where the job moved on."""
        with self._engine.begin() as connection:
            if not _ended(connection, job, Phase.COMPLETED):
                return False
            connection.execute(
                insert(results).values(
                    job_id=job.job_id,
                    result_id=RESULT,
                    key=result.file.key,
                    media_type=result.file.media_type,
                    size=result.file.size,
                    rights=list(result.rights),
                )
            )
            return True

    def fail(self, job: Job, error: JobError) -> bool:
        """End a job that failed; False where it moved on."""
        with self._engine.begin() as connection:
            values = {"error": error.message, "transient": error.transient}
            return _ended(connection, job, Phase.ERROR, **values)

    def requeue(self, job: Job, queue: Queue, running: int | None, *, attempt: int) -> bool:
        """Let a job that was started run again; False where it moved on.

        Parameters
        ----------
        job
            The job.
        queue
            In which queue.
        running
            Jobs of its owner that may run at a time there.
        attempt
            How often it counts as started.
        """
        with self._engine.begin() as connection:
            ticket = self._queue.put(connection, job.job_id, job.owner, queue, running)
            statement = (
                update(jobs)
                .where(*_held(job.job_id, job.ticket, {Phase.EXECUTING}))
                .values(
                    phase=Phase.QUEUED, queue=queue, ticket=ticket, attempt=attempt, started=None
                )
            )
            changed = connection.execute(statement).rowcount > 0
            if not changed:
                connection.rollback()
            return changed


def _held(
    job_id: str, ticket: int | None, phases: frozenset[Phase] | set[Phase]
) -> tuple[ColumnElement[bool], ...]:
    return jobs.c.job_id == job_id, jobs.c.ticket == ticket, jobs.c.phase.in_(phases)


def _ended(connection: Connection, job: Job, phase: Phase, **values: object) -> bool:
    statement = (
        update(jobs)
        .where(*_held(job.job_id, job.ticket, {Phase.EXECUTING}))
        .values(phase=phase, ended=func.clock_timestamp(), **values)
    )
    return connection.execute(statement).rowcount > 0
