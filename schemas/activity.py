"""The queries that users have running, as PostgreSQL sees them.

A role sees and may cancel what it runs itself: the reader needs no right
beyond its own to look after the reader's queries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from datetime import timedelta

    from sqlalchemy import Connection

APPLICATION = "vo query"
"""How the name of a connection begins, in PostgreSQL's eyes, while it runs a query."""

_RUNNING = text(
    """
    SELECT pid, application_name, state, clock_timestamp() - query_start AS age, query
    FROM pg_stat_activity
    WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()
        AND state <> 'idle' AND application_name LIKE :application || ' (%'
    ORDER BY query_start
    """
)

_CANCEL = text(
    """
    SELECT pg_cancel_backend(pid) FROM pg_stat_activity
    WHERE pid = :pid AND usename = current_user AND datname = current_database()
        AND state <> 'idle' AND application_name LIKE :application || ' (%'
    """
)


@dataclass(frozen=True, slots=True)
class RunningQuery:
    """One query that is running."""

    pid: int
    """PostgreSQL's number for it, to cancel it by."""
    who: str
    """The principal, or ``public``."""
    state: str
    age: timedelta
    sql: str
    """Its beginning, as the database runs it."""


def running_queries(connection: Connection) -> list[RunningQuery]:
    """List the queries that are running, the oldest first; ask as the reader."""
    rows = connection.execute(_RUNNING, {"application": APPLICATION})
    return [
        RunningQuery(row.pid, row.application_name[len(APPLICATION) + 2 : -1], *row[2:])
        for row in rows
    ]


def cancel_query(connection: Connection, pid: int) -> bool:
    """Cancel a query; False where there is none of this number."""
    return bool(connection.scalar(_CANCEL, {"pid": pid, "application": APPLICATION}))
