"""What each request with credentials asks the database, as quickly as can be.

Planning takes longer than looking up, so that each connection plans once; and
taking a connection from SQLAlchemy takes as long again as asking.
"""

from __future__ import annotations

from collections import deque
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg2
from sqlalchemy import exc
from sqlalchemy.dialects import postgresql

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from psycopg2.extensions import connection as DriverConnection  # noqa: N812 # a class
    from sqlalchemy import Engine, Select


class LookUp:
    """A query by its parameters, ``$1`` and so on, for at most one row.

    Parameters
    ----------
    name
        What it is called in the database.
    types
        PostgreSQL's types of its parameters.
    query
        What it asks; its parameters are literal columns.
    """

    def __init__(self, name: str, types: str, query: Select[*tuple[Any, ...]]) -> None:
        text = query.compile(
            dialect=postgresql.dialect(),  # type: ignore[no-untyped-call] # not annotated
            compile_kwargs={"literal_binds": True},
        )
        places = ", ".join(["%s"] * len(types.split(",")))
        self.name = name
        self.prepare = f"PREPARE {name} ({types}) AS {text}"
        self.execute = f"EXECUTE {name} ({places})"


class LookUps:
    """Asks on connections that are kept for nothing else.

    There are as many as were ever in use at once.

    Parameters
    ----------
    engine
        Makes connections on which each statement is committed by itself.
    asked
        What will be asked.
    """

    def __init__(self, engine: Engine, asked: Iterable[LookUp]) -> None:
        self._engine = engine
        self._asked = tuple(asked)
        self._idle: deque[DriverConnection] = deque()

    def one(self, look_up: LookUp, *values: object) -> tuple[Any, ...] | None:
        """Ask; None where nothing is found.

        Raises
        ------
        sqlalchemy.exc.DBAPIError
            If the database is away, or refuses.
        """
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._ask(self._connected(), look_up, values)
        try:
            return self._ask(connection, look_up, values)
        except exc.DBAPIError:
            # The server was restarted, perhaps; then the others are no better.
            self._idle.clear()
            return self._ask(self._connected(), look_up, values)

    def _ask(
        self, connection: DriverConnection, look_up: LookUp, values: tuple[object, ...]
    ) -> tuple[Any, ...] | None:
        try:
            with closing(connection.cursor()) as cursor:
                cursor.execute(look_up.execute, values)
                row: tuple[Any, ...] | None = cursor.fetchone()
        except psycopg2.Error as error:
            connection.close()
            raise _told(error, look_up.name) from error
        self._idle.append(connection)
        return row

    def _connected(self) -> DriverConnection:
        try:
            pooled = self._engine.raw_connection()
        except psycopg2.Error as error:
            raise _told(error, "connecting") from error
        connection: DriverConnection = pooled.driver_connection  # type: ignore[assignment] # so
        pooled.detach()
        try:
            with closing(connection.cursor()) as cursor:
                for look_up in self._asked:
                    cursor.execute(look_up.prepare)
        except psycopg2.Error as error:
            connection.close()
            raise _told(error, "preparing") from error
        return connection


def _told(error: psycopg2.Error, what: str) -> BaseException:
    """Make SQLAlchemy's exception of one of the driver's, of the class that says what it is."""
    return exc.DBAPIError.instance(what, None, error, psycopg2.Error)
