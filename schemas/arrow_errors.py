"""What goes wrong on an Arrow connection, as SQLSTATEs.

The driver gives an SQLSTATE for what fails before the first row. Later errors
carry only PostgreSQL's message; roles of ours have ``lc_messages = 'C'``, so
that its beginning can be recognised. The message itself is never passed on.
"""

from __future__ import annotations

import re
from typing import ClassVar


class ArrowDatabaseError(Exception):
    """The database refused, failed or went away.

    Parameters
    ----------
    sqlstate
        PostgreSQL's code (its manual, appendix A); None where it is unknown.
    """

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(f"SQLSTATE {sqlstate or 'unknown'}")
        self.sqlstate = sqlstate


class BusyError(Exception):
    """All connections are in use, and none became free in time."""


CANCELLED = "57014"
"""SQLSTATE of a statement that was cancelled, by whom- or whatever."""
TIMED_OUT = "57014 timeout"
"""Ours: a statement that ran into statement_timeout, which shares the SQLSTATE above."""
_LOST = "08006"

_MESSAGES: tuple[tuple[str, str], ...] = (
    ("canceling statement due to statement timeout", TIMED_OUT),
    ("canceling statement", CANCELLED),
    ("terminating connection|the database system is", "57P01"),
    ("division by zero", "22012"),
    ("cannot take logarithm", "2201E"),
    ("cannot take square root|zero raised|a negative number raised", "2201F"),
    ("invalid input syntax for type (timestamp|date|time)", "22007"),
    ("invalid input syntax|malformed array literal", "22P02"),
    ("date/time field|timestamp out of range|date out of range|time zone displacement", "22008"),
    ("more than one row returned", "21000"),
    (".*(out of range|overflows?|underflow)", "22003"),
    ("temporary file size", "53400"),
    ("out of memory|could not (write|extend|resize)", "53000"),
    ("too many connections|remaining connection slots|sorry, too many clients", "53300"),
    ("stack depth limit", "54001"),
    ("invalid regular expression", "2201B"),
    ("(null character|character number|requested (length|character))", "22021"),
    ("permission denied", "42501"),
    # Of our own functions (schemas/sql/adql_functions.sql).
    ("the HEALPix order|ivo_histogram needs", "22023"),
    ("ivo_epoch_prop_pos needs", "22004"),
    ("this text is no ", "22P02"),
)
"""How messages begin, and their SQLSTATE."""

_STATE = re.compile(r"SQLSTATE: ([0-9A-Z]{5})")
_ERROR = re.compile(r"(?:ERROR|FATAL|PANIC): +(.*)")


def database_error(error: Exception) -> ArrowDatabaseError:
    """Find the SQLSTATE of an exception of the driver's."""
    text = str(error)
    message = _ERROR.search(text)
    if message is None:
        # Without a message of PostgreSQL's, it is the connection that failed.
        known = getattr(error, "sqlstate", None) or _LOST
        return ArrowDatabaseError(known)
    by_text = _by_message(message[1])
    state = getattr(error, "sqlstate", None) or ((found := _STATE.search(text)) and found[1])
    if state is None or (state == CANCELLED and by_text):
        state = by_text
    return ArrowDatabaseError(state)


def _by_message(message: str) -> str | None:
    for pattern, state in _MESSAGES:
        if re.match(pattern, message):
            return state
    return None


class Unreachable(ArrowDatabaseError):  # noqa: N818 # reads as what it says
    """No connection could be opened."""

    SQLSTATE: ClassVar[str] = "08001"

    def __init__(self) -> None:
        super().__init__(self.SQLSTATE)
