"""The reader's transactions on Arrow connections: whole tables without Python rows.

The counterpart of :mod:`schemas.session` for answers of any size: the same
role, the same settings, but rows come as Arrow record batches. Connections
are kept in a bounded pool, made when first wanted: after the web server has
made its processes, which must not share any.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import weakref
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import adbc_driver_postgresql.dbapi as driver
import pyarrow as pa

from schemas.activity import APPLICATION
from schemas.arrow_driver import connect
from schemas.arrow_errors import ArrowDatabaseError, BusyError, Unreachable, database_error
from schemas.priority import give_way
from schemas.session import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta
    from pathlib import Path

    from schemas.identity import Identity
    from schemas.session import Caller

_LOG = logging.getLogger(__name__)

# Arrow's own allocators keep what a large answer needed; the system's gives it back.
pa.set_memory_pool(pa.system_memory_pool())

BATCH_BYTES = 128 * 1024
"""Data in one batch: the first is there in two milliseconds, and more are hardly faster."""

WAIT = 1.0
"""Seconds to wait for a connection to become free."""

_BATCH_OPTION = {"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)}

_NO_ORPHANS = "SET client_connection_check_interval = '1s'"
"""A query whose server process died ends within a second."""


_ALONE = "SET max_parallel_workers_per_gather = 0"
"""A query that gives way has no helpers, who would not."""


class ArrowConnection:
    """One connection, with its one cursor.

    Parameters
    ----------
    uri
        Of PostgreSQL, with name and password.
    niceness
        By how much its queries give way to others, where the kernel can be told.
    library
        Of the driver; absent: that of its wheel.
    """

    def __init__(self, uri: str, niceness: int = 0, library: Path | None = None) -> None:
        try:
            self._connection = connect(uri, library)
        except (driver.Error, OSError) as error:
            _LOG.warning("cannot connect: %s", type(error).__name__)
            raise Unreachable from error
        self._cursor = self._connection.cursor(adbc_stmt_kwargs=_BATCH_OPTION)
        self._lock = threading.Lock()
        self._in_use = False
        self._reader: pa.RecordBatchReader | None = None
        self.execute(_NO_ORPHANS)
        if niceness:
            self._give_way(niceness)

    def execute(self, script: str) -> None:
        """Run statements that give no rows.

        Raises
        ------
        ArrowDatabaseError
            If the database refuses one.
        """
        try:
            self._cursor.executescript(script)
        except (driver.Error, OSError) as error:
            raise database_error(error) from error

    def query(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Start a SELECT; its batches are read as the iterator is walked.

        Raises
        ------
        ArrowDatabaseError
            If the database refuses it, now or while it is walked.
        """
        try:
            self._cursor.execute(sql)
            self._reader = self._cursor.fetch_record_batch()
        except (driver.Error, OSError) as error:
            raise database_error(error) from error
        return self._batches(self._reader)

    def _give_way(self, niceness: int) -> None:
        self.execute(_ALONE)
        (batch,) = self.query("SELECT pg_backend_pid() AS process, current_user::text AS role")
        (process,), (role,) = (column.to_pylist() for column in batch.columns)
        give_way(process, role, niceness)

    def _batches(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        while True:
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                self._reader = None
                return
            except (driver.Error, OSError) as error:
                raise database_error(error) from error
            yield batch

    def ingest(self, table: str, data: pa.Table) -> None:
        """Append rows to a temporary table of this transaction, by COPY.

        Raises
        ------
        ArrowDatabaseError
            If the database refuses them.
        """
        try:
            self._cursor.adbc_ingest(table, data, mode="append", temporary=True)
        except (driver.Error, OSError) as error:
            raise database_error(error) from error

    def cancel(self) -> None:
        """End the statement that is running, if any; from any thread."""
        with self._lock:
            if self._in_use:
                with suppress(driver.Error, OSError):  # it may just have ended
                    self._cursor.adbc_cancel()

    def begin(self, script: str) -> None:
        """Open a transaction."""
        self.execute(script)
        with self._lock:
            self._in_use = True

    def end(self) -> None:
        """Close the transaction, and with it the query, wherever it is.

        The driver, when it closes a query, waits for all its rows unless it
        was cancelled before.

        Raises
        ------
        ArrowDatabaseError
            If the connection is of no more use.
        """
        if self._reader is not None:
            self.cancel()
        with self._lock:
            self._in_use = False
        if self._reader is not None:
            with suppress(driver.Error, OSError):
                self._reader.close()
            self._reader = None
        self.execute("ROLLBACK")

    def close(self) -> None:
        """Close the connection; one that is broken already makes no noise."""
        for part in (self._reader, self._cursor, self._connection):
            if part is not None:
                with suppress(driver.Error, OSError, RuntimeError):
                    part.close()


class ArrowDatabase:
    """A bounded pool of the reader's Arrow connections.

    Parameters
    ----------
    uri
        Of PostgreSQL, with the reader's name and password.
    identity
        Base URL and authority that views compose URLs and DIDs from.
    size
        Most connections of each process.
    niceness
        By how much their queries give way to others.
    library
        Of the driver; absent: that of its wheel.
    """

    def __init__(
        self,
        uri: str,
        identity: Identity,
        *,
        size: int = 8,
        niceness: int = 0,
        library: Path | None = None,
    ) -> None:
        self._uri = uri
        self._identity = identity
        self._size = size
        self._niceness = niceness
        self._library = library
        self._lock = threading.Lock()
        self._process = 0
        self._free = threading.BoundedSemaphore(size)
        self._idle: queue.LifoQueue[ArrowConnection] = queue.LifoQueue()
        self._closing = weakref.finalize(self, _close_all, self._idle)

    @contextmanager
    def transaction(
        self, caller: Caller = PUBLIC, *, timeout: timedelta, read_only: bool = True
    ) -> Iterator[ArrowConnection]:
        """Open a transaction in the caller's name; it ends in a rollback.

        Parameters
        ----------
        caller
            In whose name rows are selected.
        timeout
            Longest a statement may take, the client's reading included.
        read_only
            False where temporary tables are to be filled first.

        Raises
        ------
        BusyError
            If no connection becomes free within :data:`WAIT` seconds.
        ArrowDatabaseError
            If the database cannot be reached.
        """
        self._after_fork()
        if not self._free.acquire(timeout=WAIT):
            raise BusyError
        try:
            connection = self._begun(self._opening(caller, timeout, read_only=read_only))
            try:
                yield connection
            finally:
                self._give_back(connection)
        finally:
            self._free.release()

    def close(self) -> None:
        """Close the connections that are idle."""
        _close_all(self._idle)

    def _after_fork(self) -> None:
        """Forget, in a new process, what belongs to the one it came from."""
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process != os.getpid():
                self._free = threading.BoundedSemaphore(self._size)
                self._idle = queue.LifoQueue()
                self._closing.detach()
                self._closing = weakref.finalize(self, _close_all, self._idle)
                self._process = os.getpid()

    def _opening(self, caller: Caller, timeout: timedelta, *, read_only: bool) -> str:
        settings = {
            "vo.principal": caller.principal,
            "vo.base_url": self._identity.base_url,
            "vo.authority": self._identity.authority,
            "statement_timeout": f"{int(timeout.total_seconds() * 1000)}ms",
            "application_name": f"{APPLICATION} ({caller.principal[:40] or 'public'})",
        }
        calls = ", ".join(
            f"set_config({_literal(name)}, {_literal(value)}, true)"
            for name, value in settings.items()
        )
        # One snapshot: what is noted of a caller's rights is what the query was made under.
        mode = "READ ONLY" if read_only else "READ WRITE"
        return f"BEGIN ISOLATION LEVEL REPEATABLE READ, {mode}; SELECT {calls}"

    def _begun(self, opening: str) -> ArrowConnection:
        """Take an idle connection that still works, or make a new one."""
        with suppress(queue.Empty):
            while True:
                connection = self._idle.get_nowait()
                try:
                    connection.begin(opening)
                except ArrowDatabaseError:
                    connection.close()  # the server was restarted meanwhile
                else:
                    return connection
        connection = ArrowConnection(self._uri, self._niceness, self._library)
        try:
            connection.begin(opening)
        except BaseException:
            connection.close()
            raise
        return connection

    def _give_back(self, connection: ArrowConnection) -> None:
        try:
            connection.end()
        except ArrowDatabaseError:
            connection.close()
        else:
            self._idle.put(connection)


def _close_all(idle: queue.LifoQueue[ArrowConnection]) -> None:
    with suppress(queue.Empty):
        while True:
            idle.get_nowait().close()


def _literal(text: str) -> str:
    """Write a string literal, whatever ``standard_conforming_strings`` is."""
    escaped: Any = text.replace("\\", "\\\\").replace("'", "''")
    return f"E'{escaped}'"
