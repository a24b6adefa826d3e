"""Statements that each request with credentials causes, planned once for each connection.

Planning takes longer than looking up.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import event
from sqlalchemy.dialects import postgresql

if TYPE_CHECKING:
    from typing import Any

    from psycopg2.extensions import connection as DriverConnection  # noqa: N812 # a class
    from sqlalchemy import Connection, Engine, Select


class LookUp:
    """A query by its parameters, ``$1`` and so on.

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
        self._prepare = f"PREPARE {name} ({types}) AS {text}"
        self._execute = f"EXECUTE {name} ({places})"

    def prepare_on(self, engine: Engine) -> None:
        """Have each new connection of an engine plan it."""

        def prepare(connection: DriverConnection, _: object) -> None:
            with connection.cursor() as cursor:
                cursor.execute(self._prepare)
            if not connection.autocommit:
                connection.commit()

        event.listen(engine, "connect", prepare)

    def one(self, connection: Connection, *values: object) -> tuple[Any, ...] | None:
        """Ask it on a connection of an engine it is prepared on; None where nothing is found."""
        # The driver's own cursor: SQLAlchemy's takes as long as the whole look-up.
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(self._execute, values)
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row
