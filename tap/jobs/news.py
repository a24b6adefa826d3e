"""Hears of each change of a job's phase, in one thread of each process.

The database tells of them by NOTIFY (``schemas/sql/triggers.sql``). Nobody
may rely on hearing of all of them: a connection can be lost. Whoever watches a
job is called once more when that may have happened.
"""

from __future__ import annotations

import logging
import os
import select
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from schemas.uws import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg2.extensions import connection as Connection  # noqa: N812 # a class, named as one

    Heard = Callable[[], None]

_LOG = logging.getLogger(__name__)

_PATIENCE_SECONDS = 5.0
"""Time between two looks whether the connection still works."""

_RETRY_SECONDS = 0.5

_DEAD_MILLISECONDS = 5000
"""A connection whose other end keeps silent for so long is given up."""


class PhaseNews:
    """Calls those who watch a job when its phase changes or it is deleted.

    Parameters
    ----------
    uri
        Of PostgreSQL, with name and password of ``vo_app``.
    """

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._lock = threading.Lock()
        self._process = 0
        self._watched: dict[str, list[Heard]] = {}

    @contextmanager
    def watching(self, job_id: str, heard: Heard) -> Iterator[None]:
        """Have a function called at each change of a job, for as long as the block runs.

        It is called in the thread that listens, and must not take long.
        """
        self._listen()
        with self._lock:
            self._watched.setdefault(job_id, []).append(heard)
        try:
            yield
        finally:
            with self._lock:
                self._watched[job_id].remove(heard)
                if not self._watched[job_id]:
                    del self._watched[job_id]

    def _listen(self) -> None:
        """Start the thread with the first watcher of this process."""
        with self._lock:
            if self._process != os.getpid():
                self._process = os.getpid()
                self._watched = {}
                threading.Thread(target=self._run, name="job news", daemon=True).start()

    def _run(self) -> None:
        lost = False
        while True:
            try:
                with closing(_listening(self._uri)) as connection:
                    lost = False
                    self._tell_all()
                    self._follow(connection)
            except (psycopg2.Error, OSError) as error:
                if not lost:
                    _LOG.warning("changes of jobs are not heard at present: %s", type(error))
                lost = True
                time.sleep(_RETRY_SECONDS)

    def _follow(self, connection: Connection) -> None:
        ready = select.poll()
        ready.register(connection, select.POLLIN)
        while True:
            if ready.poll(_PATIENCE_SECONDS * 1000):
                connection.poll()
            else:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT")
            while connection.notifies:
                self._tell(connection.notifies.pop(0).payload.partition(" ")[0])

    def _tell(self, job_id: str) -> None:
        with self._lock:
            watchers = list(self._watched.get(job_id, ()))
        for heard in watchers:
            heard()

    def _tell_all(self) -> None:
        with self._lock:
            watched = list(self._watched)
        for job_id in watched:
            self._tell(job_id)


def _listening(uri: str) -> Connection:
    connection = psycopg2.connect(
        uri, application_name="corot-vo-server (job news)", tcp_user_timeout=_DEAD_MILLISECONDS
    )
    connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    return connection
