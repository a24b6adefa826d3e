"""The geometrical part of the typed tree: see :mod:`tap.adql.bound`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.declaration import Column
    from tap.adql.bound import ColumnValue, Value
    from tap.adql.kinds import Kind


@dataclass(frozen=True, slots=True)
class Point:
    """A position in degrees; ``vector`` is the stored column that holds it, if any."""

    longitude: Value
    latitude: Value
    vector: ColumnValue | None
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle on the sky, its radius in degrees."""

    centre: Point
    radius: Value
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Polygon:
    """A polygon by longitude and latitude of each vertex in turn; checked if all are constants."""

    coordinates: tuple[Value, ...]
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Box:
    """A box by centre, width and height in degrees, not all of which are constants."""

    centre: Point
    width: Value
    height: Value
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Region:
    """A circle or polygon held as a DALI array.

    ``stored`` is the indexed column of a declared region, whose array needs
    no check.
    """

    array: Value
    stored: ColumnValue | None
    column: Column
    kind: Kind


Shape = Circle | Polygon | Box | Region
"""What covers a part of the sky."""


@dataclass(frozen=True, slots=True)
class Distance:
    """Angular distance of two points in degrees."""

    first: Point
    second: Point
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Within:
    """Two points closer than a radius in degrees, or at it unless ``strict``."""

    first: Point
    second: Point
    radius: Value
    strict: bool


@dataclass(frozen=True, slots=True)
class Inside:
    """A point in a circle or polygon."""

    point: Point
    shape: Shape


@dataclass(frozen=True, slots=True)
class Contained:
    """A circle or polygon in another."""

    inner: Shape
    outer: Shape


@dataclass(frozen=True, slots=True)
class Overlapping:
    """Two circles or polygons with a place in common."""

    first: Shape
    second: Shape
