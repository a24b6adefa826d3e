"""The geometry back end for PostgreSQL's contrib extension cube.

A position is the unit vector towards it; the straight chord between the ends
of two vectors an angle r apart is ``2·sin(r/2)`` long, which is exact at
small angles. ``<@`` and ``cube_enlarge`` let a GiST index on a stored vector
find the box around the circle; the chord decides. A region is the box around
it, which ``&&`` compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from tap.adql import sphere
from tap.adql.backends.exact import RIGHT_ANGLE, Geometry, chord

if TYPE_CHECKING:
    from tap.adql.backends.spots import Radius, Shape, Spot


class Cube(Geometry):
    """Geometry on unit vectors of type ``cube``."""

    @override
    def _reaches(self, stored: str, centre: Spot, radius: Radius) -> list[str]:
        """Write that a stored position may be within a radius.

        Both directions of the condition are given where both positions are
        published and the radius is a number: the planner may then walk either
        table. It knows too little of an upload to choose.
        """
        other = _vector(centre)
        if radius.number is None:
            return [f"{stored} <@ adql.reach({other}, {radius.sql})"]
        reach = chord(radius.number, strict=False)
        parts = [f"{stored} <@ cube_enlarge({other}, {reach!r}, 3)"]
        if centre.stored and not centre.temporary:
            parts.append(f"{other} <@ cube_enlarge({stored}, {reach!r}, 3)")
        return parts

    @override
    def _near(self, first: Spot, second: Spot, radius: Radius, *, strict: bool) -> str:
        known = second.stored or second.numbers
        number = radius.number
        if first.stored and known and number is not None and 0 <= number <= RIGHT_ANGLE:
            distance = f"cube_distance({first.stored}, {_vector(second)})"
            reach = chord(number, strict=strict)
            return f"{distance} {'<' if strict else '<='} {reach!r}"
        return super()._near(first, second, radius, strict=strict)

    @override
    def _bounded(self, spot: Spot, shape: Shape) -> str:
        return f"{_vector(spot)} <@ {_box(shape)}"

    @override
    def _touching(self, stored: str, shape: Shape) -> str:
        return f"{stored} && {_box(shape)}"

    @override
    def _components(self, stored: str) -> tuple[str, str, str]:
        x, y, z = (f"cube_ll_coord({stored}, {axis})" for axis in (1, 2, 3))
        return x, y, z


def _vector(spot: Spot) -> str:
    if spot.stored is not None:
        return spot.stored
    if spot.numbers is not None:
        return "'({!r}, {!r}, {!r})'::cube".format(*sphere.vector(*spot.numbers))
    return f"adql.unit_vector({spot.longitude}, {spot.latitude})"


def _box(shape: Shape) -> str:
    if shape.stored is not None:
        return shape.stored
    if shape.numbers is not None:
        low, high = sphere.bounds(*sphere.cap(shape.numbers))
        return "'({!r}, {!r}, {!r}), ({!r}, {!r}, {!r})'::cube".format(*low, *high)
    return f"adql.bounds({shape.sql})"
