"""Makes who fails, or asks for mail, again and again wait longer each time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from vo_server.auth import attempt_store
from vo_server.auth.errors import AuthError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Engine

FREE: Final = 5
"""Failures in a row that cost no waiting."""
LONGEST_WAIT: Final = 300.0
"""Seconds; from the sixth failure on the wait doubles up to this."""
FORGOTTEN: Final = timedelta(hours=1)
"""Pause after which failures are forgotten."""


class SlowDownError(AuthError):
    """Too many attempts were made.

    Parameters
    ----------
    what
        That were made, or failed.
    seconds
        How long to wait.
    """

    def __init__(self, what: str, seconds: int) -> None:
        super().__init__(f"Too many {what}. Try again in {seconds} s.")
        self.seconds = seconds


def check(connection: Connection, subjects: Iterable[str], what: str) -> None:
    """Refuse another attempt while one of some subjects has to wait.

    Raises
    ------
    SlowDownError
        With the time still to wait.
    """
    found = attempt_store.failures(connection, subjects)
    wait = max((_wait(*row) for row in found), default=0)
    if wait > 0:
        raise SlowDownError(what, int(wait) + 1)


def count(engine: Engine, subject: str) -> None:
    """Count a request for mail.

    Raises
    ------
    SlowDownError
        If there were too many.
    """
    with engine.begin() as connection:
        check(connection, {subject}, "requests")
        attempt_store.note_failure(connection, {subject}, FORGOTTEN)


def _wait(failed: int, age: float) -> float:
    """Give the seconds still to wait after so many failures, the last so long ago."""
    if failed < FREE or age > FORGOTTEN.total_seconds():
        return 0
    return min(2.0 ** min(failed - FREE, 20), LONGEST_WAIT) - age
