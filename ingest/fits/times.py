"""From the Julian days of the files to the dates the archive publishes."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from astropy.time import Time

from ingest.fits.structure import JULIAN_DAY_ZERO

if TYPE_CHECKING:
    from datetime import datetime

SECONDS_PER_DAY = 86_400.0
_MJD_OF_UNIX_EPOCH = 40_587.0


def mjd_utc(julian_day_tt: float) -> float:
    """Convert a time of a file in terrestrial time to MJD in UTC.

    Parameters
    ----------
    julian_day_tt
        Days since JD 2400000.0 (`JULIAN_DAY_ZERO`) in TT.

    Returns
    -------
    float
        Modified Julian date (JD - 2400000.5) in UTC.
    """
    return float(Time(JULIAN_DAY_ZERO, julian_day_tt, format="jd", scale="tt").utc.mjd)


def julian_day_tt(moment: datetime) -> float:
    """Convert a date to days since JD 2400000.0 in TT, as the files count.

    Parameters
    ----------
    moment
        Aware date and time of the years of the mission.
    """
    naive = moment.astimezone(UTC).replace(tzinfo=None)
    tt = Time(naive, format="datetime", scale="utc").tt
    return float((tt.jd1 - JULIAN_DAY_ZERO) + tt.jd2)


def mjd_of(moment: datetime) -> float:
    """Give the MJD (UTC) of an aware date of the years of the mission."""
    return moment.timestamp() / SECONDS_PER_DAY + _MJD_OF_UNIX_EPOCH
