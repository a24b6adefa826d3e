"""Runs jobs: from a ticket of the queue to a result in the storage."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tap.control import Control
from tap.errors import (
    BusyServiceError,
    CancelledError,
    ForbiddenError,
    QueryTimeoutError,
    QuotaError,
    ServiceError,
    UnavailableError,
    timed_out,
)
from tap.jobs.rights import RightsWitness
from tap.parameters import Parameters
from tap.uploads.model import InlineFile
from tap.uws.job import JobError, Result, StoredFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemas.session import Caller
    from tap.answer import Answer
    from tap.jobs.news import PhaseNews
    from tap.jobs.progress import JobProgress
    from tap.jobs.storage import JobStorage
    from tap.query import TapLimits
    from tap.service import TapService
    from tap.uws.job import Job
    from tap.uws.limits import JobLimits

_LOG = logging.getLogger(__name__)

SHORT = timedelta(seconds=30)
"""What has not ended after this time begins anew in the long queue."""

_NO_ROOM = (
    "The result is larger than what you may still keep here. Delete results you need no more, and"
    " make the job again; or ask for fewer rows or columns."
)

_STALL_SECONDS = 600.0
"""Longest the storage may take for one piece of a result."""


class WithdrawnError(CancelledError):
    """The job was aborted or deleted, or another worker has it."""


class ShutdownError(CancelledError):
    """The worker is to end; another one is to run the job."""


class JobRunner:
    """Runs jobs in the name of those who made them.

    Parameters
    ----------
    progress
        Their rows.
    storage
        Their files.
    news
        Tells of changes.
    tap
        Runs the queries.
    caller_of
        Gives the caller of a principal as they are when the job starts; raises
        :class:`~tap.errors.ForbiddenError` where there is none any more.
    limits_of
        Gives the limits of a caller's jobs.
    short
        Longest a job may run in the short queue.
    """

    def __init__(  # noqa: PLR0913 # all but one are parts of it
        self,
        progress: JobProgress,
        storage: JobStorage,
        news: PhaseNews,
        tap: TapService,
        *,
        caller_of: Callable[[str], Caller],
        limits_of: Callable[[Caller], JobLimits],
        short: timedelta = SHORT,
    ) -> None:
        self._progress = progress
        self._storage = storage
        self._news = news
        self._tap = tap
        self._caller_of = caller_of
        self._limits_of = limits_of
        self._short = short
        self._lock = threading.Lock()
        self._running: set[Control] = set()
        self._stopping = False

    def run(self, job_id: str, ticket: int) -> None:
        """Run a job, if the ticket is still good for it.

        Raises
        ------
        Exception
            Any fault of this service or of what it depends on. The job is
            left as it is then, and begun again by those who look for jobs
            that nobody runs.
        """
        job = self._progress.start(job_id, ticket)
        if job is None:
            return
        try:
            caller = self._caller_of(job.owner)
        except ForbiddenError as error:
            self._progress.fail(job, JobError(str(error), transient=False))
            return
        self._run(job, ticket, caller)

    def _run(self, job: Job, ticket: int, caller: Caller) -> None:
        limits = self._limits_of(caller)
        control = Control(self._time_for(job), stall=_STALL_SECONDS)
        key = self._storage.result_key(job.job_id, ticket)
        try:
            with self._watched(job, control):
                result = self._made(job, caller, limits, control, key)
        except ShutdownError:
            self._progress.requeue(job, job.queue, limits.running, attempt=job.attempt - 1)
        except WithdrawnError:
            _LOG.info("job %s is no longer to be run here", job.job_id)
        except QueryTimeoutError as error:
            if job.queue == "short" and job.duration > self._short:
                self._progress.requeue(job, "long", limits.running, attempt=0)
            else:
                self._progress.fail(job, JobError(str(error), transient=False))
        except (UnavailableError, BusyServiceError):
            raise
        except ServiceError as error:
            self._progress.fail(job, JobError(str(error), transient=error.retry_after is not None))
        else:
            # Where this fails nobody knows whether it was done: then the file stays with the job.
            if not self._progress.complete(job, result):
                self._storage.remove(key)

    def open(self) -> None:
        """Take jobs, again after :meth:`shut_down`."""
        with self._lock:
            self._stopping = False

    def shut_down(self) -> None:
        """Give back what runs; take nothing more until opened."""
        with self._lock:
            self._stopping = True
            running = list(self._running)
        for control in running:
            control.stop(ShutdownError("This worker is being stopped."))

    def _time_for(self, job: Job) -> timedelta:
        return min(job.duration, self._short) if job.queue == "short" else job.duration

    def _made(
        self, job: Job, caller: Caller, limits: JobLimits, control: Control, key: str
    ) -> Result:
        """Run the query and store what it answers."""
        deadline = time.monotonic() + control.limit.total_seconds()
        parameters = Parameters(job.parameters)
        with self._inputs(job) as files:
            accepted = self._tap.accept(parameters, caller, files)
        witness = RightsWitness()
        execution = replace(accepted, witness=witness)
        answer = self._tap.run(
            execution, control=control, limits=self._query_limits(caller, limits, control)
        )
        size = self._stored(answer, control, key, deadline, self._room(job, limits))
        if failure := answer.failure():
            self._storage.remove(key)
            raise failure
        return Result(StoredFile(key, answer.content_type, size), witness.rights)

    @contextmanager
    def _inputs(self, job: Job) -> Iterator[dict[str, InlineFile]]:
        """Open the files that came with the job."""
        with ExitStack() as stack:
            yield {
                name: InlineFile(stack.enter_context(self._storage.open(file.key)), file.media_type)
                for name, file in job.files.items()
            }

    def _query_limits(self, caller: Caller, limits: JobLimits, control: Control) -> TapLimits:
        return self._tap.limits_of(caller).for_jobs(control.limit, limits.answer_bytes)

    def _room(self, job: Job, limits: JobLimits) -> int | None:
        """Tell how many bytes more the owner of a job may keep; None for any number."""
        if limits.kept_bytes is None:
            return None
        return limits.kept_bytes - self._progress.kept(job.owner)

    def _stored(
        self, answer: Answer, control: Control, key: str, deadline: float, room: int | None
    ) -> int:
        """Write an answer into the storage, and give its size in bytes.

        Raises
        ------
        QuotaError
            If there is not so much room for it.
        """
        size = 0
        pieces = [answer.body] if isinstance(answer.body, bytes) else answer.body
        with self._storage.writing(key) as file:
            for piece in pieces:
                file.write(piece)
                size += len(piece)
                if room is not None and size > room:
                    error = QuotaError(_NO_ROOM)
                    control.stop(error)
                    raise error
                if time.monotonic() > deadline:
                    control.stop(timed_out(control.limit))
        return size

    @contextmanager
    def _watched(self, job: Job, control: Control) -> Iterator[None]:
        """End the query when its job is no longer to be run, or this worker is to end."""

        def look() -> None:
            if not self._progress.is_held(job):
                control.stop(WithdrawnError("The job was aborted or deleted."))

        def heard() -> None:
            # The thread that listens must not wait for the database.
            threading.Thread(target=look, name="job look", daemon=True).start()

        with self._news.watching(job.job_id, heard):
            try:
                with self._lock:
                    self._running.add(control)
                    if self._stopping:
                        control.stop(ShutdownError("This worker is being stopped."))
                look()
                control.check()
                yield
            finally:
                with self._lock:
                    self._running.discard(control)
