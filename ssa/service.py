"""Answers SSA queryData requests (SSA 1.1, sections 4 and 8).

A request that cannot be answered gets a VOTable that says why, like one that
can: SSA clients look at QUERY_STATUS, not at the HTTP status.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from resources.ssap import SpectralAccess
from schemas.declaration import Position
from ssa.parameters import parse_query
from ssa.ranges import ParameterError
from ssa.response import INFOS, input_params, response_params
from ssa.streaming import StartedStream
from tap.votable import error_votable, votable

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from schemas.session import Caller, ReaderDatabase
    from ssa.parameters import Query
    from ssa.response import Holdings
    from ssa.store import ObsCoreStore

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
        How much a query may ask for.
    """

    def __init__(
        self,
        database: ReaderDatabase,
        store: ObsCoreStore,
        holdings: Holdings,
        limits: Limits | None = None,
    ) -> None:
        self._database = database
        self._store = store
        self._holdings = holdings
        self._params = response_params(holdings)
        self.limits = limits or Limits()

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
        """
        try:
            query = parse_query(pairs, self.limits.default_size)
        except ParameterError as error:
            return (refusal(str(error)),)
        if query.metadata_only:
            return self._metadata()
        try:
            return StartedStream(self._answer(query, caller))
        except SQLAlchemyError as error:
            return (refusal(_explain(error)),)

    def capability(self, url: str) -> SpectralAccess:
        """Describe the service at a URL for the registry."""
        return SpectralAccess(
            url=url,
            product_types=self._holdings.registered_types,
            data_sources=self._holdings.data_sources,
            creation_types=(self._holdings.creation_type,),
            default_rows=self.limits.default_maxrec,
            hard_rows=self.limits.maxrec,
            test_query=self._holdings.test_query,
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

    def _answer(self, query: Query, caller: Caller) -> Generator[bytes, None, None]:
        """Query the database and write what it finds."""
        maxrec = self.limits.default_maxrec if query.maxrec is None else query.maxrec
        maxrec = min(maxrec, self.limits.maxrec)
        if query.top is not None and query.top <= maxrec:
            # The caller wants no more than TOP, so leaving out the rest is no overflow.
            limit, cut = query.top, None
        else:
            limit, cut = maxrec + 1, maxrec
        with self._database.transaction(caller) as connection:
            yield from votable(
                self._store.columns,
                self._store.search(connection, query, limit),
                infos=INFOS,
                params=self._params,
                positions=(_LOCATION,),
                maxrec=cut,
                on_error=_explain,
            )

    def _metadata(self) -> Iterable[bytes]:
        """Describe parameters and columns (SSA 1.1, section 4.1.1.5)."""
        inputs = input_params(self.limits.default_size, self.limits.default_maxrec)
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
