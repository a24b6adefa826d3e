"""Puts the asynchronous side together: what web processes and workers need for jobs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from schemas.engine import APP
from schemas.session import PUBLIC, Caller
from tap.admission import ProcessAdmission
from tap.errors import ForbiddenError
from tap.jobs.news import PhaseNews
from tap.jobs.progress import JobProgress
from tap.jobs.queue import JobQueue
from tap.jobs.runner import JobRunner
from tap.jobs.service import JobService
from tap.jobs.storage import JobStorage
from tap.jobs.store import JobStore
from tap.jobs.upkeep import JobUpkeep
from tap.jobs.waiting import JobWaiters
from tap.jobs.worker import JobWorker, WorkerPlaces
from vo_server import wiring
from vo_server.auth.account_store import find_account
from vo_server.database import arrow_database, uri_of
from vo_server.exports_wiring import export_maker
from vo_server.registry_wiring import registry_service

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from vo_server.config import Settings


class JobWiring:
    """The parts that the services share, each made when it is first needed.

    Parameters
    ----------
    settings
        The settings.
    engine
        Of ``vo_app``: apart from the connections of queries, so that the phase
        of a job is told however busy these are.
    """

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._settings = settings
        self._engine = engine
        self._limits_of = wiring.job_limits(settings)

    def service(self) -> JobService:
        """Put together what a web process needs."""
        store = JobStore(self._engine, self._queue)
        waiters = JobWaiters(self._news, self._settings.waiters)
        contact = self._settings.contact or self._settings.publisher
        return JobService(store, self._storage, waiters, self._limits_of, contact=contact)

    def worker(self) -> JobWorker:
        """Put a worker together.

        Raises
        ------
        OSError
            If the storage of the jobs cannot be used.
        OperationError
            If the database was not set up.
        """
        settings = self._settings
        places = WorkerPlaces(settings.async_short_places, settings.async_long_places)
        together = places.short + places.long
        tap = wiring.tap_service(
            settings,
            arrow_database(settings, settings.async_niceness, size=together),
            wiring.geometry_backend(wiring.reader_database(settings)),
            ProcessAdmission(together),
        )
        self._storage.check()
        runner = JobRunner(
            JobProgress(self._engine, self._queue),
            self._storage,
            self._news,
            tap,
            caller_of=self._caller_of,
            limits_of=self._limits_of,
            short=settings.async_short_timeout,
        )
        upkeep = JobUpkeep(
            self._engine,
            self._queue,
            self._storage,
            lambda principal: self._limits_of(self._caller_of(principal)),
            settings.async_silence,
        )
        records = registry_service(settings, wiring.reader_database(settings), self._engine)
        return JobWorker(
            uri_of(settings, APP),
            runner,
            upkeep,
            places,
            settings.async_silence,
            errands={"refresh_records": records.refresh},
            prompt={"refresh_exports": export_maker(settings, self._engine).refresh},
        )

    def _caller_of(self, principal: str) -> Caller:
        """Look up who made a job, as they are now."""
        if not principal:
            return PUBLIC
        with self._engine.connect() as connection:
            account = find_account(connection, principal)
        if account is None or account.disabled_at is not None:
            raise ForbiddenError("The account that made this job may no longer be used.")
        return Caller(account.name, str(account.tier))

    @cached_property
    def _queue(self) -> JobQueue:
        return JobQueue(self._engine)

    @cached_property
    def _storage(self) -> JobStorage:
        return JobStorage(self._settings.job_storage)

    @cached_property
    def _news(self) -> PhaseNews:
        return PhaseNews(uri_of(self._settings, APP))
