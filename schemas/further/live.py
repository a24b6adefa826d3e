"""The catalogue as it is now, in a process that runs while tables are published.

One thread in each process waits for PostgreSQL's notification and looks once
a second all the same, should the notification or the connection be lost. Who
asks for the catalogue gets it from memory.
"""

from __future__ import annotations

import logging
import os
import select
import threading
import time
import weakref
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from schemas.further.model import with_further
from schemas.further.rows import CHANNEL, PUBLISHED_SQL, VERSION_SQL, read_further

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection  # noqa: N812 # a class, named as one

    from schemas.declaration import Catalogue

    _Version = tuple[tuple[str, object], ...]

_LOG = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""Longest a change goes unnoticed without notifications; a second is promised."""

_DEAD_MILLISECONDS = 5000
"""A connection whose other end keeps silent for so long is given up."""


class LiveCatalogue:
    """The declared tables and the further ones of a database.

    Parameters
    ----------
    uri
        Of PostgreSQL, with the reader's name and password.
    declared
        The tables that the code declares.
    """

    def __init__(self, uri: str, declared: Catalogue) -> None:
        self._uri = uri
        self._declared = declared
        self._lock = threading.Lock()
        self._process = 0
        self._version: _Version = ()
        self._catalogue = declared

    def __call__(self) -> Catalogue:
        """Give the catalogue as it is now.

        The first call in a process reads it and starts to follow it.

        Raises
        ------
        psycopg2.Error
            If the first call in a process finds no database.
        """
        if self._process != os.getpid():
            self._begin()
        return self._catalogue

    def _begin(self) -> None:
        with self._lock:
            if self._process == os.getpid():
                return
            try:
                with closing(_connected(self._uri)) as connection:
                    self._read(connection)
            except psycopg2.Error:
                # What was known before the fork will do until the thread gets through.
                if not self._process:
                    raise
            # The thread must not keep alive what nobody else does.
            threading.Thread(
                target=_follow,
                args=(weakref.ref(self), self._uri),
                name="catalogue",
                daemon=True,
            ).start()
            self._process = os.getpid()

    def _read(self, connection: Connection) -> None:
        """Look whether anything has changed, and make a new catalogue if so."""
        with connection.cursor() as cursor:
            cursor.execute(VERSION_SQL)
            version = tuple(cursor.fetchall())
            if version == self._version:
                return
            cursor.execute(PUBLISHED_SQL)
            self._catalogue = with_further(self._declared, read_further(cursor.fetchall()))
        self._version = version


def _connected(uri: str) -> Connection:
    connection = psycopg2.connect(
        uri, application_name="corot-vo-server (catalogue)", tcp_user_timeout=_DEAD_MILLISECONDS
    )
    connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    return connection


def _follow(live: weakref.ref[LiveCatalogue], uri: str) -> None:
    """Keep a catalogue up to date for as long as somebody has it."""
    lost = False
    while live() is not None:
        try:
            with closing(_connected(uri)) as connection, connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
                news = select.poll()
                news.register(connection, select.POLLIN)
                lost = False
                while (catalogue := live()) is not None:
                    catalogue._read(connection)  # noqa: SLF001 # the other half of the class
                    del catalogue
                    news.poll(POLL_SECONDS * 1000)
                    connection.poll()
                    connection.notifies.clear()
        except (psycopg2.Error, OSError) as error:
            if not lost:
                _LOG.warning("published tables are not followed at present: %s", type(error))
            lost = True
            time.sleep(POLL_SECONDS)
