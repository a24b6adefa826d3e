"""Decides what a download gives: the file, or why not."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.session import Caller, ReaderDatabase
    from ssa.download_store import DownloadStore, ListedFile, StoredFile

_log = logging.getLogger(__name__)


class DownloadError(Exception):
    """A download that cannot be given; the message is for the caller."""


class UnknownProductError(DownloadError):
    """There is no such product, as far as the caller may know."""


class NotReleasedError(DownloadError):
    """The caller may know of the product but not get it."""


class UnavailableError(DownloadError):
    """The product's file is not as it should be."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file to send."""

    path: Path
    stored: StoredFile


class DownloadService:
    """Finds the files of products.

    Parameters
    ----------
    database
        Opens transactions in the caller's name.
    store
        Looks files up.
    root
        Folder of the product store.
    contact
        Whom to ask for what is not released.
    """

    def __init__(
        self, database: ReaderDatabase, store: DownloadStore, root: Path, *, contact: str
    ) -> None:
        self._database = database
        self._store = store
        self._root = root.resolve()
        self._contact = contact

    def find(self, path: str, caller: Caller) -> Download:
        """Find the file behind a product's key, or its key and file name.

        Parameters
        ----------
        path
            ``<key>`` or ``<key>/<file name>``.
        caller
            In whose name the database is asked.

        Raises
        ------
        UnknownProductError
            If the caller sees no such product, or its file has another name.
        NotReleasedError
            If the caller may see the product but not get it.
        UnavailableError
            If the file is missing or damaged.
        """
        key, _, file_name = path.rpartition("/")
        with self._database.transaction(caller) as connection:
            for candidate in ((key, file_name), (path, None)):
                if "\0" in path or (listed := self._store.listed(connection, *candidate)) is None:
                    continue
                stored = self._store.stored(connection, *candidate)
                if stored is None:
                    raise NotReleasedError(f"{_embargo(listed)}. {self._way_in(caller)}")
                return Download(self._checked(stored), stored)
        raise UnknownProductError(
            f"There is no product at {path}; take its address from access_url in"
            " ivoa.obscore or in an SSA answer"
        )

    def _way_in(self, caller: Caller) -> str:
        """Say how one may get what is not released."""
        if caller.principal:
            return f"It is not granted to {caller.principal}: ask {self._contact}"
        return f"Log in, if it is granted to you, or ask {self._contact}"

    def _checked(self, stored: StoredFile) -> Path:
        """Give the path of a file that is there, whole and inside the store."""
        path = (self._root / stored.storage_path).resolve()
        if not path.is_relative_to(self._root):
            _log.error("%s lies outside the product store %s", stored.storage_path, self._root)
        elif not path.is_file():
            _log.error("%s is missing from the product store", path)
        elif path.stat().st_size != stored.size:
            _log.error("%s has %d bytes, not %d", path, path.stat().st_size, stored.size)
        else:
            return path
        raise UnavailableError(
            f"The file {stored.file_name} cannot be read at the moment. The fault is on our"
            " side and has been logged; try again later"
        )


def _embargo(listed: ListedFile) -> str:
    """Say from when a product can be had."""
    if listed.release_date is None:
        return f"{listed.file_name} is not public, and no date of release is set"
    return (
        f"{listed.file_name} is not public yet; it will be released on"
        f" {listed.release_date:%Y-%m-%d}"
    )
