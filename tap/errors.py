"""What goes wrong, with which HTTP status, and in which words.

The one place that turns exceptions into what a caller reads. Texts of the
database or its driver never get into a message: they quote our SQL.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import exc

from schemas.arrow_errors import TIMED_OUT, ArrowDatabaseError, BusyError
from tap.arrow.nulls import NullValueError

if TYPE_CHECKING:
    from datetime import timedelta

_LOG = logging.getLogger(__name__)


class ServiceError(Exception):
    """A request that cannot be answered; its text is for the caller."""

    status: ClassVar[int] = 400
    """HTTP status of the answer (DALI 1.1, section 4.2)."""
    retry_after: ClassVar[int | None] = None
    """Seconds after which to try again, where that may help."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.headers: dict[str, str] = {}
        if self.retry_after is not None:
            self.headers["Retry-After"] = str(self.retry_after)


class UsageError(ServiceError):
    """The request is wrong and would be wrong again."""


class CallerUnknownError(ServiceError):
    """The caller claims to be somebody and does not prove it."""

    status = 401


class ForbiddenError(ServiceError):
    """The caller may not do this, or not in the state things are in."""

    status = 403


class TooManyAttemptsError(ServiceError):
    """The caller failed too often to prove who they are (RFC 6585, section 4)."""

    status = 429

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.headers["Retry-After"] = str(seconds)


class NotFoundError(ServiceError):
    """There is nothing under this URL."""

    status = 404


class GoneError(ServiceError):
    """What was under this URL is there no more, and will not be."""

    status = 410


class MethodNotAllowedError(ServiceError):
    """The URL exists, but not for this HTTP method."""

    status = 405

    def __init__(self, message: str, allowed: tuple[str, ...]) -> None:
        super().__init__(message)
        self.headers["Allow"] = ", ".join(allowed)  # RFC 9110, section 15.5.6


class TooLargeError(ServiceError):
    """The body of the request is larger than this service reads."""

    status = 413


class AddressTooLongError(ServiceError):
    """The URL is longer than this service reads."""

    status = 414


class MediaTypeError(ServiceError):
    """The body of the request is in a form that carries no parameters."""

    status = 415


class RangeError(ServiceError):
    """The part asked for lies outside the file."""

    status = 416

    def __init__(self, size: int) -> None:
        super().__init__(f"The range lies outside the file, which has {size} bytes.")
        self.headers["Content-Range"] = f"bytes */{size}"  # RFC 9110, section 14.4


class QueryTimeoutError(ServiceError):
    """The query ran into the time limit."""

    status = 503


class CancelledError(ServiceError):
    """Somebody else ended the query."""

    status = 503
    retry_after = 30


class UnavailableError(ServiceError):
    """The database is away; the same request may work later."""

    status = 503
    retry_after = 30


class BusyServiceError(ServiceError):
    """There is no place for another query; there soon will be."""

    status = 503
    retry_after = 5


class QuotaError(ServiceError):
    """The caller has used what their tier may use (RFC 6585, section 4).

    Parameters
    ----------
    message
        What is used up, and what to do.
    seconds
        After which there will be some again.
    """

    status = 429
    retry_after = 10

    def __init__(self, message: str, seconds: int = 10) -> None:
        super().__init__(message)
        self.headers["Retry-After"] = str(seconds)


class ClientGoneError(ServiceError):
    """Nobody is there to read the answer."""

    status = 408


class InternalError(ServiceError):
    """A fault of this service."""

    status = 500


_UNAVAILABLE = "The database cannot be reached at the moment. Please try again later."
_BUSY = "The service is fully busy at the moment. Please try again later."
_INTERNAL = "The service failed on this request. The fault is recorded and is not yours."

_DATA_ERROR = "A value in the query does not fit the function or type it is used with."

_DATA_ERRORS = {
    "0A000": "The database cannot run this query. A FULL JOIN with a side of constants needs a"
    " condition that compares columns of both sides for equality (ON a.x = b.x, or USING); write"
    " another one as a LEFT JOIN, UNION ALL the rows of the other side without partner.",
    "22012": "The query divides by zero for at least one row. Exclude such rows in WHERE.",
    "22003": "A number computed in the query is outside the range of its type.",
    "2201E": "The query takes the logarithm of zero or of a negative number. Exclude such rows"
    " in WHERE.",
    "2201F": "The query takes the square root of a negative number, or a power without real result"
    " (0 to a negative power, a negative number to a fraction). Exclude such rows in WHERE.",
    "22P02": "A text in the query cannot be read as a value of the type it is compared with or"
    " converted to.",
    "22007": "A text in the query cannot be read as a time. Write it as 2009-01-31T12:00:00.",
    "22008": "A time in the query is outside the calendar. Write it as 2009-01-31T12:00:00.",
    "22021": "A text in the query has a character the database cannot store.",
    "21000": "A subquery used as a single value gives more than one row. Restrict it to one.",
    "42804": "Two values in the query have types that do not go together.",
    "42883": "An operator or function in the query does not apply to the types of its values.",
    "53400": "The query needs more temporary space than this service gives it. Restrict it by"
    " further conditions in WHERE, or sort, group or join fewer rows and columns.",
    "54001": "The query is nested too deeply for the database. Please simplify it.",
    "54011": "The query asks for more columns than the database can give in one row.",
    "54000": "The query is too complex for the database. Please simplify it.",
}
"""Sentence for each SQLSTATE that the caller's query can cause."""


_CHANGED = frozenset({"42P01", "42703", "3F000"})
"""SQLSTATEs of relations, columns and schemas that are not there (any more)."""


def service_error(error: Exception, limit: timedelta) -> ServiceError:
    """Turn any exception into the error the caller is told.

    Parameters
    ----------
    error
        What was raised. Anything unexpected is logged here with its traceback.
    limit
        The time limit in force, for the message about it.
    """
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, (exc.TimeoutError, BusyError)):  # no connection became free
        return BusyServiceError(_BUSY)
    if isinstance(error, NullValueError):
        return UsageError(str(error))
    known = None
    if isinstance(error, ArrowDatabaseError):
        known = _by_sqlstate(error.sqlstate, limit)
    elif isinstance(error, exc.DBAPIError):
        known = _database_error(error, limit)
    if known is not None:
        return known
    _LOG.error("unexpected %s", type(error).__name__, exc_info=error)
    return InternalError(_INTERNAL)


def _database_error(error: exc.DBAPIError, limit: timedelta) -> ServiceError | None:
    """Read the SQLSTATE of an error of SQLAlchemy's."""
    # Each of the two drivers has a name of its own for it.
    names = ("pgcode", "sqlstate")
    sqlstate: str = next(filter(None, (getattr(error.orig, name, None) for name in names)), "")
    if sqlstate == "57014":
        return timed_out(limit)
    if not sqlstate and _is_disconnect(error):
        sqlstate = "08006"
    return _by_sqlstate(sqlstate, limit)


def _by_sqlstate(sqlstate: str, limit: timedelta) -> ServiceError | None:
    """Choose the error for an SQLSTATE (PostgreSQL manual, appendix A)."""
    if sqlstate == TIMED_OUT:
        return timed_out(limit)
    if sqlstate == "57014":
        return CancelledError("The query was cancelled by the operators of this service.")
    if sqlstate.startswith("53") and sqlstate not in _DATA_ERRORS:
        _LOG.warning("database out of resources: SQLSTATE %s", sqlstate)
        return UnavailableError(_BUSY)
    if sqlstate.startswith(("08", "57P")):
        _LOG.warning("database away: SQLSTATE %s", sqlstate)
        return UnavailableError(_UNAVAILABLE)
    if sqlstate in _CHANGED:
        _LOG.warning("a published table was not as it was: SQLSTATE %s", sqlstate)
        return UnavailableError(
            "The published tables have just changed. Please send the query again."
        )
    text = _DATA_ERRORS.get(sqlstate, _DATA_ERROR if sqlstate.startswith("22") else None)
    return UsageError(text) if text else None


def _is_disconnect(error: exc.DBAPIError) -> bool:
    """Whether an error without SQLSTATE came from the connection, not from a statement."""
    return error.connection_invalidated or isinstance(error, exc.OperationalError)


def timed_out(limit: timedelta) -> QueryTimeoutError:
    """Say that a query hit the time limit, and which."""
    return QueryTimeoutError(
        f"The query ran longer than the limit of {limit.total_seconds():g} s and was stopped."
        " Restrict it, for instance by a smaller region, further conditions in WHERE, or TOP."
    )
