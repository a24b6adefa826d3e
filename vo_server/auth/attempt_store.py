"""Failed log-ins in the database, as ``vo_app``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from schemas.auth_tables import attempts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from sqlalchemy import Connection

_NOW = func.timezone("UTC", func.now())


def failures(connection: Connection, subjects: Iterable[str]) -> list[tuple[int, float]]:
    """Give how often log-ins failed for each of some subjects, and seconds since the last."""
    age = func.extract("epoch", _NOW - attempts.c.last_at)
    query = select(attempts.c.failures, age).where(attempts.c.subject.in_(list(subjects)))
    return [(count, float(seconds)) for count, seconds in connection.execute(query)]


def note_failure(connection: Connection, subjects: Iterable[str], forgotten: timedelta) -> None:
    """Count a failed log-in; failures before a pause are forgotten, whoever's they are."""
    over = select(attempts.c.subject).where(attempts.c.last_at <= _NOW - forgotten)
    # Whoever fails again just now is not waited for.
    free = over.with_for_update(skip_locked=True)
    connection.execute(delete(attempts).where(attempts.c.subject.in_(free)))
    for subject in sorted(subjects):
        statement = insert(attempts).values(subject=subject, failures=1)
        counted = case((attempts.c.last_at > _NOW - forgotten, attempts.c.failures + 1), else_=1)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[attempts.c.subject], set_={"failures": counted, "last_at": _NOW}
            )
        )


def forget(connection: Connection, subject: str) -> None:
    """Forget a subject's failures, after a log-in that succeeded."""
    connection.execute(delete(attempts).where(attempts.c.subject == subject))
