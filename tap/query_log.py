"""One line for each query, as JSON, through the logger ``vo.queries``."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tap.errors import (
    BusyServiceError,
    CancelledError,
    ClientGoneError,
    QueryTimeoutError,
    QuotaError,
    TooLargeError,
    UsageError,
)

if TYPE_CHECKING:
    from schemas.session import Caller
    from tap.arrow.batches import Limited
    from tap.errors import ServiceError

LOGGER = "vo.queries"

_LOG = logging.getLogger(LOGGER)

_RUNID_LENGTH = 64
"""Characters of a RUNID that are kept (DALI 1.1, section 3.4.6)."""


@dataclass
class QueryRecord:
    """What is known of a query; written when it is over."""

    caller: Caller
    adql: str = ""
    runid: str = ""
    sql: str = ""
    form: str = ""
    failure: ServiceError | None = None
    """What went wrong after the answer was begun."""
    _began: float = field(default_factory=time.monotonic)
    _at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def close(self, rows: Limited, size: int) -> None:
        """Write the line of a query whose answer was begun."""
        ending = "overflow" if rows.overflow else "ok"
        outcome = outcome_of(self.failure) if self.failure else ending
        self.write(outcome, rows=rows.count, size=size, error=str(self.failure or ""))

    def write(self, outcome: str, *, rows: int = 0, size: int = 0, error: str = "") -> None:
        """Write the line.

        Parameters
        ----------
        outcome
            ``ok``, ``overflow``, ``rejected``, ``failed``, ``timeout``,
            ``cancelled``, ``busy`` or ``gone``.
        rows, size
            What was sent, in rows and bytes.
        error
            What the caller was told.
        """
        line = {
            "at": self._at.isoformat(timespec="milliseconds"),
            "who": self.caller.principal or "public",
            "outcome": outcome,
            "rows": rows,
            "bytes": size,
            "ms": round((time.monotonic() - self._began) * 1000, 1),
            "runid": self.runid[:_RUNID_LENGTH],
            "format": self.form,
            "adql": self.adql,
            "sql": self.sql,
            "error": error,
        }
        kept = {name: value for name, value in line.items() if value != ""}
        _LOG.info("%s", json.dumps(kept, ensure_ascii=False))


def outcome_of(failure: ServiceError) -> str:
    """Name the way in which a query failed."""
    match failure:
        case UsageError() | TooLargeError():
            return "rejected"
        case QueryTimeoutError():
            return "timeout"
        case BusyServiceError() | QuotaError():
            return "busy"
        case ClientGoneError():
            return "gone"
        case CancelledError():
            return "cancelled"
        case _:
            return "failed"
