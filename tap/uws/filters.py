"""Which jobs a list is to show (UWS 1.1, section 2.2.2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tap.errors import UsageError
from tap.parameters import shown
from tap.uws.phases import UWS_PHASES
from tap.uws.times import read_time

if TYPE_CHECKING:
    from datetime import datetime

    from tap.parameters import Parameters

MOST = 1000
"""Jobs in a list at most, the newest; some clients download it after every DELETE."""


@dataclass(frozen=True, slots=True)
class JobFilter:
    """All conditions hold at once."""

    phases: frozenset[str] | None = None
    """Any of these; None for all."""
    after: datetime | None = None
    """Made later than this."""
    last: int = MOST
    """Only so many, the newest ones."""


def read_filter(parameters: Parameters) -> JobFilter:
    """Read PHASE, AFTER and LAST.

    Raises
    ------
    UsageError
        If one of them cannot be read.
    """
    phases = frozenset(phase.upper() for phase in parameters.all("PHASE"))
    for phase in phases - UWS_PHASES:
        raise UsageError(
            f"PHASE is {shown(phase)}; it must be one of {', '.join(sorted(UWS_PHASES))}."
        )
    after = parameters.single("AFTER")
    return JobFilter(
        phases or None,
        None if after is None else read_time(after, "AFTER"),
        _last(parameters.single("LAST")),
    )


def _last(text: str | None) -> int:
    if text is None:
        return MOST
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit() or not digits.strip("0"):
        raise UsageError(f"LAST is {shown(text)}; it must be a whole number from 1.")
    return min(int(digits[:9]), MOST)
