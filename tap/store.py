"""Runs translated queries as the reader and hands out their rows as Arrow batches."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

from tap.arrow.types import conform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from datetime import timedelta

    import pyarrow as pa

    from schemas.arrow_connection import ArrowConnection
    from schemas.arrow_session import ArrowDatabase
    from schemas.rows.reader import RowReader
    from schemas.session import Caller
    from tap.control import Control


class BatchStream:
    """The rows of one query, with the transaction they come from.

    Iterate once. Close it in any case: that ends the transaction, also in the
    middle of the rows. While one batch is used the next one is fetched in
    another thread. A small result is detached from the database at once.
    """

    def __init__(
        self,
        batches: RowReader,
        transaction: ExitStack,
        control: Control,
        schema: pa.Schema,
    ) -> None:
        self._batches = batches
        self._transaction = transaction
        self._control = control
        self._schema = schema
        self._fetching: Future[pa.RecordBatch | None] | None = None
        self._first = self._fetch()
        self.complete = batches.exhausted
        """Whether all rows are here already."""
        if self.complete:
            self.close()

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Walk the batches; errors are the database's, or the reason it was stopped for."""
        if self._first is not None:
            # The first rows go out before anything competes with them.
            yield conform(self._first, self._schema)
        if self.complete:
            return
        with ThreadPoolExecutor(1, "fetch") as thread:
            following = self._fetch()
            while following is not None:
                self._fetching = thread.submit(self._fetch)
                yield conform(following, self._schema)
                following = self._fetching.result()
        self.close()

    def close(self) -> None:
        """End the transaction and give the connection back."""
        if self._fetching is not None and not self._fetching.done():
            self._control.stop(StreamClosed())
            self._fetching.exception()  # waits for it
        self._transaction.close()

    def _fetch(self) -> pa.RecordBatch | None:
        """Wait for the next batch; None at the end."""
        try:
            with self._control.working():
                batch = next(self._batches, None)
        except Exception:
            # What ended the query is the cause; the error only tells that it ended.
            self._control.check()
            raise
        self._control.check()
        return batch


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
