"""What goes wrong on an Arrow connection, as SQLSTATEs; messages are never passed on."""

from __future__ import annotations

from typing import ClassVar


class ArrowDatabaseError(Exception):
    """The database refused, failed or went away.

    Parameters
    ----------
    sqlstate
        PostgreSQL's code (its manual, appendix A).
    """

    def __init__(self, sqlstate: str) -> None:
        super().__init__(f"SQLSTATE {sqlstate}")
        self.sqlstate = sqlstate


class BusyError(Exception):
    """All connections are in use, and none became free in time."""


CANCELLED = "57014"
"""SQLSTATE of a statement that was cancelled, by whom- or whatever."""
TIMED_OUT = "57014 timeout"
"""Ours: a statement that ran into statement_timeout, which shares the SQLSTATE above."""
_LOST = "08006"
_TIMEOUT = "canceling statement due to statement timeout"
"""Roles of ours have ``lc_messages = 'C'``, so that this can be recognised."""


def database_error(sqlstate: str | None, message: str) -> ArrowDatabaseError:
    """Make the exception for what went wrong.

    Parameters
    ----------
    sqlstate
        As PostgreSQL has it; absent: it is the connection that failed.
    message
        The text that came with it.
    """
    if sqlstate == CANCELLED and _TIMEOUT in message:
        return ArrowDatabaseError(TIMED_OUT)
    return ArrowDatabaseError(sqlstate or _LOST)


class Unreachable(ArrowDatabaseError):  # noqa: N818 # reads as what it says
    """No connection could be opened."""

    SQLSTATE: ClassVar[str] = "08001"

    def __init__(self) -> None:
        super().__init__(self.SQLSTATE)
