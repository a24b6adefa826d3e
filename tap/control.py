"""The handle on a query that is being run: its clocks, and the way to end it.

PostgreSQL's own time limit goes on while a slow client reads, so the time the
database works is counted here, around each wait for it. Whoever ends a query
leaves the reason, which then is what the failure means.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tap.errors import ClientGoneError, timed_out

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from datetime import timedelta

STALL = 60.0
"""Seconds a client may take to read the next piece of an answer."""


class Control:
    """Ends a query, from any thread.

    Parameters
    ----------
    limit
        Longest the database may work for the query.
    client
        The connection the answer goes to, if that is known.
    stall
        Seconds after which a client that reads nothing is dropped.
    """

    def __init__(
        self, limit: timedelta, client: socket.socket | None = None, *, stall: float = STALL
    ) -> None:
        self.limit = limit
        self.client = client
        self._stall = stall
        self._lock = threading.Lock()
        self._cancel: Callable[[], None] | None = None
        self._reason: Exception | None = None
        self._worked = 0.0
        self._working_since: float | None = None
        self._sending_since: float | None = None

    @property
    def reason(self) -> Exception | None:
        """Why the query was ended; None while it was not."""
        return self._reason

    def stop(self, reason: Exception) -> None:
        """End the query. The first reason given counts."""
        with self._lock:
            if self._reason is not None:
                return
            self._reason = reason
            cancel = self._cancel
        if cancel is not None:
            cancel()

    def check(self) -> None:
        """Raise the reason if the query was ended."""
        if self._reason is not None:
            raise self._reason

    @contextmanager
    def cancelled_by(self, cancel: Callable[[], None]) -> Iterator[None]:
        """Say how the statement that runs within is cancelled.

        Raises
        ------
        Exception
            The reason, if the query was ended before.
        """
        with self._lock:
            self.check()
            self._cancel = cancel
        try:
            yield
        finally:
            with self._lock:
                self._cancel = None

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count the time within as the database's."""
        self._working_since = time.monotonic()
        try:
            yield
        finally:
            self._worked += time.monotonic() - self._working_since
            self._working_since = None

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Count the time within as the client's."""
        self._sending_since = time.monotonic()
        try:
            yield
        finally:
            self._sending_since = None

    def verdict(self, now: float) -> Exception | None:
        """Tell whether a clock has run out, and which."""
        since = self._working_since
        worked = self._worked + (now - since if since is not None else 0)
        if worked > self.limit.total_seconds():
            return timed_out(self.limit)
        sending = self._sending_since
        if sending is not None and now - sending > self._stall:
            return ClientGoneError(f"The client read nothing for {self._stall:g} s.")
        return None
