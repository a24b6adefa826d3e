"""A process that takes jobs from the queue: procrastinate's worker, and the upkeep."""

from __future__ import annotations

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker
from typing_extensions import override

from tap.jobs.queue import RUN_JOB

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from procrastinate import JobContext
    from procrastinate.jobs import Notification

    from tap.jobs.runner import JobRunner
    from tap.jobs.upkeep import JobUpkeep

_LOG = logging.getLogger(__name__)

_UPKEEP = "upkeep"
"""Name of the task that looks after the jobs, and of its queue."""

_UPKEEP_TIMES = "* * * * * */5"
"""Every 5 seconds, in the syntax of cron with seconds behind."""

_ERRANDS = "errands"
"""Queue of what is to be done now and then beside the jobs."""

_ERRAND_TIMES = "* * * * *"
"""Every minute."""

_PROMPT_TIMES = _UPKEEP_TIMES

_RESTART_SECONDS = 1.0

_CONNECT_SECONDS = 5.0
"""Longest a part of the worker waits for the database, before the worker begins anew or ends."""

_SECOND_LOOK = 0.05
"""Seconds between news of a job and the second look into the queue."""

_BEATS = 5
"""Signs of life that may get lost before a worker counts as dead."""


class _PromptWorker(Worker):
    """Looks once more after each news of a job.

    procrastinate forgets news that come while it looks into the queue, and
    would find that job at its next look, which is 5 seconds later.
    """

    @override
    async def _handle_notification(self, *, channel: str, notification: Notification) -> None:
        await super()._handle_notification(channel=channel, notification=notification)
        asyncio.get_running_loop().call_later(_SECOND_LOOK, self._new_job_event.set)


@dataclass(frozen=True, slots=True)
class WorkerPlaces:
    """How many jobs of each queue one worker process runs at a time."""

    short: int = 2
    long: int = 2


class JobWorker:
    """Runs jobs until it is asked to stop.

    Parameters
    ----------
    uri
        Of PostgreSQL, with name and password of ``vo_app``.
    runner
        Runs a job.
    upkeep
        Looks after the jobs that nobody runs.
    places
        How many at a time.
    silence
        Time after which it counts as dead when it gives no sign of life.
    errands
        What one of all workers is to do every minute, by name.
    prompt
        The same, every five seconds: what has to be looked for often.
    """

    def __init__(  # noqa: PLR0913 # all but one have a name of their own
        self,
        uri: str,
        runner: JobRunner,
        upkeep: JobUpkeep,
        places: WorkerPlaces,
        silence: timedelta,
        *,
        errands: Mapping[str, Callable[[], object]] | None = None,
        prompt: Mapping[str, Callable[[], object]] | None = None,
    ) -> None:
        self._uri = uri
        self._runner = runner
        self._upkeep = upkeep
        self._places = {"short": places.short, "long": places.long, _UPKEEP: 1}
        self._errands = [(name, _ERRAND_TIMES, run) for name, run in (errands or {}).items()]
        self._errands += [(name, _PROMPT_TIMES, run) for name, run in (prompt or {}).items()]
        if self._errands:
            # None waits for another.
            self._places[_ERRANDS] = len(self._errands)
        self._silence = silence.total_seconds()

    def run_until_stopped(self) -> None:
        """Work until SIGINT or SIGTERM; what runs then is given back to the queue."""
        asyncio.run(self._main())

    async def _main(self) -> None:
        loop = asyncio.get_running_loop()
        # Each job has a thread to itself.
        loop.set_default_executor(ThreadPoolExecutor(sum(self._places.values()) + 1, "job"))
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
        until_stopped = asyncio.create_task(stopped.wait())
        while not stopped.is_set():
            try:
                await self._work(until_stopped)
            except (ConnectorException, OSError) as error:
                _LOG.warning("the queue cannot be reached: %s", type(error).__name__)
            if not stopped.is_set():
                await asyncio.wait([until_stopped], timeout=_RESTART_SECONDS)

    async def _work(self, stopped: asyncio.Task[bool]) -> None:
        """Work until asked to stop, or until a part of it breaks."""
        # Both ends of the pool are small: its connections are used for moments.
        connector = PsycopgConnector(
            conninfo=self._uri, min_size=1, max_size=4, timeout=_CONNECT_SECONDS
        )
        app = self._app(connector)
        self._runner.open()
        async with app.open_async():
            parts = [
                asyncio.create_task(
                    _PromptWorker(
                        app,
                        queues=[queue],
                        name=queue,
                        concurrency=places,
                        install_signal_handlers=False,
                        delete_jobs="always",
                        update_heartbeat_interval=self._silence / _BEATS,
                        stalled_worker_timeout=self._silence,
                    ).run()  # type: ignore[no-untyped-call] # its result is not annotated
                )
                for queue, places in self._places.items()
            ]
            await asyncio.wait([stopped, *parts], return_when=asyncio.FIRST_COMPLETED)
            # Also when a part broke: what goes on without signs of life is run by another, too.
            await asyncio.to_thread(self._runner.shut_down)
            for part in parts:
                part.cancel()
            _tell_faults(await asyncio.gather(*parts, return_exceptions=True))

    def _app(self, connector: PsycopgConnector) -> App:
        app = App(connector=connector)

        @app.task(name=RUN_JOB, pass_context=True)
        def run_job(context: JobContext, job_id: str) -> None:
            if context.job.id is not None:
                self._runner.run(job_id, context.job.id)

        @app.periodic(cron=_UPKEEP_TIMES)
        @app.task(name=_UPKEEP, queue=_UPKEEP, queueing_lock=_UPKEEP)
        def upkeep(timestamp: int) -> None:
            del timestamp
            self._upkeep.run()

        for name, times, errand in self._errands:
            _register_errand(app, name, times, errand)
        return app


def _tell_faults(ends: list[BaseException | None]) -> None:
    """Log why parts of a worker ended, unless they were asked to."""
    for end in ends:
        if isinstance(end, Exception):
            _LOG.warning("a part of the worker ended: %s: %s", type(end).__name__, end)


def _register_errand(app: App, name: str, times: str, errand: Callable[[], object]) -> None:
    """Have something done now and then, by one worker at a time; late runs do not pile up."""

    @app.periodic(cron=times, periodic_id=name)
    @app.task(name=name, queue=_ERRANDS, queueing_lock=name, lock=name)
    def run(timestamp: int) -> None:
        del timestamp
        errand()
