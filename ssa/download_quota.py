"""How much one person may download in a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ssa import download_counts
from tap.errors import QuotaError
from tap.networks import network_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from schemas.session import Caller


@dataclass(frozen=True, slots=True)
class DailyLimits:
    """What one person may download in a day, from midnight to midnight UTC."""

    files: int
    size: int
    """Bytes."""


class DownloadQuota:
    """Counts what is downloaded, over all web servers.

    Parameters
    ----------
    engine
        Engine of ``vo_app``.
    limits_of
        Gives the limits of a caller.
    """

    def __init__(self, engine: Engine, limits_of: Callable[[Caller], DailyLimits]) -> None:
        self._engine = engine
        self._limits_of = limits_of

    def spend(self, caller: Caller, address: str, *, files: int, size: int) -> None:
        """Count a download that is about to begin.

        Parameters
        ----------
        caller
            Who downloads.
        address
            From where; of the public each address is a person.
        files
            1, or 0 where the download goes on with a file.
        size
            Bytes to be sent.

        Raises
        ------
        QuotaError
            If the day's files or bytes are used up.
        """
        limits = self._limits_of(caller)
        subject = (
            f"account:{caller.principal}" if caller.principal else f"address:{network_of(address)}"
        )
        with self._engine.begin() as connection:
            left = download_counts.add(connection, subject, files, size, limits.files, limits.size)
        if left is not None:
            raise QuotaError(
                f"Today's downloads are used up: {limits.files} files or {limits.size} bytes a"
                f" day{'' if caller.principal else ' for who has not logged in'}. Go on after"
                " midnight UTC, or ask the data centre for more.",
                left,
            )
