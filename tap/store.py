"""Runs translated queries as the reader and hands out their rows as Arrow batches."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pyarrow as pa

from schemas.arrow_session import BATCH_BYTES
from tap.arrow.types import conform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from datetime import timedelta

    from schemas.arrow_session import ArrowConnection, ArrowDatabase
    from schemas.session import Caller
    from tap.control import Control

_LARGEST = 2 * 1024 * 1024
"""Data collected into one batch, once the first ones are on their way."""

_PATIENCE = 0.1
"""Seconds spent on collecting; then what is there goes on."""


class BatchStream:
    """The rows of one query, with the transaction they come from.

    Iterate once. Close it in any case: that ends the transaction, also in the
    middle of the rows. While one batch is used the next one is fetched in
    another thread. A small result is detached from the database at once.
    """

    _UNREAD = None
    """Stands for a batch that is still to be fetched."""
    _MORE = 2
    """Batches held, or to be fetched, when the first one is not all."""

    def __init__(
        self,
        batches: Iterator[pa.RecordBatch],
        transaction: ExitStack,
        control: Control,
        schema: pa.Schema,
    ) -> None:
        self._batches = batches
        self._transaction = transaction
        self._control = control
        self._schema = schema
        self._fetching: Future[pa.RecordBatch | None] | None = None
        self._wanted = 0
        self._held = self._first()
        self.complete = len(self._held) < self._MORE
        """Whether all rows are here already."""
        if self.complete:
            self.close()

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Walk the batches; errors are the database's, or the reason it was stopped for."""
        if self.complete:
            yield from (conform(batch, self._schema) for batch in self._held)
            return
        with ThreadPoolExecutor(1, "fetch") as thread:
            # The first rows go out before anything competes with them.
            batch = self._held.pop(0)
            if batch is not None:
                yield conform(batch, self._schema)
            following = self._next()
            while following is not None:
                self._fetching = thread.submit(self._next)
                yield conform(following, self._schema)
                following = self._fetching.result()
        self.close()

    def close(self) -> None:
        """End the transaction and give the connection back."""
        if self._fetching is not None and not self._fetching.done():
            self._control.stop(StreamClosed())
            self._fetching.exception()  # waits for it
        self._transaction.close()

    def _first(self) -> list[pa.RecordBatch | None]:
        """Fetch the first batch; see at once whether it is the last, where it is small."""
        first = self._fetch()
        if first is None:
            return []
        if _surely_not_full(first):
            second = self._fetch()
            return [first] if second is None else [first, second]
        return [first, self._UNREAD]

    def _next(self) -> pa.RecordBatch | None:
        held = self._held.pop(0) if self._held else self._UNREAD
        return self._fetch() if held is self._UNREAD else held

    def _fetch(self) -> pa.RecordBatch | None:
        """Collect batches, more of them each time; None at the end."""
        started = time.monotonic()
        collected: list[pa.RecordBatch] = []
        size = 0
        try:
            with self._control.working():
                for batch in self._batches:
                    collected.append(batch)
                    size += batch.nbytes
                    if size >= self._wanted or time.monotonic() - started > _PATIENCE:
                        break
        except Exception:
            # What ended the query is the cause; the error only tells that it ended.
            self._control.check()
            raise
        self._control.check()
        self._wanted = min(max(2 * size, self._wanted), _LARGEST)
        if len(collected) > 1:
            return pa.concat_batches(collected)
        return collected[0] if collected else None


def _surely_not_full(batch: pa.RecordBatch) -> bool:
    """Tell that the driver ended a batch because there were no more rows.

    It counts the bytes that PostgreSQL sends, which are never more than this.
    """
    sent = batch.num_rows * (2 + 30 * batch.num_columns) + 4 * batch.nbytes
    return bool(sent < BATCH_BYTES)


class StreamClosed(Exception):  # noqa: N818 # it is nobody's fault
    """The rest of the rows is not wanted."""


class QueryStore:
    """The tables as the reader sees them."""

    def __init__(self, database: ArrowDatabase) -> None:
        self._database = database

    def open(  # noqa: PLR0913 # all of a query
        self,
        sql: str,
        schema: pa.Schema,
        caller: Caller,
        control: Control,
        *,
        total: timedelta,
        before: Callable[[ArrowConnection], None] | None = None,
        witness: Callable[[ArrowConnection], None] | None = None,
    ) -> BatchStream:
        """Start a query and fetch its first rows.

        Parameters
        ----------
        sql
            One SELECT, made by :func:`tap.adql.translate`.
        schema
            Types of the answer's columns.
        caller
            In whose name it runs.
        control
            Counts the database's time, and ends the query from outside.
        total
            Longest a statement may take, the client's reading included.
        before
            Fills temporary tables the query reads; afterwards the
            transaction becomes read-only.
        witness
            Notes what is to be known of the transaction; called first.

        Raises
        ------
        ArrowDatabaseError, BusyError
            If the database refuses, fails, is busy or away.
        Exception
            The reason for which ``control`` was stopped.
        """
        stack = ExitStack()
        try:
            connection = stack.enter_context(
                self._database.transaction(caller, timeout=total, read_only=before is None)
            )
            if witness is not None:
                witness(connection)
            # Only now: a cancellation between two statements would be lost.
            stack.enter_context(control.cancelled_by(connection.cancel))
            try:
                with control.working():
                    if before is not None:
                        before(connection)
                        connection.execute("SET TRANSACTION READ ONLY")
                    batches = connection.query(sql)
            except Exception:
                control.check()
                raise
            return BatchStream(batches, stack, control, schema)
        except BaseException:
            stack.close()
            raise
