"""How many queries run at a time: in this process, and for each person."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from tap.errors import BusyServiceError, QuotaError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from schemas.session import Caller

_WAIT = 1.0
"""Seconds to wait for a place."""


class Admission(Protocol):
    """Lets queries in; one that knows tiers may take the place of the plain one."""

    def admitted(self, caller: Caller) -> AbstractContextManager[None]:
        """Hold a place for a query while the block runs.

        Raises
        ------
        BusyServiceError
            If the service is full.
        QuotaError
            If this caller has as many queries running as they may.
        """


class ProcessAdmission:
    """So many queries in this process, and so many of them for one person.

    The public has no person's limit: its members cannot be told apart.
    """

    def __init__(self, total: int, per_person: int) -> None:
        self._places = threading.BoundedSemaphore(total)
        self._per_person = per_person
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()

    @contextmanager
    def admitted(self, caller: Caller) -> Iterator[None]:
        """Hold a place for a query while the block runs."""
        with self._counted(caller.principal):
            if not self._places.acquire(timeout=_WAIT):
                raise BusyServiceError("The service is fully busy. Please try again in a moment.")
            try:
                yield
            finally:
                self._places.release()

    @contextmanager
    def _counted(self, principal: str) -> Iterator[None]:
        if not principal:
            yield
            return
        with self._lock:
            if self._running[principal] >= self._per_person:
                raise QuotaError(
                    f"You have {self._per_person} queries running here already."
                    " Wait for one of them to end."
                )
            self._running[principal] += 1
        try:
            yield
        finally:
            with self._lock:
                self._running[principal] -= 1
                if not self._running[principal]:
                    del self._running[principal]
