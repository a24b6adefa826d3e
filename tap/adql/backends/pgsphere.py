"""The geometry back end for the extension pg_sphere (1.1 or later).

A position is an ``spoint``, a region the ``scircle`` around it; the operators
``<@`` and ``&&`` find candidates by a GiST index. pgSphere takes positions
within 1e-9 radians for one and refuses radii over 90 degrees, so that the
exact tests decide, and a radius that may be larger searches both halves of
the sky.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from typing_extensions import override

from tap.adql import sphere
from tap.adql.backends.exact import Geometry

if TYPE_CHECKING:
    from tap.adql.backends.spots import Radius, Shape, Spot


class PgSphere(Geometry):
    """Geometry on the types ``spoint`` and ``scircle``."""

    @override
    def _reaches(self, stored: str, centre: Spot, radius: Radius) -> list[str]:
        other = _spot(centre)
        if radius.number is None:
            near, far = (f"adql.{half}({other}, {radius.sql})" for half in ("near", "far"))
            return [f"({stored} <@ {near} OR {stored} <@ {far})"]
        angle = repr(math.radians(radius.number))
        parts = [f"{stored} <@ scircle({other}, {angle})"]
        if centre.stored and not centre.temporary:
            parts.append(f"{other} <@ scircle({stored}, {angle})")
        return parts

    @override
    def _bounded(self, spot: Spot, shape: Shape) -> str:
        return _either(_spot(spot), "<@", shape)

    @override
    def _touching(self, stored: str, shape: Shape) -> str:
        return _either(stored, "&&", shape)

    @override
    def _components(self, stored: str) -> tuple[str, str, str]:
        return f"x({stored})", f"y({stored})", f"z({stored})"


def _spot(spot: Spot) -> str:
    if spot.stored is not None:
        return spot.stored
    if spot.numbers is not None:
        longitude, latitude = (math.radians(number) for number in spot.numbers)
        return f"spoint({longitude!r}, {latitude!r})"
    return f"adql.spot({spot.longitude}, {spot.latitude})"


def _either(one: str, operator: str, shape: Shape) -> str:
    """Compare with the circle around a shape, which may be more than half the sky."""
    if shape.stored is not None:
        return f"{one} {operator} {shape.stored}"
    if shape.numbers is not None:
        (x, y, z), radius = sphere.cap(shape.numbers)
        centre = f"spoint({math.atan2(y, x)!r}, {math.atan2(z, math.hypot(x, y))!r})"
        return f"{one} {operator} scircle({centre}, {min(radius, math.pi / 2)!r})"
    near, far = f"adql.bounds({shape.sql})", f"adql.far_bounds({shape.sql})"
    return f"({one} {operator} {near} OR {one} {operator} {far})"
