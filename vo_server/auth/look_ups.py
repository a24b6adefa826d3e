"""What each request with credentials asks the database, as quickly as can be.

Planning takes longer than looking up, so that each connection plans once.
Taking a connection from SQLAlchemy takes as long again as asking, and writing
values into a statement, as psycopg2 does, a tenth of that.
"""

from __future__ import annotations

import weakref
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from sqlalchemy import exc
from sqlalchemy.dialects import postgresql

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from sqlalchemy import Select


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
        self.name = name
        self.prepare = f"PREPARE {name} ({types}) AS {text}"


class LookUps:
    """Asks on connections that are kept for nothing else.

    There are as many as were ever in use at once.

    Parameters
    ----------
    uri
        Of PostgreSQL, with name and password.
    asked
        What will be asked.
    """

    def __init__(self, uri: str, asked: Iterable[LookUp]) -> None:
        self._uri = uri
        self._asked = tuple(asked)
        self._idle: deque[_Asker] = deque()
        weakref.finalize(self, _close_all, self._idle)

    def one(self, look_up: LookUp, *values: object) -> tuple[Any, ...] | None:
        """Ask; None where nothing is found.

        Raises
        ------
        sqlalchemy.exc.DBAPIError
            If the database is away, or refuses.
        """
        try:
            asker = self._idle.pop()
        except IndexError:
            return self._ask(self._connected(), look_up, values)
        try:
            return self._ask(asker, look_up, values)
        except exc.DBAPIError:
            # The server was restarted, perhaps; then the others are no better.
            _close_all(self._idle)
            return self._ask(self._connected(), look_up, values)

    def _ask(
        self, asker: _Asker, look_up: LookUp, values: tuple[object, ...]
    ) -> tuple[Any, ...] | None:
        try:
            row = asker.one(look_up.name, values)
        except psycopg.Error as error:
            asker.close()
            raise _told(error, look_up.name) from error
        self._idle.append(asker)
        return row

    def _connected(self) -> _Asker:
        try:
            return _Asker(self._uri, self._asked)
        except psycopg.Error as error:
            raise _told(error, "connecting") from error


class _Asker:
    """A connection on which everything is prepared."""

    def __init__(self, uri: str, asked: Iterable[LookUp]) -> None:
        self._connection = psycopg.connect(
            uri, autocommit=True, application_name="corot-vo-server (look-ups)"
        )
        self._transformer = Transformer(self._connection)
        try:
            self._connection.execute("SET plan_cache_mode = force_generic_plan")
            for look_up in asked:
                self._connection.execute(look_up.prepare)
        except psycopg.Error:
            self.close()
            raise

    def one(self, name: str, values: tuple[object, ...]) -> tuple[Any, ...] | None:
        texts = self._transformer.dump_sequence(values, [PyFormat.TEXT] * len(values))
        result = self._connection.pgconn.exec_prepared(
            name.encode(),
            texts,  # type: ignore[arg-type] # as psycopg's own cursors give it, None being NULL
        )
        if self._connection.pgconn.status == ConnStatus.BAD:
            raise psycopg.OperationalError(result.get_error_message())
        if result.status != ExecStatus.TUPLES_OK:
            raise error_from_result(result, self._transformer.encoding)
        if result.ntuples == 0:
            return None
        self._transformer.set_pgresult(result)
        return self._transformer.load_row(0, tuple)

    def close(self) -> None:
        self._connection.close()


def _close_all(idle: deque[_Asker]) -> None:
    with suppress(IndexError):
        while True:
            idle.pop().close()


def _told(error: psycopg.Error, what: str) -> BaseException:
    """Make SQLAlchemy's exception of one of the driver's, of the class that says what it is."""
    return exc.DBAPIError.instance(what, None, error, psycopg.Error)
