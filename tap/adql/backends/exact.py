"""What decides whether places and shapes meet, whichever extension finds the candidates.

The functions of the schema ``adql`` are in ``schemas/sql/adql_geometry.sql``.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from tap.adql.sphere import ROUNDING, convex_pieces

if TYPE_CHECKING:
    from tap.adql.backends.spots import Radius, Shape, Spot

CHORD_ROUNDING = 1e-15
"""Chords of equal positions may differ by this, when computed in different ways."""

RIGHT_ANGLE = 90.0
_MAX_INLINE = 64
"""Most vertices of a polygon whose sides are written out in the query."""


class Geometry(ABC):
    """A back end: each condition is one an index can serve, and the exact test after it."""

    @abstractmethod
    def _reaches(self, stored: str, centre: Spot, radius: Radius) -> list[str]:
        """Write that a stored position may be within a radius: at most 90 degrees if constant."""

    @abstractmethod
    def _bounded(self, spot: Spot, shape: Shape) -> str:
        """Write that a position may be in a shape; one of them is stored."""

    @abstractmethod
    def _touching(self, stored: str, shape: Shape) -> str:
        """Write that a stored region may meet a shape."""

    @abstractmethod
    def _components(self, stored: str) -> tuple[str, str, str]:
        """Write the components of the unit vector of a stored position."""

    def within(self, first: Spot, second: Spot, radius: Radius, *, strict: bool) -> str:
        """Write the condition that two positions are within a radius."""
        if _drives(first, second):
            first, second = second, first
        parts = []
        if first.stored and (radius.number is None or 0 <= radius.number <= RIGHT_ANGLE):
            parts = self._reaches(first.stored, second, radius)
        parts.append(self._near(first, second, radius, strict=strict))
        return "(" + " AND ".join(parts) + ")"

    def _near(self, first: Spot, second: Spot, radius: Radius, *, strict: bool) -> str:
        """Write the exact test of a distance."""
        operator = "<" if strict else "<="
        if radius.number is None or not 0 <= radius.number <= RIGHT_ANGLE:
            reach = radius.sql if strict else f"{radius.sql} + 1e-13"
            return f"{self.distance(first, second)} {operator} {reach}"
        half_chord = chord(radius.number, strict=strict) / 2
        places = f"{first.longitude}, {first.latitude}, {second.longitude}, {second.latitude}"
        return f"adql.haversine({places}) {operator} {half_chord**2!r}"

    def distance(self, first: Spot, second: Spot) -> str:
        """Write the angular distance in degrees."""
        places = f"{first.longitude}, {first.latitude}, {second.longitude}, {second.latitude}"
        return f"adql.separation({places})"

    def inside(self, spot: Spot, shape: Shape) -> str:
        """Write the condition that a position is in a shape."""
        parts = []
        if (spot.stored or shape.stored) and not is_large(shape):
            parts.append(self._bounded(spot, shape))
        parts.append(self._inside(spot, shape))
        return "(" + " AND ".join(parts) + ")"

    def _inside(self, spot: Spot, shape: Shape) -> str:
        """Write the exact test of a position in a shape."""
        numbers = shape.numbers
        if spot.stored is None or numbers is None or not 6 <= len(numbers) <= 2 * _MAX_INLINE:  # noqa: PLR2004 (a polygon)
            return f"adql.holds({shape.sql}, {spot.longitude}, {spot.latitude})"
        x, y, z = self._components(spot.stored)
        pieces = [
            " AND ".join(
                f"{x} * {nx!r} + {y} * {ny!r} + {z} * {nz!r} >= {-ROUNDING!r}"
                for nx, ny, nz in sides
            )
            for sides in convex_pieces(numbers)
        ]
        return pieces[0] if len(pieces) == 1 else "(" + " OR ".join(f"({p})" for p in pieces) + ")"

    def contained(self, inner: Shape, outer: Shape) -> str:
        """Write the condition that a shape is within another."""
        return self._both(inner, outer, f"adql.contained({inner.sql}, {outer.sql})")

    def overlapping(self, first: Shape, second: Shape) -> str:
        """Write the condition that two shapes have a place in common."""
        return self._both(first, second, f"adql.overlapping({first.sql}, {second.sql})")

    def _both(self, first: Shape, second: Shape, exact: str) -> str:
        one, other = (first, second) if first.stored else (second, first)
        if one.stored is None or is_large(other):
            return exact
        return f"({self._touching(one.stored, other)} AND {exact})"


def _drives(first: Spot, second: Spot) -> bool:
    """Tell whether the index to be walked is that of the second position.

    It is where it alone has one, and where the first is of a table that came
    with the query: few rows, for each of which the large table is searched.
    """
    if not second.stored:
        return False
    return not first.stored or (first.temporary and not second.temporary)


def is_large(shape: Shape) -> bool:
    """Tell whether a shape is known to be larger than half the sky."""
    numbers = shape.numbers
    return numbers is not None and len(numbers) == 3 and numbers[2] > RIGHT_ANGLE  # noqa: PLR2004 (a circle)


def chord(radius: float, *, strict: bool) -> float:
    """Give the length of the chord of a radius in degrees, at most 90."""
    length = 2 * math.sin(math.radians(radius) / 2)
    return length if strict else length + CHORD_ROUNDING
