"""What the back ends are told of places and shapes: their SQL, and their numbers where known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """A position as SQL: of a stored column, of numbers, or of expressions.

    ``temporary`` tells that the stored column is of a table that came with the query.
    """

    longitude: str
    latitude: str
    stored: str | None = None
    numbers: tuple[float, float] | None = None
    temporary: bool = False


@dataclass(frozen=True, slots=True)
class Radius:
    """A radius in degrees as SQL, and as a number where it is one."""

    sql: str
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A circle or polygon as the SQL of its DALI array, which is NULL where it is no shape.

    ``stored`` is the indexed column of a declared region, ``numbers`` the
    array's elements where they are constants.
    """

    sql: str
    stored: str | None = None
    numbers: tuple[float, ...] | None = None
