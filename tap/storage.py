"""Files that all processes and hosts share: on a disk, or in S3."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

import fsspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fsspec import AbstractFileSystem


class FileStorage:
    """Keeps files under keys, which are paths below one folder.

    Parameters
    ----------
    url
        Of the folder, as fsspec knows it: ``file:///srv/jobs``, ``s3://bucket/jobs``.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._process = 0
        self._opened: AbstractFileSystem | None = None

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

    def remove_folder(self, name: str) -> None:
        """Remove all files whose keys begin with a name and a slash."""
        with suppress(FileNotFoundError):
            self._files.rm(self._path(name), recursive=True)

    def folders(self) -> set[str]:
        """Give the first parts of all keys there are."""
        try:
            listed = self._files.ls(self._files._strip_protocol(self._url), detail=False)  # noqa: SLF001 # fsspec's own way
        except FileNotFoundError:
            return set()
        return {str(path).rstrip("/").rpartition("/")[2] for path in listed}

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
