"""Times and durations in UWS: civil times, in UTC, with a ``Z`` (UWS 1.1, section 2.1.7)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tap.errors import UsageError
from tap.parameters import shown

_NUMBER = re.compile(r"[0-9]{1,12}")


def utc_text(moment: datetime) -> str:
    """Write a moment to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_time(text: str, name: str) -> datetime:
    """Read an ISO 8601 time, which is in UTC unless it has a zone.

    Raises
    ------
    UsageError
        If it is none; ``name`` is the parameter it was given for.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{name} is {shown(text)}; it must be a time such as 2026-01-31T12:00:00Z."
        ) from error


def read_seconds(text: str, name: str) -> timedelta:
    """Read a whole number of seconds.

    Raises
    ------
    UsageError
        If it is none.
    """
    if not _NUMBER.fullmatch(text.strip()):
        raise UsageError(f"{name} is {shown(text)}; it must be a whole number of seconds from 0.")
    return timedelta(seconds=int(text))
