"""Datestamps, to the second or to the day (OAI-PMH 2.0, section 3.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SECOND = re.compile(rf"{_DAY.pattern}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}Z")

GRANULARITY = "YYYY-MM-DDThh:mm:ssZ"
"""The finest, as Identify tells it."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A ``from`` or ``until``."""

    text: str
    moment: datetime
    """Its beginning."""
    is_day: bool

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        step = timedelta(days=1) if self.is_day else timedelta(seconds=1)
        try:
            return self.moment + step
        except OverflowError:
            return datetime.max.replace(tzinfo=UTC)


def read_stamp(text: str) -> Stamp:
    """Read a datestamp.

    Raises
    ------
    ValueError
        If it is none, or of another granularity.
    """
    is_day = bool(_DAY.fullmatch(text))
    if not is_day and not _SECOND.fullmatch(text):
        raise ValueError(f"{text} is no datestamp")
    moment = datetime.fromisoformat(text.removesuffix("Z"))
    return Stamp(text, moment.replace(tzinfo=UTC), is_day)
