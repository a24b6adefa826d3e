"""The one state machine of a job (UWS 1.1, section 2.1.3)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Phase(StrEnum):
    """How far a job is."""

    PENDING = "PENDING"
    """Being set up; nobody has asked for it to run."""
    QUEUED = "QUEUED"
    """Waiting for a worker."""
    EXECUTING = "EXECUTING"
    COMPLETED = "COMPLETED"
    ERROR = "ERROR"
    ABORTED = "ABORTED"


UNFINISHED = frozenset({Phase.PENDING, Phase.QUEUED, Phase.EXECUTING})
"""Phases a job may still leave; WAIT blocks in these only (section 2.2.1.2)."""

SOURCES: Mapping[Phase, frozenset[Phase]] = {
    Phase.PENDING: frozenset(),
    # A job whose worker died, or that needs the long queue, waits again.
    Phase.QUEUED: frozenset({Phase.PENDING, Phase.EXECUTING}),
    Phase.EXECUTING: frozenset({Phase.QUEUED}),
    Phase.COMPLETED: frozenset({Phase.EXECUTING}),
    Phase.ERROR: frozenset({Phase.QUEUED, Phase.EXECUTING}),
    Phase.ABORTED: UNFINISHED,
}
"""From which phases a job may come into one."""

UWS_PHASES = frozenset({*Phase, "HELD", "SUSPENDED", "UNKNOWN", "ARCHIVED"})
"""All phases the standard knows; some of them no job here is ever in."""
