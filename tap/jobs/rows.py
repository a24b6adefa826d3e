"""Jobs as rows of the database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tap.uws.job import Job, JobError, JobReference, StoredFile
from tap.uws.phases import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Row


def job_of(row: Row[Any], results: Iterable[Row[Any]] = ()) -> Job:
    """Make a job of its row and those of its results."""
    return Job(
        job_id=row.job_id,
        owner=row.owner,
        phase=Phase(row.phase),
        created=row.created,
        destruction=row.destruction,
        duration=timedelta(seconds=row.duration),
        queue=row.queue,
        run_id=row.run_id,
        parameters=tuple((name, value) for name, value in row.parameters),
        files={name: StoredFile(**file) for name, file in row.files.items()},
        started=row.started,
        ended=row.ended,
        error=None if row.error is None else JobError(row.error, bool(row.transient)),
        results={one.result_id: StoredFile(one.key, one.media_type, one.size) for one in results},
        attempt=row.attempt,
        ticket=row.ticket,
    )


def reference_of(row: Row[*tuple[Any, ...]]) -> JobReference:
    """Make an entry of the job list."""
    return JobReference(row.job_id, row.owner, Phase(row.phase), row.created, row.run_id)


def values_of(job: Job) -> dict[str, Any]:
    """Give the values of a new job's row."""
    return {
        "job_id": job.job_id,
        "owner": job.owner,
        "phase": job.phase,
        "queue": job.queue,
        "created": job.created,
        "destruction": job.destruction,
        "duration": int(job.duration.total_seconds()),
        **inputs_of(job),
    }


def inputs_of(job: Job) -> dict[str, Any]:
    """Give the values that its parameters are stored in."""
    return {
        "run_id": job.run_id,
        "parameters": [list(pair) for pair in job.parameters],
        "files": {name: asdict(file) for name, file in job.files.items()},
    }
