"""When the exposures of a product were made, and which of them are missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from astropy.time import Time

from ingest.fits.structure import JULIAN_DAY_ZERO
from ingest.fits.times import SECONDS_PER_DAY, julian_day_tt
from ingest.simulate import choices

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from ingest.simulate.plan import ProductPlan

SHORT, LONG = 32, 512
"""Exposure times, seconds."""

DATE_TO_MIDDLE = {LONG: 204.161, SHORT: -37.416}
"""Seconds (UTC) from DATE to mid-exposure, by exposure time.

Measured on a real file: DATETT - DATE is 269.345 s and 27.768 s, of which
TT - UTC is 65.184 s.
"""

_SHORT_DAYS = choices.SHORT_STEP / SECONDS_PER_DAY
_LONG_DAYS = _SHORT_DAYS * choices.POINTS_PER_LONG


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """All exposures of a series, missing ones included; arrays of shape (n,)."""

    middle: NDArray[np.float64]
    """Mid-exposure, days since JD 2400000.0, TT."""
    exposure: NDArray[np.int16]
    """Exposure time, seconds."""
    observed: NDArray[np.bool_]
    """False where the point is missing."""

    @property
    def slot(self) -> NDArray[np.int64]:
        """Which point of the regular 512 s grid each exposure lies in, shape (n,)."""
        first = self.middle[0] - (self.exposure[0] - LONG) / 2 / SECONDS_PER_DAY
        return np.asarray(np.floor((self.middle - first) / _LONG_DAYS + 0.5), dtype=np.int64)

    @property
    def regular(self) -> NDArray[np.float64]:
        """Middles of the regular 512 s grid, days TT, shape (slots,)."""
        first = self.middle[0] - (self.exposure[0] - LONG) / 2 / SECONDS_PER_DAY
        count = int(self.slot[-1]) + 1
        return np.asarray(first + np.arange(count) * _LONG_DAYS, dtype=np.float64)

    def dates(self) -> NDArray[np.bytes_]:
        """Write the on-board dates of the exposures: UTC to the second, 23 characters."""
        middle = Time(JULIAN_DAY_ZERO, self.middle, format="jd", scale="tt").utc.unix
        offset = np.where(self.exposure == LONG, DATE_TO_MIDDLE[LONG], DATE_TO_MIDDLE[SHORT])
        seconds = np.round(np.asarray(middle, dtype=np.float64) - offset).astype("datetime64[s]")
        return np.datetime_as_string(seconds, unit="ms").astype("S23")


def exoplanet_axis(plan: ProductPlan, rng: np.random.Generator) -> Axis:
    """Lay out the exposures of an exoplanet star: 512 s, then 32 s once it is oversampled."""
    start, end = plan.name.start, plan.name.end
    if plan.oversampled_from is None:
        long_count = int((end - start).total_seconds() // LONG) + 1  # DATE is the end at most
    else:
        long_count = max(0, round((plan.oversampled_from - start).total_seconds() / LONG))
    long = _first_middle(start, LONG) + np.arange(long_count) * _LONG_DAYS
    short = np.empty(0)
    if plan.oversampled_from is not None:
        begin = long[-1] + (_LONG_DAYS + _SHORT_DAYS) / 2 if long_count else None
        short = _short_middles(_first_middle(start, SHORT) if begin is None else begin, end)
    exposure = np.repeat(np.array([LONG, SHORT], dtype=np.int16), [long.size, short.size])
    middle = np.concatenate([long, short])
    return Axis(middle, exposure, _observed(middle, rng))


def seismology_axis(plan: ProductPlan, rng: np.random.Generator) -> Axis:
    """Lay out the 32 s exposures of a bright star."""
    middle = _short_middles(_first_middle(plan.name.start, SHORT), plan.name.end)
    return Axis(middle, np.full(middle.size, SHORT, dtype=np.int16), _observed(middle, rng))


def _first_middle(start: datetime, exposure: int) -> float:
    return julian_day_tt(start + timedelta(seconds=DATE_TO_MIDDLE[exposure]))


def _short_middles(first: float, end: datetime) -> NDArray[np.float64]:
    count = int((_first_middle(end, SHORT) - first) / _SHORT_DAYS + 0.5) + 1
    return np.asarray(first + np.arange(count) * _SHORT_DAYS, dtype=np.float64)


def _observed(middle: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Leave out interruptions and single points, but neither the first nor the last."""
    span = middle[-1] - middle[0]
    observed = rng.random(middle.size) >= choices.LOST_POINTS
    for _ in range(rng.poisson(choices.GAPS_PER_DAY * span)):
        begin = middle[0] + rng.random() * span
        length = rng.uniform(*choices.GAP_HOURS) / 24.0
        observed &= (middle < begin) | (middle > begin + length)
    observed[[0, -1]] = True
    return np.asarray(observed, dtype=np.bool_)
