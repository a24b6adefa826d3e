"""A connection to PostgreSQL whose rows come and go as Arrow record batches."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from psycopg.pq import DiagnosticField, ExecStatus

from schemas.arrow_errors import Unreachable, database_error
from schemas.engine import KEEP_MEMORY
from schemas.priority import give_way
from schemas.rows.reader import RowReader
from schemas.rows.writer import copy_data

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

_LOG = logging.getLogger(__name__)

_NO_ORPHANS = "SET client_connection_check_interval = '1s'"
"""A query whose server process died ends within a second."""

_ALONE = "SET max_parallel_workers_per_gather = 0"
"""A query that gives way has no helpers, who would not."""

_CANCEL_SECONDS = 5.0


class ArrowConnection:
    """One connection, used by one thread at a time; any may cancel.

    Parameters
    ----------
    uri
        Of PostgreSQL, with name and password.
    niceness
        By how much its queries give way to others, where the kernel can be told.

    Raises
    ------
    Unreachable
        If there is no connection to be had.
    """

    def __init__(self, uri: str, niceness: int = 0) -> None:
        try:
            self._connection = psycopg.connect(uri, autocommit=True, client_encoding="UTF8")
        except psycopg.Error as error:
            _LOG.warning("cannot connect: %s", type(error).__name__)
            raise Unreachable from error
        self._lock = threading.Lock()
        self._in_use = False
        self._reader: RowReader | None = None
        self.execute(f"{_NO_ORPHANS}; {KEEP_MEMORY}")
        if niceness:
            self._give_way(niceness)

    def execute(self, script: str) -> None:
        """Run statements that give no rows.

        Raises
        ------
        ArrowDatabaseError
            If the database refuses one.
        """
        with _refusals():
            result = self._connection.pgconn.exec_(script.encode())
        if result.status == ExecStatus.FATAL_ERROR:
            sqlstate = result.error_field(DiagnosticField.SQLSTATE) or b""
            raise database_error(sqlstate.decode(), result.get_error_message())

    def query(self, sql: str) -> RowReader:
        """Start a SELECT; its batches are read as the iterator is walked.

        Raises
        ------
        ArrowDatabaseError
            If the database refuses it, now or while it is walked.
        """
        if self._reader is not None:
            self._reader.close()
        with _refusals():
            self._reader = RowReader(self._connection.pgconn, sql)
        return self._reader

    def ingest(self, table: str, data: pa.Table) -> None:
        """Append rows to a temporary table of this transaction, by COPY.

        Parameters
        ----------
        table
            Its name, without that of a schema.
        data
            Its columns, in their order; see :func:`schemas.rows.writer.copy_data`.

        Raises
        ------
        ArrowDatabaseError
            If the database refuses them.
        """
        into = sql.SQL("COPY pg_temp.{} ({}) FROM STDIN (FORMAT binary)").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, data.column_names))
        )
        with _refusals(), self._connection.cursor() as cursor, cursor.copy(into) as copy:
            for part in copy_data(data):
                copy.write(part)

    def cancel(self) -> None:
        """End the statement that is running, if any; from any thread."""
        with self._lock:
            if self._in_use:
                with suppress(psycopg.Error):  # it may just have ended
                    self._connection.cancel_safe(timeout=_CANCEL_SECONDS)

    def begin(self, script: str) -> None:
        """Open a transaction."""
        self.execute(script)
        with self._lock:
            self._in_use = True

    def end(self) -> None:
        """Close the transaction, and with it the query, wherever it is.

        Raises
        ------
        ArrowDatabaseError
            If the connection is of no more use.
        """
        if self._reader is not None and not self._reader.exhausted:
            self.cancel()
        with self._lock:
            self._in_use = False
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        self.execute("ROLLBACK")

    def close(self) -> None:
        """Close the connection, also one that is broken already."""
        self._connection.close()

    def _give_way(self, niceness: int) -> None:
        self.execute(_ALONE)
        (batch,) = self.query("SELECT pg_backend_pid() AS process, current_user::text AS role")
        (process,), (role,) = (column.to_pylist() for column in batch.columns)
        give_way(process, role, niceness)


@contextmanager
def _refusals() -> Iterator[None]:
    """Raise what psycopg raises as the error it is here."""
    try:
        yield
    except psycopg.Error as error:
        raise database_error(error.sqlstate, str(error)) from error
