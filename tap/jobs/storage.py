"""Files of jobs, results and uploads: on a disk that all hosts share, or in S3."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

import fsspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fsspec import AbstractFileSystem


class JobStorage:
    """Keeps each job's files under a key that begins with the job.

    A result's key has the ticket it was made with. It is nobody's result until
    the job's row says so: no reader ever finds half a one, and two workers
    never write to the same.

    Parameters
    ----------
    url
        Of a folder, as fsspec knows it: ``file:///srv/jobs``, ``s3://bucket/jobs``.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._process = 0
        self._opened: AbstractFileSystem | None = None

    @staticmethod
    def result_key(job_id: str, ticket: int | None) -> str:
        """Name the result that is made with a ticket."""
        return f"{job_id}/{ticket}.result"

    @staticmethod
    def input_key(job_id: str, name: str) -> str:
        """Name a file that came with the job; a part may be called anything."""
        return f"{job_id}/{hashlib.sha256(name.encode()).hexdigest()[:40]}.input"

    @contextmanager
    def writing(self, key: str) -> Iterator[IO[bytes]]:
        """Write a file; what was written is removed if the block fails.

        Raises
        ------
        OSError
            If the storage refuses.
        """
        path = self._path(key)
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        try:
            with self._files.open(path, "wb") as file:
                yield file
        except BaseException:
            with suppress(OSError):
                self._files.rm_file(path)
            raise

    def put(self, key: str, content: IO[bytes]) -> int:
        """Copy a file into the storage; its size in bytes is given."""
        with self.writing(key) as file:
            shutil.copyfileobj(content, file)
            return int(file.tell())

    def open(self, key: str) -> IO[bytes]:
        """Open a file for reading, anywhere in it.

        Raises
        ------
        FileNotFoundError
            If it is not there.
        """
        opened: IO[bytes] = self._files.open(self._path(key), "rb")
        return opened

    def remove(self, key: str) -> None:
        """Remove a file, if it is there."""
        with suppress(FileNotFoundError):
            self._files.rm_file(self._path(key))

    def remove_job(self, job_id: str) -> None:
        """Remove all files of a job."""
        with suppress(FileNotFoundError):
            self._files.rm(self._path(job_id), recursive=True)

    def check(self) -> None:
        """Write and remove a file.

        Raises
        ------
        OSError
            If the storage cannot be used.
        """
        key = f"check-{os.getpid()}"
        with self.writing(key):
            pass
        self.remove(key)

    @property
    def _files(self) -> AbstractFileSystem:
        """The file system; connections do not survive a fork."""
        if self._opened is None or self._process != os.getpid():
            options: dict[str, Any] = {"skip_instance_cache": True}
            if urlsplit(self._url).scheme == "s3":
                # A listing that is remembered would not show what other hosts have written.
                options["use_listings_cache"] = False
            self._opened, _ = fsspec.url_to_fs(self._url, **options)
            self._process = os.getpid()
        return self._opened

    def _path(self, key: str) -> str:
        return f"{self._files._strip_protocol(self._url)}/{key}"  # noqa: SLF001 # fsspec's own way
