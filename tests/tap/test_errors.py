from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import exc

from schemas.arrow_errors import TIMED_OUT, ArrowDatabaseError, BusyError
from tap.errors import (
    BusyServiceError,
    CancelledError,
    InternalError,
    NotFoundError,
    QueryTimeoutError,
    UnavailableError,
    UsageError,
    service_error,
)

if TYPE_CHECKING:
    from tap.errors import (
        ServiceError,
    )

LIMIT = timedelta(seconds=90)
PRIVATE = "relation corot.secret of host db.internal"


class DriverError(Exception):
    """Stands for psycopg2's errors, which carry a SQLSTATE as pgcode."""

    def __init__(self, pgcode: str | None) -> None:
        super().__init__(PRIVATE)
        self.pgcode = pgcode


def database_error(
    sqlstate: str | None, kind: type[exc.DBAPIError] = exc.DataError
) -> exc.DBAPIError:
    return kind(f"SELECT {PRIVATE}", None, DriverError(sqlstate))


@pytest.mark.parametrize(
    ("error", "kind", "status", "text"),
    [
        (database_error("22012"), UsageError, 400, "divides by zero"),
        (database_error("22003"), UsageError, 400, "outside the range"),
        (database_error("2201E"), UsageError, 400, "logarithm"),
        (database_error("2201F"), UsageError, 400, "power"),
        (database_error("22P02"), UsageError, 400, "cannot be read as a value"),
        (database_error("22007"), UsageError, 400, "2009-01-31T12:00:00"),
        (database_error("22999"), UsageError, 400, "does not fit"),
        (database_error("21000"), UsageError, 400, "more than one row"),
        (database_error("54001"), UsageError, 400, "nested too deeply"),
        (database_error("57014"), QueryTimeoutError, 503, "limit of 90 s"),
        (database_error("57P01"), UnavailableError, 503, "try again"),
        (database_error("08006"), UnavailableError, 503, "try again"),
        (database_error("53400"), UsageError, 400, "temporary space"),
        (database_error("53300"), UnavailableError, 503, "fully busy"),
        (database_error(None, exc.OperationalError), UnavailableError, 503, "try again"),
        (exc.TimeoutError(), BusyServiceError, 503, "fully busy"),
        (BusyError(), BusyServiceError, 503, "fully busy"),
        (ArrowDatabaseError(TIMED_OUT), QueryTimeoutError, 503, "limit of 90 s"),
        (ArrowDatabaseError("57014"), CancelledError, 503, "operators"),
        (ArrowDatabaseError("22012"), UsageError, 400, "divides by zero"),
        (ArrowDatabaseError("0A000"), UsageError, 400, "write another one as a LEFT JOIN"),
        (ArrowDatabaseError("08006"), UnavailableError, 503, "try again"),
        (ArrowDatabaseError("XX000"), InternalError, 500, "not yours"),
        (database_error("42501"), InternalError, 500, "not yours"),
        (database_error(None), InternalError, 500, "not yours"),
        (ZeroDivisionError(PRIVATE), InternalError, 500, "not yours"),
    ],
)
def test_each_failure_has_its_status_and_words(
    error: Exception, kind: type[ServiceError], status: int, text: str
) -> None:
    told = service_error(error, LIMIT)
    assert type(told) is kind
    assert told.status == status
    assert text in str(told)
    assert "SELECT" not in str(told)
    assert "secret" not in str(told)


def test_our_own_errors_pass_unchanged() -> None:
    error = NotFoundError("nothing here")
    assert service_error(error, LIMIT) is error


def test_only_what_may_pass_says_when_to_come_back() -> None:
    assert service_error(database_error("08006"), LIMIT).headers == {"Retry-After": "30"}
    assert service_error(database_error("57014"), LIMIT).headers == {}


def test_the_unexpected_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    service_error(ZeroDivisionError(PRIVATE), LIMIT)
    assert caplog.records[0].exc_info is not None
    assert "ZeroDivisionError" in caplog.text
