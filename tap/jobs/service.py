"""The rules of asynchronous queries (UWS 1.1, TAP 1.1 section 2.2), without HTTP."""

from __future__ import annotations

import io
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import IO, TYPE_CHECKING

from tap.errors import ForbiddenError, NotFoundError, QuotaError, UsageError
from tap.parameters import Parameters, shown
from tap.uploads.model import InlineFile
from tap.uws.filters import read_filter
from tap.uws.job import Job, StoredFile
from tap.uws.parameters import job_parameters, merged
from tap.uws.phases import UNFINISHED, Phase
from tap.uws.times import read_seconds, read_time
from tap.uws.waiting import read_wait, worth_waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from schemas.session import Caller
    from tap.jobs.storage import JobStorage
    from tap.jobs.store import JobStore
    from tap.jobs.waiting import JobWaiters
    from tap.uws.job import JobReference
    from tap.uws.limits import JobLimits
    from tap.uws.parameters import Pairs

    Files = Mapping[str, InlineFile]
    Stored = tuple[StoredFile, IO[bytes]]


class JobService:
    """Makes, shows, changes and ends jobs.

    Parameters
    ----------
    store
        Their rows.
    storage
        Their files.
    waiters
        Hold requests back until a job changes.
    limits_of
        Gives the limits of a caller's jobs.
    contact
        Whom to ask about rights.
    """

    def __init__(
        self,
        store: JobStore,
        storage: JobStorage,
        waiters: JobWaiters,
        limits_of: Callable[[Caller], JobLimits],
        *,
        contact: str,
    ) -> None:
        self._contact = contact
        self._store = store
        self._storage = storage
        self._waiters = waiters
        self._limits_of = limits_of

    def create(self, pairs: Pairs, files: Files, caller: Caller) -> Job:
        """Make a job of what a request brings, and let it run if it says so.

        Parameters
        ----------
        pairs
            Names and values of the parameters.
        files
            Parts that are files, by their names; they are kept with the job.
        caller
            Who makes it.

        Raises
        ------
        UsageError
            If a parameter about the job itself is malformed, or PHASE is not RUN.
            Those of the query are looked at when the job runs.
        QuotaError
            If the caller's jobs keep as much as they may.
        """
        parameters = Parameters(pairs)
        run = _wants_run(parameters)
        limits = self._limits_of(caller)
        self._check_room(caller, limits)
        now = datetime.now(UTC)
        inputs = job_parameters(pairs)
        job = Job(
            job_id=secrets.token_hex(16),
            owner=caller.principal,
            phase=Phase.PENDING,
            created=now,
            destruction=_destruction(parameters, limits, now) or now + limits.retention,
            duration=_duration(parameters, limits) or limits.duration,
            run_id=_run_id(inputs),
            parameters=inputs,
        )
        # The row first: files are always some job's, and are removed with it.
        self._store.add(job)
        if files:
            kept = self._kept(job.job_id, files)
            self._store.change_inputs(job.job_id, lambda found: replace(found, files=kept))
        if run:
            self._store.enqueue(job, limits.running)
        return job

    def listed(self, parameters: Parameters, caller: Caller) -> list[JobReference]:
        """List the caller's jobs; those of the public are on no list.

        Raises
        ------
        UsageError
            If PHASE, AFTER or LAST is malformed.
        """
        return self._store.references(caller.principal, read_filter(parameters))

    def searched(self, parameters: Parameters, caller: Caller) -> list[Job]:
        """List the caller's jobs whole, as astroquery's TapPlus searches them.

        Raises
        ------
        UsageError
            If PHASEID or LIMIT is malformed.
        """
        names = {"PHASEID": "PHASE", "LIMIT": "LAST"}
        given = [(name, value) for asked, name in names.items() for value in parameters.all(asked)]
        found = (
            self._store.get(reference.job_id)
            for reference in self.listed(Parameters(given), caller)
        )
        called = parameters.single("JOBNAME", "NAME")
        return [
            job for job in found
            if job is not None and called in (None, dict(job.parameters).get("JOBNAME"))
        ]  # fmt: skip

    def get(self, job_id: str, caller: Caller) -> Job:
        """Give a job.

        Raises
        ------
        NotFoundError
            If there is none of this name.
        ForbiddenError
            If it is another person's.
        """
        job = self._store.get(job_id)
        if job is None:
            raise NotFoundError(
                f"There is no job {shown(job_id)} here. It may have been deleted, or have expired."
            )
        if job.owner and job.owner != caller.principal:
            raise ForbiddenError("This job is another user's. Log in as the one who made it.")
        return job

    def awaited(self, job_id: str, parameters: Parameters, caller: Caller) -> Job:
        """Give a job, if WAIT says so not before its phase changes.

        When too many requests wait already, or it has taken long enough, the
        job is given as it is.

        Raises
        ------
        UsageError, NotFoundError, ForbiddenError
            As :meth:`get`, or if WAIT is malformed.
        """
        seconds, expected = read_wait(parameters), parameters.single("PHASE")
        job = self.get(job_id, caller)
        if not seconds or not worth_waiting(job.phase, expected):
            return job
        return self._waiters.changed(job, partial(self.get, job_id, caller), seconds)

    def run(self, job_id: str, caller: Caller) -> None:
        """Let a job run; one that was let already goes on.

        Raises
        ------
        ForbiddenError
            If it has ended.
        QuotaError
            If the caller's jobs keep as much as they may.
        """
        job, limits = self.get(job_id, caller), self._limits_of(caller)
        if job.phase == Phase.PENDING:
            self._check_room(caller, limits)
        if self._store.enqueue(job, limits.running):
            return
        if self.get(job_id, caller).phase not in UNFINISHED:
            raise ForbiddenError("This job has ended and runs only once. Make a new one.")

    def abort(self, job_id: str, caller: Caller) -> None:
        """End a job; its query is cancelled, wherever it runs.

        Raises
        ------
        ForbiddenError
            If it had ended by itself.
        """
        job = self.get(job_id, caller)
        if not self._store.abort(job) and self.get(job_id, caller).phase != Phase.ABORTED:
            raise ForbiddenError("This job has ended and cannot be aborted.")

    def delete(self, job_id: str, caller: Caller) -> None:
        """Remove a job with everything that came of it; if it runs, it ends."""
        job = self.get(job_id, caller)
        self._storage.remove_job(job.job_id)
        self._store.delete(job)

    def set_parameters(self, job_id: str, pairs: Pairs, files: Files, caller: Caller) -> None:
        """Give a job further parameters and files, or others instead of those it has.

        Raises
        ------
        ForbiddenError
            If it is no longer PENDING.
        QuotaError
            If the caller's jobs keep as much as they may.
        """
        self.get(job_id, caller)
        self._check_room(caller, self._limits_of(caller))
        new = job_parameters(pairs)

        def changed(job: Job) -> Job:
            inputs = merged(job.parameters, new)
            kept = {**job.files, **self._kept(job_id, files)}
            return replace(job, parameters=inputs, files=kept, run_id=_run_id(inputs))

        if (new or files) and self._store.change_inputs(job_id, changed) is None:
            raise ForbiddenError(
                "The parameters of a job can be changed only while it is PENDING. Make a new one."
            )

    def input(self, job_id: str, name: str, caller: Caller) -> str | Stored:
        """Give a parameter's value, or open the file that was uploaded under this name.

        Raises
        ------
        NotFoundError
            If the job has neither.
        """
        job = self.get(job_id, caller)
        if name in job.files:
            return self._opened(job.files[name])
        values = [value for known, value in job.parameters if known == name.upper()]
        if not values:
            raise NotFoundError(f"The job has no parameter {shown(name)}.")
        return "\n".join(values)

    def set_input(self, job_id: str, name: str, value: bytes, caller: Caller) -> None:
        """Replace a parameter's value, or the file that was uploaded under this name.

        Raises
        ------
        UsageError
            If the value of a parameter is not UTF-8.
        ForbiddenError
            If the job is no longer PENDING.
        """
        job = self.get(job_id, caller)
        if name in job.files:
            file = InlineFile(io.BytesIO(value), job.files[name].media_type)
            self.set_parameters(job_id, (), {name: file}, caller)
            return
        try:
            pair = name, value.decode()
        except UnicodeDecodeError as error:
            raise UsageError("The value is not valid UTF-8 text.") from error
        self.set_parameters(job_id, (pair,), {}, caller)

    def set_duration(self, job_id: str, parameters: Parameters, caller: Caller) -> None:
        """Set how long a job may run; the limit for the caller holds all the same.

        Raises
        ------
        ForbiddenError
            If it is no longer PENDING.
        """
        job = self.get(job_id, caller)
        duration = _duration(parameters, self._limits_of(caller))
        if duration is None:
            return
        if job.phase != Phase.PENDING:
            raise ForbiddenError("The duration of a job can be changed only while it is PENDING.")
        self._store.change(job.job_id, duration=int(duration.total_seconds()))

    def set_destruction(self, job_id: str, parameters: Parameters, caller: Caller) -> None:
        """Set when a job is to be deleted; the limit for the caller holds all the same."""
        job = self.get(job_id, caller)
        destruction = _destruction(parameters, self._limits_of(caller), job.created)
        if destruction is not None:
            self._store.change(job.job_id, destruction=destruction)

    def result(self, job_id: str, name: str, caller: Caller) -> Stored:
        """Open a result.

        Raises
        ------
        NotFoundError
            If the job has none of this name.
        ForbiddenError
            If not all rights hold any more that it was made under.
        """
        job = self.get(job_id, caller)
        stored = job.results.get(name)
        if stored is None:
            raise NotFoundError(
                f"The job, which is {job.phase}, has no result {shown(name)}."
                " Its results are listed in its document."
            )
        if not self._store.is_rightful(job, name):
            raise ForbiddenError(
                "The rights this result was made under do not all hold any more: a grant has ended"
                " or was revoked, or a group was left. Make the job again, for what is yours now,"
                f" or ask {self._contact}."
            )
        return self._opened(stored)

    def _check_room(self, caller: Caller, limits: JobLimits) -> None:
        if limits.kept_bytes is None:
            return
        kept = self._store.kept(caller.principal)
        if kept.size >= limits.kept_bytes:
            whose = "Your jobs keep" if caller.principal else "The jobs of the public keep"
            raise QuotaError(
                f"{whose} {kept.size} bytes of parameters, uploads and results, of"
                f" {limits.kept_bytes} that may be kept. Delete jobs you need no more, or wait"
                " until they expire.",
                kept.seconds,
            )

    def _opened(self, stored: StoredFile) -> Stored:
        try:
            return stored, self._storage.open(stored.key)
        except FileNotFoundError as error:
            raise NotFoundError("The file is no longer stored. Make the job again.") from error

    def _kept(self, job_id: str, files: Files) -> dict[str, StoredFile]:
        """Put files into the storage."""
        kept = {}
        for name, file in files.items():
            key = self._storage.input_key(job_id, name)
            media_type = file.content_type or "application/octet-stream"
            kept[name] = StoredFile(key, media_type, self._storage.put(key, file.content))
        return kept


def _wants_run(parameters: Parameters) -> bool:
    """Whether a new job is to run at once (UWS 1.1, section 2.2.3.1)."""
    wanted = parameters.single("PHASE")
    if wanted is not None and wanted.upper() != "RUN":
        raise UsageError(
            f"PHASE is {shown(wanted)}; a new job can only be told to RUN. Without PHASE it waits"
            " until it is."
        )
    return wanted is not None


def _duration(parameters: Parameters, limits: JobLimits) -> timedelta | None:
    text = parameters.single("EXECUTIONDURATION")
    if text is None:
        return None
    return limits.allowed_duration(read_seconds(text, "EXECUTIONDURATION"))


def _destruction(parameters: Parameters, limits: JobLimits, created: datetime) -> datetime | None:
    text = parameters.single("DESTRUCTION")
    if text is None:
        return None
    return min(read_time(text, "DESTRUCTION"), created + limits.hard_retention)


def _run_id(inputs: Pairs) -> str | None:
    return next((value for name, value in inputs if name == "RUNID"), None)
