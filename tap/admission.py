"""How many queries run at a time: in this process, and for each person."""

from __future__ import annotations

import threading
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Protocol

from tap.errors import BusyServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from schemas.session import Caller
    from tap.places import PersonPlaces

_WAIT = 1.0
"""Seconds to wait for a place."""


class Admission(Protocol):
    """Lets queries in."""

    def admitted(self, caller: Caller, queries: int | None) -> AbstractContextManager[None]:
        """Hold a place for a query while the block runs.

        Parameters
        ----------
        caller
            Who asks.
        queries
            Most queries of theirs at a time; None for any number.

        Raises
        ------
        BusyServiceError
            If the service is full.
        QuotaError
            If this caller has as many queries running as they may.
        """


class ProcessAdmission:
    """So many queries in this process, and so many of them for one person.

    Parameters
    ----------
    total
        Queries of this process.
    people
        Counts those of each person; absent: nobody does.
    """

    def __init__(self, total: int, people: PersonPlaces | None = None) -> None:
        self._places = threading.BoundedSemaphore(total)
        self._people = people

    @contextmanager
    def admitted(self, caller: Caller, queries: int | None) -> Iterator[None]:
        """Hold a place for a query while the block runs."""
        with self._counted(caller.principal, queries):
            if not self._places.acquire(timeout=_WAIT):
                raise BusyServiceError("The service is fully busy. Please try again in a moment.")
            try:
                yield
            finally:
                self._places.release()

    def _counted(self, principal: str, queries: int | None) -> AbstractContextManager[None]:
        if self._people is None or queries is None:
            return nullcontext()
        return self._people.taken(principal, queries)
