"""Days of the calendar for Modified Julian Dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

_ZERO: Final = date(1858, 11, 17)


def day_of(mjd: float) -> str:
    """Write the day in which an MJD is."""
    return (_ZERO + timedelta(days=int(mjd))).isoformat()
