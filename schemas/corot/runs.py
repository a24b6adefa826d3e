"""The 26 runs of the mission, and the run a product belongs to."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["initial", "long", "short"]
Direction = Literal["centre", "anticentre"]

LONGEST_LEAD = timedelta(days=7)
"""How long before the exoplanet channel a run may begin: its bright stars start days earlier."""

_KINDS: dict[str, Kind] = {"I": "initial", "L": "long", "S": "short"}
_DIRECTIONS: dict[str, Direction] = {"c": "centre", "a": "anticentre"}
_CODE = re.compile(r"([ILS])R([ca])(\d\d)")
_BEFORE_THE_MISSION = datetime(2006, 12, 27, tzinfo=UTC)  # the day of the launch


class UnknownRunError(LookupError):
    """A date or a code belongs to no run of the mission."""


@dataclass(frozen=True, slots=True)
class Run:
    """One pointing of the satellite, with the dates of both channels (UTC, None: unknown)."""

    code: str
    kind: Kind
    direction: Direction
    number: int
    exo_start: datetime
    exo_end: datetime
    seismo_start: datetime | None = None
    seismo_end: datetime | None = None

    @property
    def end(self) -> datetime:
        """The later of the ends of the two channels."""
        return max(self.exo_end, self.seismo_end or self.exo_end)


@functools.cache
def load_runs() -> tuple[Run, ...]:
    """Read the 26 runs, in order of time.

    Returns
    -------
    tuple of Run
        The runs of ``runs.toml``; dates are aware and in UTC.
    """
    text = Path(__file__).with_name("runs.toml").read_text(encoding="utf-8")
    return tuple(_run(entry) for entry in tomllib.loads(text)["run"])


def run_named(code: str) -> Run:
    """Find a run by its code.

    Raises
    ------
    UnknownRunError
        When no run has this code.
    """
    for run in load_runs():
        if run.code == code:
            return run
    raise UnknownRunError(f"{code!r} is not one of the 26 CoRoT runs")


def run_of(start: datetime) -> Run:
    """Find the run to which a product that starts at this moment belongs.

    A series starts after the end of the run before, before the end of its own
    run, and not more than `LONGEST_LEAD` before the exoplanet channel of it.

    Parameters
    ----------
    start
        Aware date and time.

    Raises
    ------
    UnknownRunError
        When no run was under way.
    """
    runs = load_runs()
    ends = (_BEFORE_THE_MISSION, *(run.end for run in runs))
    for (previous_end, end), run in zip(pairwise(ends), runs, strict=True):
        if max(previous_end, run.exo_start - LONGEST_LEAD) < start < end:
            return run
    raise UnknownRunError(f"no CoRoT run was under way on {start:%Y-%m-%dT%H:%M:%S}")


def _run(entry: Mapping[str, str | datetime]) -> Run:
    code = str(entry["code"])
    found = _CODE.fullmatch(code)
    if found is None:
        raise ValueError(f"{code!r} is not a run code such as LRc01")
    dates = cast("dict[str, datetime]", {key: entry[key] for key in entry if key != "code"})
    return Run(code, _KINDS[found[1]], _DIRECTIONS[found[2]], int(found[3]), **dates)
