"""The geometry back end for PostgreSQL's contrib extension cube.

A position is the unit vector towards it; the straight chord between the ends
of two vectors an angle r apart is ``2·sin(r/2)`` long, which is exact at
small angles. ``<@`` and ``cube_enlarge`` let a GiST index on a stored vector
find the box around the circle; the chord decides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

_ROUNDING = 1e-15
"""Chords of equal positions may differ by this, when computed in different ways."""

_RIGHT_ANGLE = 90.0
_HALF_TURN = 180.0
_BEYOND = 3.0
"""A chord longer than any: radii over 180 degrees reach everything."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A position as SQL: of a stored vector column, of numbers, or of expressions."""

    longitude: str
    latitude: str
    stored: str | None = None
    numbers: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Radius:
    """A radius in degrees as SQL, and as a number where it is one."""

    sql: str
    number: float | None = None


class Geometry(Protocol):
    """What a geometry back end writes."""

    def within(self, first: Spot, second: Spot, radius: Radius, *, strict: bool) -> str:
        """Write the condition that two positions are within a radius."""

    def distance(self, first: Spot, second: Spot) -> str:
        """Write the angular distance in degrees."""


class Cube:
    """Geometry on unit vectors of type ``cube``."""

    def within(self, first: Spot, second: Spot, radius: Radius, *, strict: bool) -> str:
        """Write the condition that two positions are within a radius.

        Both directions of the index condition are given where both positions
        are stored and the radius is a number: the planner may then walk
        either table.
        """
        if second.stored and not first.stored:
            first, second = second, first
        if not strict and radius.number is not None and radius.number > _RIGHT_ANGLE:
            return self._outside(first, second, radius.number)
        one, other = _vector(first), _vector(second)
        chord, reach = _chord(radius, strict=strict), _chord(radius, strict=False)
        operator = "<" if strict else "<="
        parts = [f"{one} <@ cube_enlarge({other}, {reach}, 3)"]
        if second.stored and radius.number is not None:
            parts.append(f"{other} <@ cube_enlarge({one}, {reach}, 3)")
        parts.append(f"cube_distance({one}, {other}) {operator} {chord}")
        return "(" + " AND ".join(parts) + ")"

    def _outside(self, first: Spot, second: Spot, radius: float) -> str:
        """Write a circle over 90 degrees as what its antipodal circle leaves.

        A chord hardly changes with the angle near 180 degrees; that of the
        antipode does. No index helps with more than half the sky.
        """
        if radius >= _HALF_TURN:
            return f"(cube_distance({_vector(first)}, {_vector(second)}) <= {_BEYOND})"
        chord = 2 * math.sin(math.radians(_HALF_TURN - radius) / 2) - _ROUNDING
        antipode = _vector(second, antipode=True) if not second.stored else None
        if antipode is None:
            chord = 2 * math.sin(math.radians(radius) / 2) + _ROUNDING
            return f"(cube_distance({_vector(first)}, {_vector(second)}) <= {chord!r})"
        return f"(cube_distance({_vector(first)}, {antipode}) >= {chord!r})"

    def distance(self, first: Spot, second: Spot) -> str:
        """Write the angular distance in degrees."""
        chord = f"cube_distance({_vector(first)}, {_vector(second)})"
        return f"degrees(2 * asin(least({chord} / 2, 1)))"


def _vector(spot: Spot, *, antipode: bool = False) -> str:
    if spot.stored is not None:
        return spot.stored
    if spot.numbers is not None:
        longitude, latitude = (math.radians(number) for number in spot.numbers)
        sign = -1 if antipode else 1
        vector = (
            sign * math.cos(latitude) * math.cos(longitude),
            sign * math.cos(latitude) * math.sin(longitude),
            sign * math.sin(latitude),
        )
        return "'({!r}, {!r}, {!r})'::cube".format(*vector)
    longitude_sql, latitude_sql = f"radians({spot.longitude})", f"radians({spot.latitude})"
    sign_sql = "-" if antipode else ""
    # Not cube(ARRAY[…]), which fails where a coordinate is NULL.
    return (
        f"cube(cube(cube({sign_sql}cos({latitude_sql}) * cos({longitude_sql})),"
        f" {sign_sql}cos({latitude_sql}) * sin({longitude_sql})), {sign_sql}sin({latitude_sql}))"
    )


def _chord(radius: Radius, *, strict: bool) -> str:
    if radius.number is None:
        limited = f"greatest(least({radius.sql}, 180), -180)"
        chord = f"2 * sin(radians({limited}) / 2)"
        return chord if strict else f"{chord} + {_ROUNDING!r}"
    if radius.number > _HALF_TURN:
        return repr(_BEYOND)
    chord_length = 2 * math.sin(math.radians(max(radius.number, -_HALF_TURN)) / 2)
    return repr(chord_length if strict or radius.number < 0 else chord_length + _ROUNDING)
