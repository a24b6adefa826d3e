from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from vo_server.portal.store import Run
from vo_server.portal.timeline import WIDTH, timeline

LRC01 = Run(
    "LRc01",
    "long",
    "centre",
    datetime(2007, 5, 16, 6),  # noqa: DTZ001 - the runs' times have no zone
    datetime(2007, 10, 15, 6),  # noqa: DTZ001 - the same
    None,
    None,
)


def test_a_run_lies_between_the_ticks_of_its_year() -> None:
    drawing = timeline([LRC01])
    assert drawing is not None
    (bar,) = drawing.bars
    assert [tick.year for tick in drawing.ticks] == [2007, 2008]
    first, last = (tick.x for tick in drawing.ticks)
    assert first < bar.x < bar.x + bar.width < last <= WIDTH
    year = last - first
    assert bar.width / year == pytest.approx(152 / 365, abs=0.001)
    assert (bar.x - first) / year == pytest.approx(135.25 / 365, abs=0.001)
    assert bar.title == "LRc01: 2007-05-16 to 2007-10-15"
    assert bar.has_label


def test_directions_have_lanes_of_their_own() -> None:
    drawing = timeline([LRC01, replace(LRC01, code="LRa01", direction="anticentre")])
    assert drawing is not None
    assert [drawing.lanes[bar.lane] for bar in drawing.bars] == ["centre", "anticentre"]


def test_seismology_dates_stand_in_and_runs_without_dates_are_left_out() -> None:
    seismo = replace(
        LRC01,
        exo_start=None,
        exo_end=None,
        seismo_start=LRC01.exo_start,
        seismo_end=LRC01.exo_end,
    )
    assert timeline([seismo]) == timeline([LRC01])
    assert timeline([replace(LRC01, exo_end=None)]) is None
    assert timeline([]) is None
