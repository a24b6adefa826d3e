"""Puts together what the front page shows."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import SQLAlchemyError

from schemas.session import PUBLIC
from vo_server.portal.timeline import timeline

if TYPE_CHECKING:
    from schemas.identity import Identity
    from schemas.session import Caller, ReaderDatabase
    from vo_server.portal.store import PortalStore, Run
    from vo_server.portal.timeline import Timeline

FRESH_FOR: Final = timedelta(seconds=30)
"""How old the numbers on the page may be: counting reads every product."""

SIMULATED: Final = "simulated"
"""The word that a collection of simulated products has in its name."""


class DatabaseUnavailableError(Exception):
    """The database cannot be asked; the cause says why."""


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in the table."""

    run: Run
    products: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The numbers of the front page: what the caller sees, in latest versions."""

    products: int
    downloadable: int
    stars: int
    runs_with_products: int
    simulated: int
    """How many of the products are simulated."""
    runs: tuple[RunLine, ...]
    timeline: Timeline | None


class PortalService:
    """Gives the front page its contents.

    Parameters
    ----------
    database
        Opens transactions in the caller's name.
    store
        Counts.
    identity
        The server's public address, which the lines to paste are made of.
    publisher
        Name at the foot of the pages, if it is to stand there.
    fresh_for
        How long the public's counts are used again.
    """

    def __init__(
        self,
        database: ReaderDatabase,
        store: PortalStore,
        identity: Identity,
        *,
        publisher: str = "",
        fresh_for: timedelta = FRESH_FOR,
    ) -> None:
        self.identity = identity
        self.publisher = publisher
        self._database = database
        self._store = store
        self._fresh_for = fresh_for.total_seconds()
        self._lock = threading.Lock()
        self._public: Overview | None = None
        self._counted_at = 0.0

    def overview(self, caller: Caller) -> Overview:
        """Count what a caller sees; what the public sees may be a moment old.

        Raises
        ------
        DatabaseUnavailableError
            If the database does not answer.
        """
        try:
            return self._overview(caller)
        except SQLAlchemyError as error:
            raise DatabaseUnavailableError("nothing could be counted") from error

    def _overview(self, caller: Caller) -> Overview:
        """Use the public's counts again while they are fresh."""
        if caller != PUBLIC:
            return self._count(caller)
        known = self._public
        if known is not None and time.monotonic() - self._counted_at < self._fresh_for:
            return known
        # One thread counts anew; the others need not wait for it if anything is known.
        if not self._lock.acquire(blocking=known is None) and known is not None:
            return known
        try:
            self._public = self._count(PUBLIC)
            self._counted_at = time.monotonic()
            return self._public
        finally:
            self._lock.release()

    def _count(self, caller: Caller) -> Overview:
        """Count, in one transaction."""
        with self._database.transaction(caller) as connection:
            runs = self._store.runs(connection)
            counts = self._store.products(connection)
            stars = self._store.stars(connection)
        per_run: Counter[str] = Counter()
        for count in counts:
            per_run[count.run_code] += count.listed
        return Overview(
            products=per_run.total(),
            downloadable=sum(count.public for count in counts),
            stars=stars,
            runs_with_products=len(per_run),
            simulated=sum(c.listed for c in counts if SIMULATED in c.collection.lower()),
            runs=tuple(RunLine(run, per_run[run.code]) for run in runs),
            timeline=timeline(runs),
        )
