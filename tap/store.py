"""Runs translated queries as the reader and hands out their rows as they come."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from tap.errors import timed_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import timedelta

    from sqlalchemy import CursorResult

    from schemas.session import Caller, ReaderDatabase

BATCH = 500
"""Rows fetched at a time; the first batch is there before an answer begins."""

_OPTIONS = {
    "stream_results": True,  # a cursor of the server's: memory stays flat
    "no_parameters": True,  # a % in the SQL is a %
    "yield_per": BATCH,
}

# All rows will be wanted; the planner would assume the first tenth of a cursor's.
_PLAN_FOR_ALL_ROWS = text("SET LOCAL cursor_tuple_fraction = 1")


class RowStream:
    """The rows of one query, with the transaction they come from.

    Iterate once. Close it in any case: that ends the transaction, also in the
    middle of the rows. A result that fits into the first batch is detached
    from the database at once.
    """

    def __init__(self, result: CursorResult[Any], transaction: ExitStack, limit: timedelta) -> None:
        self._result = result
        self._transaction = transaction
        self._limit = limit
        self._spent = 0.0
        self._first = self._fetch()
        self.complete = len(self._first) < BATCH
        """Whether all rows are here already."""
        if self.complete:
            self.close()

    def __iter__(self) -> Iterator[Sequence[object]]:
        """Walk the rows; errors are the database's, or the time limit's."""
        batch = self._first
        while batch:
            yield from batch
            batch = self._fetch() if len(batch) == BATCH else []
        self.close()

    def close(self) -> None:
        """End the transaction and give the connection back."""
        self._transaction.close()

    def _fetch(self) -> Sequence[Sequence[object]]:
        """Fetch a batch, counting the time the database takes.

        The database's own limit holds for each fetch from a cursor; their
        sum is limited here. The time a slow client takes to read does not
        count.
        """
        started = time.monotonic()
        batch = self._result.fetchmany(BATCH)
        self._spent += time.monotonic() - started
        if self._spent > self._limit.total_seconds():
            raise timed_out(self._limit)
        return batch


class QueryStore:
    """The tables as the reader sees them."""

    def __init__(self, database: ReaderDatabase) -> None:
        self._database = database

    def open(self, sql: str, caller: Caller, limit: timedelta) -> RowStream:
        """Start a query and fetch its first rows.

        Parameters
        ----------
        sql
            One SELECT, made by :func:`tap.adql.translate`.
        caller
            In whose name it runs.
        limit
            Longest the database may work for it.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            If the database refuses, fails or is away.
        ServiceError
            If the time limit struck.
        """
        transaction = ExitStack()
        try:
            connection = transaction.enter_context(
                self._database.transaction(caller, timeout=limit)
            )
            connection.execute(_PLAN_FOR_ALL_ROWS)
            result = connection.exec_driver_sql(sql, execution_options=_OPTIONS)
            transaction.callback(result.close)
            return RowStream(result, transaction, limit)
        except BaseException:
            transaction.close()
            raise
