"""Engines: one per login role, each with that role's password and nothing more."""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING

import psycopg2
from sqlalchemy import create_engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection  # noqa: N812 # a class, named as one
    from sqlalchemy import Engine
    from sqlalchemy.pool import ConnectionPoolEntry

OWNER = "vo_owner"
"""Migrates and ingests; at the command line only."""
APP = "vo_app"
"""Jobs, accounts and queue; no right on published rows."""
READER = "vo_reader"
"""Runs every query a user causes."""

ROLES = (OWNER, APP, READER)

PARTNER = "vo_partner"
"""Nobody's login; those of partners' databases are members. Sees what the public sees."""


KEEP_MEMORY = "SELECT pg_catalog.length(pg_catalog.repeat('x', 2000000))"
"""Has a session's process keep memory from query to query.

The malloc of glibc gives what is free at the end of its heap back to the kernel, above a threshold
that rises once a large piece is freed. Before that, each query may wait for the pages it uses: a
hundred where somebody is granted thousands of stars, as long as it takes to find a cone's products.
"""

_TRUSTED_SECONDS = 1.0
"""A connection used so shortly before is taken to work, unless its socket tells of an end."""


def role_engine(
    url: str, role: str, password: str | None, *, pool_size: int = 5, autocommit: bool = False
) -> Engine:
    """Make the engine of a login role.

    Parameters
    ----------
    url
        Database URL without user and password.
    role
        One of :data:`ROLES`, or the superuser when bootstrapping.
    password
        Its password; None where the server asks for none.
    pool_size
        Connections kept open.
    autocommit
        Whether each statement is a transaction of its own, and a round trip less.
    """
    full = make_url(url).set(drivername="postgresql+psycopg2", username=role, password=password)
    engine = create_engine(
        full,
        pool_size=pool_size,
        isolation_level="AUTOCOMMIT" if autocommit else "READ COMMITTED",
        # Those of the app are hashes of passwords and addresses of people: none of it for the log.
        hide_parameters=role == APP,
        connect_args={"application_name": f"corot-vo-server ({role})", "connect_timeout": 10},
    )
    if role == READER:
        event.listen(engine, "connect", _keep_memory)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _check_life)
    return engine


def _keep_memory(connection: Connection, _: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(KEEP_MEMORY)
    connection.rollback()


def _note_use(_: object, entry: ConnectionPoolEntry) -> None:
    entry.info["used"] = time.monotonic()


def _check_life(connection: Connection, entry: ConnectionPoolEntry, _: object) -> None:
    """See that a connection still works: a server restart must not cost the next caller an error.

    SQLAlchemy's own way asks the server each time.
    """
    used = entry.info.get("used")
    if used is None:
        return
    ended = select.poll()
    ended.register(connection.fileno(), select.POLLIN)
    if time.monotonic() - used < _TRUSTED_SECONDS and not ended.poll(0):
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT")
        connection.rollback()
    except psycopg2.Error as error:
        # The others of the pool will be no better; they are replaced without being asked.
        raise InvalidatePoolError(str(error)) from error


def role_uri(url: str, role: str, password: str | None) -> str:
    """Give the URI of a login role as PostgreSQL's own library reads it.

    Parameters are those of :func:`role_engine`.
    """
    full = make_url(url).set(drivername="postgresql", username=role, password=password)
    full = full.update_query_dict({"connect_timeout": "10"})
    return full.render_as_string(hide_password=False)
