"""The log of changes in the database."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from itertools import islice
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, insert, select, text

from schemas.export_tables import LOG, changes, known
from vo_server.exports.change_log import Known, differences
from vo_server.exports.edition_store import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection, Engine, Select

    from vo_server.exports.change_log import Difference, Seen

_BATCH: Final = 2000
"""Products written at a time."""

_KNOWN: Final = (
    select(known.c.key, known.c.released, known.c.successor)
    .order_by(known.c.key.collate("C"))
    .execution_options(stream_results=True, yield_per=_BATCH)
)

_KNOW: Final = text(
    """
    INSERT INTO exports.known (key, released, successor)
    SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:released AS boolean[]),
        CAST(:successors AS text[]))
    ON CONFLICT (key) DO UPDATE SET released = excluded.released, successor = excluded.successor
    """
)

_CHANGE: Final = select(
    changes.c.change_id,
    changes.c.key,
    changes.c.kind,
    changes.c.successor,
    changes.c.happened,
    changes.c.noted,
)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that the public was told."""

    change_id: int
    key: str
    kind: str
    successor: str | None
    happened: datetime
    noted: datetime


def note_changes(connection: Connection, seen: Iterable[Seen]) -> int:
    """Write down what has changed, and what is known from now on.

    Parameters
    ----------
    connection
        In a transaction of ``vo_app``; until its end nobody reads the log.
    seen
        What the public sees now, in the order of keys.

    Returns
    -------
    int
        The number of changes.
    """
    connection.execute(select(func.pg_advisory_xact_lock(LOG)))
    noted = moment(connection)
    before = (Known(*row) for row in connection.execute(_KNOWN))
    found = differences(before, seen)
    count = 0
    while batch := list(islice(found, _BATCH)):
        count += _write(connection, batch, noted)
    return count


def _write(
    connection: Connection,
    batch: list[tuple[str, Seen | None, tuple[Difference, ...]]],
    noted: datetime,
) -> int:
    told = [_row(one, noted) for _, _, differing in batch for one in differing]
    if told:
        connection.execute(insert(changes), told)
    gone = [key for key, now, _ in batch if now is None]
    if gone:
        connection.execute(delete(known).where(known.c.key.in_(gone)))
    kept = [now for _, now, _ in batch if now is not None]
    values = {
        "keys": [now.key for now in kept],
        "released": [now.released for now in kept],
        "successors": [now.successor for now in kept],
    }
    connection.execute(_KNOW, values)
    return len(told)


def _row(one: Difference, noted: datetime) -> dict[str, Any]:
    happened = noted if one.happened is None else one.happened.replace(tzinfo=UTC)
    return {
        "key": one.key,
        "kind": one.kind,
        "successor": one.successor,
        "happened": min(happened, noted),
        "noted": noted,
    }


@dataclass(frozen=True, slots=True)
class LogReading:
    """The log as it is at a moment."""

    connection: Connection

    def last(self) -> int:
        """Give the number of the last change; 0 where there is none."""
        return self.connection.scalar(select(func.max(changes.c.change_id))) or 0

    def between(self, after: int, last: int) -> list[Change]:
        """Give the changes with numbers in an interval."""
        return self._read(_CHANGE.where(changes.c.change_id > after, changes.c.change_id <= last))

    def since(self, noted: datetime, after: int, limit: int) -> list[Change]:
        """Give the next changes that were noted at a moment or later."""
        chosen = _CHANGE.where(changes.c.noted >= noted, changes.c.change_id > after)
        return self._read(chosen.limit(limit))

    def _read(self, chosen: Select[Any]) -> list[Change]:
        rows = self.connection.execute(chosen.order_by(changes.c.change_id))
        return [
            Change(r.change_id, r.key, r.kind, r.successor, r.happened.astimezone(UTC),
                   r.noted.astimezone(UTC))
            for r in rows
        ]  # fmt: skip


class ChangeStore:
    """Opens the log for readers.

    Parameters
    ----------
    engine
        Of ``vo_app``.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def reading(self) -> Iterator[LogReading]:
        """Read while nothing is written: what comes later has a later number."""
        with self._engine.connect() as connection:
            connection.execute(select(func.pg_advisory_xact_lock_shared(LOG)))
            yield LogReading(connection)
