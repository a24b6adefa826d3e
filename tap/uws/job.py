"""What a job is, as its owner sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from tap.uws.phases import Phase

Queue = Literal["short", "long"]
"""Every job starts in the short queue; what takes longer begins anew in the long one."""

RESULT = "result"
"""Name of a query's one result (TAP 1.1, section 2.2)."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the job storage."""

    key: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Result:
    """What a query gave, and the rights that its rows depend on."""

    file: StoredFile
    rights: tuple[str, ...]
    """What the database says of the caller, in the transaction of the query."""


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed."""

    message: str
    transient: bool
    """Whether the same job may succeed later."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job. Times are in UTC with their zone."""

    job_id: str
    owner: str
    """Its maker's principal; empty for the public. Their groups are never kept."""
    phase: Phase
    created: datetime
    destruction: datetime
    duration: timedelta
    """How long it may run."""
    queue: Queue = "short"
    run_id: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    """Names in upper case, and values."""
    files: dict[str, StoredFile] = field(default_factory=dict)
    """Parts that were uploaded with it, by their names."""
    started: datetime | None = None
    ended: datetime | None = None
    error: JobError | None = None
    results: dict[str, StoredFile] = field(default_factory=dict)
    """What came of it, by names."""
    attempt: int = 0
    """How often it was started in its queue."""
    ticket: int | None = None
    """Number of the queue's row that may run it; another one may neither start nor end it."""


@dataclass(frozen=True, slots=True)
class JobReference:
    """A job in a list."""

    job_id: str
    owner: str
    phase: Phase
    created: datetime
    run_id: str | None
