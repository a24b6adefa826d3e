"""Finds data products in an ObsCore table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    ARRAY,
    Double,
    String,
    and_,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)

from ssa.response import SCORE, response_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, FromClause, Select

    from schemas.declaration import Column, Table
    from ssa.parameters import Cone, Query
    from ssa.ranges import Interval
    from ssa.response import Holdings

MIN_CHORD: Final = 5e-9
"""Chord of one milliarcsecond: what SIZE=0 finds is at the position given, up to round-off."""

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

    Raises
    ------
    ValueError
        If the table declares no position.
    """

    def __init__(self, declared: Table, holdings: Holdings) -> None:
        if not declared.positions:
            raise ValueError(f"{declared.name} declares no position to search by")
        self.columns: tuple[Column, ...] = response_columns(declared, holdings)
        self._vector: ColumnElement[str] = column(declared.positions[0].vector, String)
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
            centre, chord = _unit_vector(query.cone), literal(_chord(query.cone), Double)
            distance = func.cube_distance(self._vector, centre, type_=Double)
            # Both are needed: the box is what the index knows, the distance makes it round.
            conditions.append(self._vector.op("<@")(func.cube_enlarge(centre, chord, 3)))
            conditions.append(distance <= chord)
            score = 1 - distance / chord
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


def _chord(cone: Cone) -> float:
    """Give the chord of the cone's radius, which grows with it up to 180 degrees."""
    return max(2 * math.sin(math.radians(cone.radius) / 2), MIN_CHORD)


def _unit_vector(cone: Cone) -> ColumnElement[str]:
    """Give the centre as a point of the database's cube type."""
    ra, dec = math.radians(cone.ra), math.radians(cone.dec)
    vector = [math.cos(dec) * math.cos(ra), math.cos(dec) * math.sin(ra), math.sin(dec)]
    point: ColumnElement[str] = func.cube(cast(literal(vector, ARRAY(Double)), ARRAY(Double)))
    return point


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
