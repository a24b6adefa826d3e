"""Counts what each person runs on this host, over all processes of the server.

A place is a file that is locked while a query runs. The kernel gives locks
back when a process ends, however it ends: nothing has to be cleaned up after
one that was killed, and no process has to ask another.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tap.errors import BusyServiceError, QuotaError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class PersonPlaces:
    """Places for the queries of each person.

    Parameters
    ----------
    folder
        Where the files are; it is made. All processes of the host that are
        to count together share it.

    Raises
    ------
    OSError
        If the folder cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder

    @contextmanager
    def taken(self, principal: str, most: int) -> Iterator[None]:
        """Hold one of a person's places while the block runs.

        Parameters
        ----------
        principal
            The person; the empty one is the public, who share theirs.
        most
            How many places there are.

        Raises
        ------
        QuotaError, BusyServiceError
            If all are taken, by the person or by the public.
        """
        descriptor = self._lock_one(principal, most)
        if descriptor is None:
            if not principal:
                raise BusyServiceError(
                    "The places for queries without login are all taken."
                    " Please try again in a moment."
                )
            raise QuotaError(
                f"You have {most} queries running here already. Wait for one of them to end."
            )
        try:
            yield
        finally:
            os.close(descriptor)

    def _lock_one(self, principal: str, most: int) -> int | None:
        """Lock the first file that is free; None if there is none."""
        # A name of anyone's choosing is no file name.
        person = hashlib.sha256(principal.encode()).hexdigest()[:40] if principal else "public"
        for number in range(most):
            descriptor = os.open(self._folder / f"{person}.{number}", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
            except BaseException:
                os.close(descriptor)
                raise
            else:
                return descriptor
        return None
