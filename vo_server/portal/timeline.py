"""The runs as bars along the years of the mission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vo_server.portal.store import Run

WIDTH: Final = 1000
"""Width of the drawing, in its own units."""

_LEFT: Final = 96
_RIGHT: Final = 12
_LABEL_WIDTH: Final = 40
"""Bars narrower than this have no room for the run's code."""

_LANES: Final = ("centre", "anticentre")


@dataclass(frozen=True, slots=True)
class Bar:
    """One run."""

    code: str
    title: str
    x: float
    width: float
    lane: int
    run_type: str

    @property
    def has_label(self) -> bool:
        """Whether the code fits in."""
        return self.width >= _LABEL_WIDTH


@dataclass(frozen=True, slots=True)
class Tick:
    """The beginning of a year."""

    year: int
    x: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """All there is to draw."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    lanes: tuple[str, ...] = _LANES
    width: int = WIDTH


def timeline(runs: Iterable[Run]) -> Timeline | None:
    """Lay out the runs whose dates are known; None if there are none."""
    spans = [(run, *span) for run in runs if (span := _span(run))]
    if not spans:
        return None
    years = range(
        min(begin.year for _, begin, _ in spans), max(end.year for _, _, end in spans) + 2
    )
    start = datetime(years[0], 1, 1)  # noqa: DTZ001 - the runs' times have no zone
    days = (datetime(years[-1], 1, 1) - start).days  # noqa: DTZ001 - the same
    scale = (WIDTH - _LEFT - _RIGHT) / days

    def position(moment: datetime) -> float:
        return round(_LEFT + (moment - start).total_seconds() / 86400 * scale, 1)

    bars = tuple(
        Bar(
            code=run.code,
            title=f"{run.code}: {begin:%Y-%m-%d} to {end:%Y-%m-%d}",
            x=position(begin),
            width=round(max(position(end) - position(begin), 3), 1),
            lane=_LANES.index(run.direction),
            run_type=run.run_type,
        )
        for run, begin, end in spans
    )
    ticks = (Tick(year, position(datetime(year, 1, 1))) for year in years)  # noqa: DTZ001 - as above
    return Timeline(bars, tuple(ticks))


def _span(run: Run) -> tuple[datetime, datetime] | None:
    """Give start and end of a run's exoplanet channel, else of its seismology channel."""
    for begin, end in ((run.exo_start, run.exo_end), (run.seismo_start, run.seismo_end)):
        if begin is not None and end is not None:
            return begin, end
    return None
