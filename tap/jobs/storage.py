"""Files of jobs, results and uploads: on a disk that all hosts share, or in S3."""

from __future__ import annotations

import hashlib

from tap.storage import FileStorage


class JobStorage(FileStorage):
    """Keeps each job's files under a key that begins with the job.

    A result's key has the ticket it was made with. It is nobody's result until
    the job's row says so: no reader ever finds half a one, and two workers
    never write to the same.
    """

    @staticmethod
    def result_key(job_id: str, ticket: int | None) -> str:
        """Name the result that is made with a ticket."""
        return f"{job_id}/{ticket}.result"

    @staticmethod
    def input_key(job_id: str, name: str) -> str:
        """Name a file that came with the job; a part may be called anything."""
        return f"{job_id}/{hashlib.sha256(name.encode()).hexdigest()[:40]}.input"

    def remove_job(self, job_id: str) -> None:
        """Remove all files of a job."""
        self.remove_folder(job_id)
