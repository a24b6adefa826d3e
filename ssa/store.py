"""Finds data products in an ObsCore table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    Boolean,
    Double,
    and_,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)

from ssa.response import SCORE, response_columns
from tap.adql.backends import BACKENDS, Radius, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, FromClause, Select

    from schemas.declaration import Column, Table
    from ssa.parameters import Cone, Query
    from ssa.ranges import Interval
    from ssa.response import Holdings

MIN_RADIUS: Final = 1 / 3_600_000
"""One milliarcsecond in degrees: what SIZE=0 finds is at the position given, up to round-off."""

_BATCH: Final = 1000
"""Rows fetched from the database at a time."""


class ObsCoreStore:
    """Searches one declared ObsCore table or view.

    Parameters
    ----------
    declared
        The table, with a `Position` whose vector column the cone search uses.
    holdings
        What the service gives out.
    backend
        The geometry back end that the database has.

    Raises
    ------
    ValueError
        If the table declares no position.
    """

    def __init__(self, declared: Table, holdings: Holdings, backend: str = "cube") -> None:
        if not declared.positions:
            raise ValueError(f"{declared.name} declares no position to search by")
        position = declared.positions[0]
        self._geometry = BACKENDS[backend]
        self._spot = Spot(position.longitude, position.latitude, stored=position.vector)
        self.columns: tuple[Column, ...] = response_columns(declared, holdings)
        self._product_types = holdings.product_types
        self._table: FromClause = table(
            declared.local_name,
            *(column(name.name) for name in declared.columns),
            schema=declared.schema_name,
        )

    def search(
        self, connection: Connection, query: Query, limit: int
    ) -> Iterator[Sequence[object]]:
        """Run a query; rows come best first, in the order of `columns`.

        The first batch is fetched before this returns, so what the database
        refuses is raised here.
        """
        result = connection.execution_options(stream_results=True, yield_per=_BATCH).execute(
            self.statement(query, limit)
        )
        batches = result.partitions()
        first = next(batches, ())

        def rows() -> Iterator[Sequence[object]]:
            yield from first
            for batch in batches:
                yield from batch

        return rows()

    def probe(self, connection: Connection) -> None:
        """Read a row, to see that the table answers."""
        connection.execute(select(literal(1)).select_from(self._table).limit(1)).all()

    def statement(self, query: Query, limit: int) -> Select[*tuple[Any, ...]]:
        """Compose the SELECT of a query."""
        score: ColumnElement[Any] = literal(1.0, Double)
        order: list[ColumnElement[Any]] = []
        conditions = self._conditions(query)
        if query.cone is not None:
            place, radius = _cone(query.cone)
            conditions.append(
                literal_column(
                    self._geometry.within(self._spot, place, radius, strict=False), Boolean
                )
            )
            distance = literal_column(self._geometry.distance(self._spot, place), Double)
            score = 1 - distance / literal(radius.number, Double)
            order = [distance, self._table.c.obs_publisher_did]
        outputs: list[ColumnElement[Any]] = [score.label(SCORE.name)]
        outputs += [
            literal_column(declared.expression).label(declared.name)
            for declared in self.columns
            if declared.expression is not None
        ]
        return (
            select(*outputs)
            .select_from(self._table)
            .where(*conditions)
            .order_by(*order)
            .limit(limit)
        )

    def _conditions(self, query: Query) -> list[ColumnElement[bool]]:
        """Compose what does not depend on the position."""
        named = self._table.c
        conditions: list[ColumnElement[bool]] = [named.dataproduct_type.in_(self._product_types)]
        if query.bands:
            conditions.append(_overlaps(named.em_min, named.em_max, query.bands))
        if query.times:
            conditions.append(_overlaps(named.t_min, named.t_max, query.times))
        if query.media_types:
            media_type = func.lower(func.replace(named.access_format, " ", ""))
            conditions.append(media_type.in_(query.media_types))
        for column_, values in (
            (named.obs_collection, query.collections),
            (named.target_name, query.targets),
            (named.obs_publisher_did, query.publisher_dids),
        ):
            if values:
                conditions.append(func.lower(column_).in_([value.lower() for value in values]))
        return conditions


def _cone(cone: Cone) -> tuple[Spot, Radius]:
    """Give centre and radius as the geometry back ends take them."""
    radius = max(cone.radius, MIN_RADIUS)
    place = Spot(repr(cone.ra), repr(cone.dec), numbers=(cone.ra, cone.dec))
    return place, Radius(repr(radius), radius)


def _overlaps(
    low: ColumnElement[float], high: ColumnElement[float], intervals: Sequence[Interval]
) -> ColumnElement[bool]:
    """Ask for rows whose range overlaps any of the intervals."""
    return or_(*(_overlap(low, high, interval) for interval in intervals))


def _overlap(
    low: ColumnElement[float], high: ColumnElement[float], interval: Interval
) -> ColumnElement[bool]:
    """Ask for rows whose range overlaps an interval with possibly open ends."""
    ends: list[ColumnElement[bool]] = []
    if math.isfinite(interval.high):
        ends.append(low <= literal(interval.high, Double))
    if math.isfinite(interval.low):
        ends.append(high >= literal(interval.low, Double))
    return and_(*ends)
