"""Puts jobs into the queue, in the same transaction that changes the job's row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procrastinate import App
from procrastinate.contrib.sqlalchemy import SQLAlchemyPsycopg2Connector
from sqlalchemy import func, select, text

from schemas.uws import jobs

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from tap.uws.job import Queue

RUN_JOB = "run_job"
"""Name of the task that runs a job."""

_UNFINISHED = ("QUEUED", "EXECUTING")

_WITHDRAW = text("DELETE FROM queue.procrastinate_jobs WHERE id = :ticket AND status = 'todo'")


class JobQueue:
    """Hands out tickets: rows of the queue, of which each stands for one run of a job.

    Fair share: a person's first waiting job comes before everybody's second
    one, and so on (the priority), and no person runs more than so many at a
    time (the lock: tickets with the same one are run one after the other).

    Parameters
    ----------
    engine
        Of ``vo_app``.
    """

    def __init__(self, engine: Engine) -> None:
        connector = SQLAlchemyPsycopg2Connector()
        connector.open(engine)
        self._app = App(connector=connector)

    def put(
        self, connection: Connection, job_id: str, owner: str, queue: Queue, running: int | None
    ) -> int:
        """Queue a job; its row is still to get the ticket.

        Parameters
        ----------
        connection
            In whose transaction all this happens.
        job_id, owner, queue
            Of the job.
        running
            Jobs of one person that may run at a time in this queue.

        Returns
        -------
        int
            The ticket.
        """
        before = connection.scalar(
            select(func.count())
            .select_from(jobs)
            .where(jobs.c.owner == owner, jobs.c.queue == queue, jobs.c.phase.in_(_UNFINISHED))
        )
        place = before or 0
        deferrer = self._app.configure_task(
            RUN_JOB,
            queue=queue,
            priority=-place,
            lock=None if running is None else f"{queue} {place % running} {owner}",
            connection=connection,
        )
        return deferrer.defer(job_id=job_id)

    @staticmethod
    def withdraw(connection: Connection, ticket: int | None) -> None:
        """Take a ticket back that no worker has taken yet."""
        connection.execute(_WITHDRAW, {"ticket": ticket})
