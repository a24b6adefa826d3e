"""Answers SSA queryData requests (SSA 1.1, sections 4 and 8).

A request that cannot be answered gets a VOTable that says why, like one that
can: SSA clients look at QUERY_STATUS, not at the HTTP status.
"""

from __future__ import annotations

import logging
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from resources.ssap import SpectralAccess
from schemas.declaration import Position
from schemas.session import PUBLIC
from ssa.parameters import parse_query
from ssa.ranges import ParameterError
from ssa.response import INFOS, input_params, response_params
from ssa.streaming import StartedStream
from tap.votable import error_votable, votable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from contextlib import AbstractContextManager
    from datetime import timedelta

    from schemas.session import Caller, ReaderDatabase
    from ssa.parameters import Query
    from ssa.response import Holdings
    from ssa.store import ObsCoreStore
    from tap.places import PersonPlaces

_log = logging.getLogger(__name__)

_LOCATION: Final = Position("location", "location", "")
"""Refers the column that holds both coordinates to its COOSYS."""

_QUERY_CANCELED: Final = "57014"
"""SQLSTATE of a statement that ran into its time limit (PostgreSQL, appendix A)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a query may ask for."""

    default_maxrec: int = 10_000
    maxrec: int = 100_000
    default_size: float = 0.5
    """Diameter in degrees of a search around a POS without SIZE."""
    timeout: timedelta | None = None
    """Longest a query may run; None for what holds for all transactions."""
    queries: int | None = None
    """Queries one person may have running at a time; None for any number."""


def refusal(message: str) -> bytes:
    """Write the VOTable that says why there is no answer."""
    return error_votable(message, infos=INFOS)


class SsaService:
    """An SSA service on one ObsCore table.

    Parameters
    ----------
    database
        Opens transactions in the caller's name.
    store
        Searches the table.
    holdings
        Says what the answers' rows have in common.
    limits
        How much a query may ask for; where it depends on the caller, what gives a
        caller's limits.
    security
        Ways to log in, for the capabilities (SSO 2.0, section 2).
    people
        Counts the queries each person runs; absent: nobody does.
    """

    def __init__(  # noqa: PLR0913 # all but three have defaults
        self,
        database: ReaderDatabase,
        store: ObsCoreStore,
        holdings: Holdings,
        limits: Limits | Callable[[Caller], Limits] | None = None,
        *,
        security: tuple[str, ...] = (),
        people: PersonPlaces | None = None,
    ) -> None:
        self._database = database
        self._store = store
        self._holdings = holdings
        self._params = response_params(holdings)
        everyones = limits or Limits()
        self.limits_of = everyones if callable(everyones) else lambda _: everyones
        """Gives a caller's limits."""
        self._security = security
        self._people = people

    def answer(self, pairs: Iterable[tuple[str, str]], caller: Caller) -> Iterable[bytes]:
        """Answer a request.

        Parameters
        ----------
        pairs
            Names and values of the request's parameters, as they came.
        caller
            In whose name the database is asked.

        Returns
        -------
        Iterable of bytes
            A VOTable. Where it has a ``close``, that is to be called.

        Raises
        ------
        QuotaError, BusyServiceError
            If the caller has as many queries running as they may.
        """
        limits = self.limits_of(caller)
        try:
            query = parse_query(pairs, limits.default_size)
        except ParameterError as error:
            return (refusal(str(error)),)
        if query.metadata_only:
            return self._metadata(limits)
        try:
            return StartedStream(self._answer(query, caller, limits))
        except SQLAlchemyError as error:
            return (refusal(_explain(error)),)

    def capability(self, url: str, caller: Caller = PUBLIC) -> SpectralAccess:
        """Describe the service at a URL for the registry, with a caller's limits."""
        limits = self.limits_of(caller)
        return SpectralAccess(
            url=url,
            product_types=self._holdings.registered_types,
            data_sources=self._holdings.data_sources,
            creation_types=(self._holdings.creation_type,),
            default_rows=limits.default_maxrec,
            hard_rows=limits.maxrec,
            test_query=self._holdings.test_query,
            security=self._security,
        )

    def is_available(self, caller: Caller) -> bool:
        """Tell whether queries are answered at present, by asking one."""
        try:
            with self._database.transaction(caller) as connection:
                self._store.probe(connection)
        except SQLAlchemyError as error:
            _explain(error)
            return False
        return True

    def _answer(self, query: Query, caller: Caller, limits: Limits) -> Generator[bytes, None, None]:
        """Query the database and write what it finds."""
        maxrec = limits.default_maxrec if query.maxrec is None else query.maxrec
        maxrec = min(maxrec, limits.maxrec)
        if query.top is not None and query.top <= maxrec:
            # The caller wants no more than TOP, so leaving out the rest is no overflow.
            limit, cut = query.top, None
        else:
            limit, cut = maxrec + 1, maxrec
        with (
            self._counted(caller, limits),
            self._database.transaction(caller, timeout=limits.timeout) as connection,
        ):
            yield from votable(
                self._store.columns,
                self._store.search(connection, query, limit),
                infos=INFOS,
                params=self._params,
                positions=(_LOCATION,),
                maxrec=cut,
                on_error=_explain,
            )

    def _counted(self, caller: Caller, limits: Limits) -> AbstractContextManager[None]:
        if self._people is None or limits.queries is None:
            return nullcontext()
        return self._people.taken(caller.principal, limits.queries)

    def _metadata(self, limits: Limits) -> Iterable[bytes]:
        """Describe parameters and columns (SSA 1.1, section 4.1.1.5)."""
        inputs = input_params(limits.default_size, limits.default_maxrec)
        return votable(
            self._store.columns,
            (),
            infos=INFOS,
            params=(*inputs, *self._params),
            positions=(_LOCATION,),
        )


def _explain(error: Exception) -> str:
    """Say what went wrong with the database, in words that give nothing of it away."""
    if isinstance(error, DBAPIError) and getattr(error.orig, "pgcode", "") == _QUERY_CANCELED:
        return "The query took longer than it may; ask for a smaller region or fewer rows"
    _log.error("SSA query failed", exc_info=error)
    return "The service cannot answer at the moment; try again later"
