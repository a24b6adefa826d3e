"""Editions in the database: the one that is given out, and how the next one takes its place."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, insert, select, text, update

from schemas.export_tables import MAKING, editions, files
from vo_server.exports.edition import Edition, ExportFile
from vo_server.exports.key_ring import public_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from vo_server.exports.signing import PublicKey

KEPT: Final = timedelta(hours=1)
"""How long the files of a former edition are kept, for who is still reading them."""

_CURRENT: Final = text(
    """
    SELECT e.edition_id, e.made, e.manifest, e.signature, e.key_id,
        extract(epoch FROM now() - least(
            CASE WHEN e.valid_until <= now() THEN e.valid_until END,
            (SELECT r.changed FROM exports.revisions r
                ORDER BY r.changed, r.revision_id OFFSET e.revision LIMIT 1)
        ))::float8 AS stale
    FROM exports.editions e WHERE e.retired IS NULL
    """
)

_STATE: Final = text(
    "SELECT (SELECT count(*) FROM exports.revisions) AS revision,"
    " exports.next_release() AS next_release"
)


@dataclass(frozen=True, slots=True)
class State:
    """What an edition that is made now has in it."""

    revision: int
    """Number of revisions."""
    next_release: datetime | None
    """When it will be no longer all there is."""


@dataclass(frozen=True, slots=True)
class NewEdition:
    """All there is to know of an edition before it has a number."""

    made: datetime
    state: State
    manifest: bytes
    signature: bytes
    key_id: str
    files: Sequence[ExportFile]


class EditionStore:
    """Reads editions, and lets one process at a time make another.

    Parameters
    ----------
    engine
        Of ``vo_app``.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def current(self) -> Edition | None:
        """Give the edition to give out; None before the first."""
        with self._engine.connect() as connection:
            return current_edition(connection)

    def expire(self, edition: Edition) -> None:
        """Give an edition out no more, whose files are lost."""
        with self._engine.begin() as connection:
            mine = update(editions).where(
                editions.c.edition_id == edition.edition_id, editions.c.retired.is_(None)
            )
            connection.execute(mine.values(retired=func.now()))

    def public_keys(self) -> list[PublicKey]:
        """List the keys that manifests are or were signed with."""
        with self._engine.connect() as connection:
            return public_keys(connection)

    @contextmanager
    def alone(self, *, wait: bool = False) -> Iterator[Connection | None]:
        """Keep others from making an edition.

        Everything is to be written by the connection given: where it breaks,
        somebody else may have begun.

        Parameters
        ----------
        wait
            Whether to wait for others; or None is given where somebody else makes one.
        """
        with self._engine.connect() as connection:
            if wait:
                connection.execute(select(func.pg_advisory_lock(MAKING)))
            elif not connection.scalar(select(func.pg_try_advisory_lock(MAKING))):
                yield None
                return
            connection.commit()
            try:
                yield connection
            except BaseException:
                # Whatever state it is in: closing it gives the lock back.
                connection.invalidate()
                raise
            connection.execute(select(func.pg_advisory_unlock(MAKING)))
            connection.commit()


def current_edition(connection: Connection) -> Edition | None:
    """Give the edition to give out; None before the first."""
    row = connection.execute(_CURRENT).one_or_none()
    if row is None:
        return None
    listed = select(
        files.c.name, files.c.key, files.c.media_type, files.c.size, files.c.sha256,
        files.c.changed,
    ).where(files.c.edition_id == row.edition_id)  # fmt: skip
    return Edition(
        row.edition_id,
        row.made,
        row.manifest.encode(),
        bytes(row.signature),
        row.key_id,
        tuple(ExportFile(*one) for one in connection.execute(listed)),
        row.stale,
    )


def state(connection: Connection) -> State:
    """Tell what an edition will have in it whose rows are read later than this is asked."""
    row = connection.execute(_STATE).one()
    return State(row.revision, row.next_release)


def moment(connection: Connection) -> datetime:
    """Give the present second, in UTC."""
    now = connection.execute(select(func.date_trunc("second", func.clock_timestamp())))
    second: datetime = now.scalar_one()
    return second.astimezone(UTC)


def replace_edition(connection: Connection, new: NewEdition) -> None:
    """Put an edition in the place of the one that is given out."""
    current = update(editions).where(editions.c.retired.is_(None))
    connection.execute(current.values(retired=func.now()))
    number = connection.execute(
        insert(editions)
        .values(
            made=new.made,
            revision=new.state.revision,
            valid_until=new.state.next_release,
            manifest=new.manifest.decode(),
            signature=new.signature,
            key_id=new.key_id,
        )
        .returning(editions.c.edition_id)
    ).scalar_one()
    rows = [
        {
            "edition_id": number,
            "name": one.name,
            "key": one.key,
            "media_type": one.media_type,
            "size": one.size,
            "sha256": one.sha256,
            "changed": one.changed,
        }
        for one in new.files
    ]
    connection.execute(insert(files), rows)


def confirm_edition(connection: Connection, edition: Edition, found: State) -> None:
    """Say that an edition is still all there is."""
    mine = update(editions).where(editions.c.edition_id == edition.edition_id)
    connection.execute(mine.values(revision=found.revision, valid_until=found.next_release))


def folders_in_use(connection: Connection) -> set[str]:
    """Give the first parts of the keys of all files."""
    keys = connection.execute(select(files.c.key).distinct()).scalars()
    return {key.partition("/")[0] for key in keys}


def old_editions(connection: Connection) -> dict[int, str]:
    """Give the editions whose files may go, and the folder of each."""
    old = (
        select(editions.c.edition_id, func.min(files.c.key))
        .join_from(editions, files)
        .where(editions.c.retired < func.now() - KEPT)
        .group_by(editions.c.edition_id)
    )
    return {number: key.partition("/")[0] for number, key in connection.execute(old)}


def forget_edition(connection: Connection, number: int) -> None:
    """Delete an edition, whose files are gone."""
    connection.execute(delete(editions).where(editions.c.edition_id == number))
