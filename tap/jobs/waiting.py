"""Holds requests back until a job changes (UWS 1.1, section 2.2.1.1): a bounded number of them."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tap.uws.phases import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap.jobs.news import PhaseNews
    from tap.uws.job import Job

_LOOK_AGAIN = 5.0
"""Seconds after which a waiter looks for itself, should it have heard nothing."""

_LINGER = 0.25
"""Seconds that a request which waits is still held back when the job begins to run."""


class JobWaiters:
    """The places of those who wait; each keeps a thread of this process.

    Parameters
    ----------
    news
        Tells of changes.
    places
        Requests of this process that may be held back at a time.
    """

    def __init__(self, news: PhaseNews, places: int) -> None:
        self._news = news
        self._places = threading.BoundedSemaphore(places)

    def changed(self, job: Job, look: Callable[[], Job], seconds: float) -> Job:
        """Wait until a job's phase is another one, or it has taken long enough.

        Parameters
        ----------
        job
            As it is; given back at once where no place is free.
        look
            Reads it anew.
        seconds
            Longest to wait.
        """
        with self._place() as free:
            return self._watched(job, look, seconds) if free else job

    def _watched(self, job: Job, look: Callable[[], Job], seconds: float) -> Job:
        deadline = time.monotonic() + seconds
        changed = threading.Event()
        with self._news.watching(job.job_id, changed.set):
            while True:
                found = look()
                if found.phase == Phase.EXECUTING != job.phase:
                    # A quick job ends at once, which spares its client another request.
                    deadline = min(deadline, time.monotonic() + _LINGER)
                    job = found
                left = deadline - time.monotonic()
                if found.phase != job.phase or left <= 0:
                    return found
                changed.wait(min(left, _LOOK_AGAIN))
                changed.clear()

    @contextmanager
    def _place(self) -> Iterator[bool]:
        """Hold one of the places, if there is a free one."""
        free = self._places.acquire(blocking=False)
        try:
            yield free
        finally:
            if free:
                self._places.release()
