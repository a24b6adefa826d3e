"""What a TAP query asks for, read from its parameters.

The rules are the same for synchronous and asynchronous queries (TAP 1.1,
section 2.7), so they know nothing of either.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tap.errors import UsageError
from tap.features import LANGUAGES
from tap.formats import choose_format
from tap.parameters import shown
from tap.uploads.model import UploadLimits

if TYPE_CHECKING:
    from tap.formats import ChosenFormat
    from tap.parameters import Parameters
    from tap.uws.limits import JobLimits

_GRACE = timedelta(minutes=1)
"""Time the database allows beyond what is counted here."""


@dataclass(frozen=True, slots=True)
class TapLimits:
    """How much one query may cost; the capabilities say the same."""

    default_rows: int = 100_000
    """Rows sent without MAXREC."""
    hard_rows: int = 10_000_000
    """Rows sent at most, whatever MAXREC says."""
    execution: timedelta = timedelta(seconds=60)
    """Time the database may work for a query."""
    total: timedelta = timedelta(hours=1)
    """Time the whole answer may take, with what a slow client needs to read it."""
    answer_bytes: int | None = None
    """Size after which an answer is cut off; None for any."""
    stall: timedelta = timedelta(seconds=60)
    """Time a client may take to read the next piece of an answer."""
    request_bytes: int = 4 * 1024 * 1024
    """Size of a request's parameters, in the body or the query string."""
    queries: int | None = None
    """Queries one person may have running at a time; None for any number."""
    uploads: UploadLimits = field(default_factory=UploadLimits)
    jobs: JobLimits | None = None
    """Those of asynchronous queries; None where there are none."""

    def for_jobs(self, execution: timedelta, answer_bytes: int | None) -> TapLimits:
        """Give the limits of an asynchronous query, which the queue has let in already."""
        return replace(
            self,
            execution=execution,
            total=2 * execution + _GRACE,
            answer_bytes=answer_bytes,
            queries=None,
        )


@dataclass(frozen=True, slots=True)
class TapQuery:
    """One query, its parameters checked."""

    text: str
    """The query in ADQL, as received."""
    maxrec: int
    """Most rows to send."""
    format: ChosenFormat
    top_maxrec: int | None = None
    """The same where the query says TOP; None where the caller gave MAXREC."""
    runid: str = ""


def read_query(parameters: Parameters, limits: TapLimits) -> TapQuery:
    """Check the parameters of a query (TAP 1.1, section 2.7).

    Raises
    ------
    UsageError
        If a parameter is missing, repeated or has a value that is not
        supported; the text says which, and what to give instead.
    """
    _check_request(parameters.single("REQUEST"))
    chosen = choose_format(parameters)
    _check_language(parameters.required("LANG", "Add LANG=ADQL."))
    text = parameters.required("QUERY", "Give the ADQL query to run.")
    return TapQuery(
        text,
        parameters.maxrec(limits.default_rows, limits.hard_rows),
        chosen,
        top_maxrec=None if parameters.all("MAXREC") else limits.hard_rows,
        runid=parameters.single("RUNID") or "",
    )


def _check_request(request: str | None) -> None:
    """Accept the REQUEST=doQuery of TAP 1.0 clients, which TAP 1.1 does without."""
    if request is not None and request.lower() != "doquery":
        raise UsageError(
            f"REQUEST is {shown(request)}, which is not offered. Use doQuery, or leave it out."
        )


def _check_language(language: str) -> None:
    if language.upper() not in LANGUAGES:
        raise UsageError(
            f"The query language {shown(language)} is unknown. Use one of: {', '.join(LANGUAGES)}."
        )
