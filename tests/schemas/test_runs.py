from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from schemas.corot.runs import UnknownRunError, load_runs, run_named, run_of
from tests.ingest.real_data import corot_data


def test_there_are_26_runs_in_order_of_time() -> None:
    runs = load_runs()

    assert len({run.code for run in runs}) == 26
    assert all(run.exo_start < run.exo_end for run in runs)
    assert all(earlier.end < later.exo_start for earlier, later in pairwise(runs))
    assert all(run.exo_start.utcoffset() == timedelta(0) for run in runs)


def test_the_code_says_what_a_run_is() -> None:
    run = run_named("SRa03")

    assert (run.kind, run.direction, run.number) == ("short", "anticentre", 3)
    assert run.seismo_start is None
    assert run_named("IRa01").kind == "initial"
    assert run_named("LRc10").direction == "centre"


def test_seismology_dates_are_known_for_one_run_only() -> None:
    known = [run for run in load_runs() if run.seismo_start is not None]

    assert [run.code for run in known] == ["SRc01"]
    assert known[0].seismo_start == datetime(2007, 4, 11, 15, 7, 52, tzinfo=UTC)
    assert known[0].seismo_end == datetime(2007, 5, 8, 21, 35, 52, tzinfo=UTC)


def test_dates_are_those_derived_from_the_real_names() -> None:
    with corot_data("derived/corot_runs_from_N2-4.4_CHR_catalog.csv").open() as stream:
        derived = [
            (row["run_code"], row["first_start_utc"], row["last_end_utc"])
            for row in csv.DictReader(stream)
        ]

    ours = [
        (run.code, f"{run.exo_start:%Y-%m-%dT%H:%M:%S}", f"{run.exo_end:%Y-%m-%dT%H:%M:%S}")
        for run in load_runs()
    ]

    assert ours == derived


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (datetime(2007, 4, 11, 15, 7, 52, tzinfo=UTC), "SRc01"),
        (datetime(2007, 5, 16, 6, 0, 50, tzinfo=UTC), "LRc01"),
        (datetime(2007, 2, 6, 13, 35, 47, tzinfo=UTC), "IRa01"),
        (datetime(2012, 11, 2, 20, 13, 19, tzinfo=UTC), "LRa07"),
    ],
)
def test_the_run_follows_from_the_start(start: datetime, code: str) -> None:
    assert run_of(start).code == code


@pytest.mark.parametrize(
    "start",
    [
        datetime(2006, 12, 27, tzinfo=UTC),
        datetime(2007, 10, 16, tzinfo=UTC),  # more than a week before LRa01
        datetime(2007, 10, 15, 6, 23, 38, tzinfo=UTC),  # the end of LRc01
        datetime(2012, 11, 3, tzinfo=UTC),
    ],
)
def test_between_runs_there_is_none(start: datetime) -> None:
    with pytest.raises(UnknownRunError, match="no CoRoT run was under way"):
        run_of(start)


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(UnknownRunError, match="LRa08"):
        run_named("LRa08")
