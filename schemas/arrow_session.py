"""The reader's transactions on Arrow connections: whole tables without Python rows.

The counterpart of :mod:`schemas.session` for answers of any size: the same
role, the same settings, but rows come as Arrow record batches. Connections
are kept in a bounded pool, made when first wanted: after the web server has
made its processes, which must not share any.
"""

from __future__ import annotations

import os
import queue
import threading
import weakref
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from schemas.activity import APPLICATION
from schemas.arrow_connection import ArrowConnection
from schemas.arrow_errors import ArrowDatabaseError, BusyError
from schemas.session import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from schemas.identity import Identity
    from schemas.session import Caller

# Arrow's own allocators keep what a large answer needed; the system's gives it back.
pa.set_memory_pool(pa.system_memory_pool())

WAIT = 1.0
"""Seconds to wait for a connection to become free."""


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
    """

    def __init__(
        self,
        uri: str,
        identity: Identity,
        *,
        size: int = 8,
        niceness: int = 0,
    ) -> None:
        self._uri = uri
        self._identity = identity
        self._size = size
        self._niceness = niceness
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
        connection = ArrowConnection(self._uri, self._niceness)
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
