"""Gives the exports out."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from tap.errors import NotFoundError, ServiceError, UnavailableError

if TYPE_CHECKING:
    from datetime import timedelta

    from tap.storage import FileStorage
    from vo_server.exports.edition import Edition, ExportFile
    from vo_server.exports.edition_store import EditionStore
    from vo_server.exports.signing import PublicKey


class BeingMadeError(ServiceError):
    """What is asked for is being made; it soon is there."""

    status = 503
    retry_after = 10


class ExportReader:
    """Finds files of the edition that is given out.

    Parameters
    ----------
    store
        Says which one that is.
    storage
        Keeps the files.
    patience
        How long an edition is given out after something newer is there.
    """

    def __init__(self, store: EditionStore, storage: FileStorage, patience: timedelta) -> None:
        self._store = store
        self._storage = storage
        self._patience = patience

    def listed(self) -> Edition | None:
        """Give the edition for a list of its files; None where there is none to give out."""
        edition = self._store.current()
        return None if edition is None or self._is_old(edition) else edition

    def edition(self) -> Edition:
        """Give the edition.

        Raises
        ------
        BeingMadeError
            If there is none yet, or it should have been replaced.
        """
        edition = self._store.current()
        if edition is None:
            raise BeingMadeError("The exports are not made yet. Try again in a few seconds.")
        if self._is_old(edition):
            raise BeingMadeError(
                "The published products have changed, and the exports are being made anew. Try"
                " again in a few seconds."
            )
        return edition

    def file(self, name: str) -> tuple[ExportFile, IO[bytes]]:
        """Find a file and open it.

        Raises
        ------
        NotFoundError
            If there is none of that name.
        BeingMadeError
            If it is not there yet, or should have been replaced.
        UnavailableError
            If the storage does not answer.
        """
        edition = self.edition()
        found = edition.file(name)
        if found is None:
            raise NotFoundError("There is no export of this name. /exports lists all.")
        try:
            return found, self._storage.open(found.key)
        except FileNotFoundError as error:
            # Somebody removed it; the next edition will have it again.
            self._store.expire(edition)
            raise BeingMadeError("This file is being made anew. Try again in a minute.") from error
        except OSError as error:
            raise UnavailableError("The storage of the exports does not answer.") from error

    def public_keys(self) -> list[PublicKey]:
        """List the keys that manifests are or were signed with."""
        return self._store.public_keys()

    def _is_old(self, edition: Edition) -> bool:
        return edition.stale is not None and edition.stale > self._patience.total_seconds()
