"""Reads the records for harvesters."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from resources.oai.documents import Item
from schemas.registry_tables import LOCK, records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any

    from sqlalchemy import ColumnElement, Connection, Engine, Row

    from resources.oai.selection import Selection

_ITEM = (
    records.c.record_id,
    records.c.identifier,
    records.c.datestamp,
    records.c.deleted,
    records.c.document,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list of records."""

    landing: str
    kind: str
    title: str
    datestamp: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """The records as they are at a moment.

    Attributes
    ----------
    moment
        What changes later than what is read here has this datestamp or a later one.
    """

    moment: datetime
    connection: Connection

    def find(self, identifier: str) -> Item | None:
        """Find a record, whatever the case of its identifier (Identifiers 2.0, section 2)."""
        same = func.lower(records.c.identifier) == identifier.lower()
        row = self.connection.execute(select(*_ITEM).where(same)).one_or_none()
        return None if row is None else _item(row)

    def landing(self, path: str) -> Item | None:
        """Find a record by the path of the page about it; what is there before what was."""
        statement = (
            select(*_ITEM)
            .where(records.c.landing == path)
            .order_by(records.c.deleted, records.c.datestamp.desc())
            .limit(1)
        )
        row = self.connection.execute(statement).one_or_none()
        return None if row is None else _item(row)

    def active(self) -> list[Listed]:
        """List what there is, without the documents."""
        statement = (
            select(records.c.landing, records.c.kind, records.c.title, records.c.datestamp)
            .where(~records.c.deleted)
            .order_by(records.c.record_id)
        )
        return [Listed(*row) for row in self.connection.execute(statement)]

    def page(self, selection: Selection, limit: int) -> list[Item]:
        """Give the next records of a list, in the order of their numbers."""
        statement = (
            select(*_ITEM)
            .where(*_chosen(selection), records.c.record_id > selection.after)
            .order_by(records.c.record_id)
            .limit(limit)
        )
        return [_item(row) for row in self.connection.execute(statement)]

    def count(self, selection: Selection) -> int:
        """Count the records of a list."""
        statement = select(func.count()).select_from(records).where(*_chosen(selection))
        return self.connection.execute(statement).scalar_one()

    def earliest(self) -> datetime:
        """Give a moment before which no datestamp is."""
        first = self.connection.execute(select(func.min(records.c.created))).scalar_one()
        return first or self.moment


class HarvestStore:
    """Opens readings.

    Parameters
    ----------
    engine
        Of ``vo_app``.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Read while no record changes."""
        with self._engine.connect() as connection:
            connection.execute(select(func.pg_advisory_xact_lock_shared(LOCK)))
            moment = connection.execute(select(func.clock_timestamp())).scalar_one()
            yield Reading(moment, connection)


def _chosen(selection: Selection) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if selection.first is not None:
        conditions.append(records.c.datestamp >= selection.first)
    if selection.end is not None:
        within = records.c.datestamp < selection.end
        if selection.begun is not None:
            # What was in the list and has changed since is told, as it is now: a list that loses
            # its last records in the middle would end in an error.
            begun = selection.begun.moment
            within = or_(within, and_(records.c.datestamp >= begun, records.c.created <= begun))
        conditions.append(within)
    return conditions


def _item(row: Row[Any, Any, Any, Any, Any]) -> Item:
    return Item(row.record_id, row.identifier, row.datestamp, row.deleted, row.document)
