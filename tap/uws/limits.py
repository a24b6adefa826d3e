"""How long a job may run and is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class JobLimits:
    """Limits of one caller's jobs; the capabilities say the same."""

    duration: timedelta = timedelta(hours=1)
    """Time a job may run, unless it is given another one."""
    hard_duration: timedelta = timedelta(hours=4)
    """The most it can be given."""
    retention: timedelta = timedelta(days=7)
    """Time from its creation to its destruction, unless it is given another one."""
    hard_retention: timedelta = timedelta(days=30)
    """The most it can be given."""
    answer_bytes: int | None = None
    """Size after which a result is cut off; None for any."""
    kept_bytes: int | None = None
    """Size of the uploads and results one person's jobs may keep; None for any."""
    running: int | None = None
    """Jobs of each queue that one person may have running at a time; None for any number."""

    def allowed_duration(self, wanted: timedelta) -> timedelta:
        """Give the time in force; 0 asks for as much as there is (UWS 1.1, section 2.1.5)."""
        return min(wanted, self.hard_duration) if wanted else self.hard_duration
