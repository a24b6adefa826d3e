"""Keeps the records, with datestamps that move only when a record really changes.

Records change under an advisory lock that every reader shares: what a harvest
is told is all there was at its responseDate, and whatever changes afterwards
has a later datestamp or the same. Whoever harvests from the responseDate of the
last time misses nothing.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree
from sqlalchemy import func, insert, select, update

from resources.records.voresource import digest, resource
from schemas.registry_tables import LOCK, REFRESH, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

    from resources.records.model import Record

_NOW = select(func.date_trunc("second", func.clock_timestamp()))


@dataclass(frozen=True, slots=True)
class Changes:
    """How many records were touched."""

    made: int = 0
    changed: int = 0
    deleted: int = 0


class RecordStore:
    """Brings the stored records to what they are to be.

    Parameters
    ----------
    engine
        Of ``vo_app``.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Have one process at a time make records, from looking at the data to storing them.

        Else what was seen earlier could be stored later, and datestamps would move for nothing.
        """
        with self._engine.begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(REFRESH)))
            yield

    def replace(self, wanted: Iterable[Record], authority: str) -> Changes:
        """Store what is new or has changed, and mark what is gone as deleted.

        All or nothing, and safe in several processes at once.

        Parameters
        ----------
        wanted
            All records that there are.
        authority
            Authority of their IVOIDs.
        """
        by_id = {record.ivo_id(authority): record for record in wanted}
        digests = {ivo_id: digest(record, authority) for ivo_id, record in by_id.items()}
        with self._engine.begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            now = connection.execute(_NOW).scalar_one()
            known = {row.identifier: row for row in connection.execute(select(records)).all()}
            gone = [row for key, row in known.items() if key not in by_id and not row.deleted]
            for lost in gone:
                _mark_deleted(connection, lost.record_id, now)
            made = changed = 0
            for ivo_id, record in by_id.items():
                row = known.get(ivo_id)
                if row is None:
                    _insert(connection, record, authority, digests[ivo_id], now)
                    made += 1
                elif row.deleted or row.digest != digests[ivo_id]:
                    _update(connection, row, record, authority, digests[ivo_id], now)
                    changed += 1
        return Changes(made, changed, len(gone))


def _mark_deleted(connection: Connection, record_id: int, now: datetime) -> None:
    mine = update(records).where(records.c.record_id == record_id)
    connection.execute(mine.values(deleted=True, datestamp=now))


def _insert(
    connection: Connection, record: Record, authority: str, digested: str, now: datetime
) -> None:
    element = resource(record, authority, created=now, updated=now)
    values = _values(record, element, digested, now)
    values |= {"identifier": record.ivo_id(authority), "created": now}
    connection.execute(insert(records), values)


def _update(  # noqa: PLR0913, PLR0917 # what a row has
    connection: Connection,
    row: Row[tuple[object, ...]],
    record: Record,
    authority: str,
    digested: str,
    now: datetime,
) -> None:
    element = resource(record, authority, created=row.created, updated=now)
    values = _values(record, element, digested, now) | {"deleted": False}
    connection.execute(update(records).where(records.c.record_id == row.record_id).values(values))


def _values(
    record: Record, element: etree._Element, digested: str, now: datetime
) -> dict[str, object]:
    return {
        "landing": record.landing,
        "kind": record.type,
        "title": record.title,
        "document": etree.tostring(element, encoding="unicode"),
        "digest": digested,
        "datestamp": now,
    }
