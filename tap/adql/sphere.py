"""Constant shapes on the sphere: whether a polygon is one, what encloses it, what it is made of.

Sides are parts of great circles; a polygon is the smaller of the two regions
its sides part, whichever way they run (DALI 1.1, section 3.3.7, but for the
winding). ``schemas/sql/adql_geometry.sql`` judges the polygons of columns by
the same rules.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Vector = tuple[float, float, float]

MAX_VERTICES = 1000
"""Most vertices of a constant polygon: its check takes time with their square."""

ROUNDING = 1e-14
"""What rounding may do to a place on the unit sphere."""

_APART = 1e-9
"""Least distance in radians of a vertex from all but its own sides: what pgSphere can tell."""


def vector(longitude: float, latitude: float) -> Vector:
    """Give the unit vector of a position in degrees."""
    lon, lat = math.radians(longitude), math.radians(latitude)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def vectors(coordinates: Sequence[float]) -> list[Vector]:
    """Give the unit vectors of longitudes and latitudes in turn, in degrees."""
    return [vector(*pair) for pair in zip(coordinates[::2], coordinates[1::2], strict=True)]


def polygon_fault(coordinates: Sequence[float]) -> str | None:
    """Say why vertices make no polygon; None where they make one.

    Parameters
    ----------
    coordinates
        Longitude and latitude of at least three vertices in turn, in degrees.
    """
    vertices = vectors(coordinates)
    count = len(vertices)
    if count > MAX_VERTICES:
        return f"has {count} vertices; at most {MAX_VERTICES} are accepted"
    if math.dist(vertices[0], vertices[-1]) < _APART:
        return "repeats its first vertex at the end: leave it out, polygons close by themselves"
    for number in range(1, count):
        if math.dist(vertices[number - 1], vertices[number]) < _APART:
            return f"repeats a vertex: number {number} and {number + 1} are the same place"
    middle = _mean(vertices)
    if middle is None or any(_dot(middle, vertex) < _APART for vertex in vertices):
        return "is too large: all vertices must be less than 90 degrees from their mean"
    return _crossing(vertices)


def box(longitude: float, latitude: float, width: float, height: float) -> tuple[float, ...]:
    """Give the vertices of a box, cut at a pole it would reach over.

    Two corners at a pole are one, so that such a box has three vertices.
    """
    west, east = (longitude - width / 2, longitude + width / 2)
    west = west + 360 if west < 0 else west
    east = east - 360 if east >= 360 else east + 360 if east < 0 else east  # noqa: PLR2004 (a turn)
    south, north = max(latitude - height / 2, -90.0), min(latitude + height / 2, 90.0)
    lower = (west, south, east, south) if south > -90 else (longitude, south)  # noqa: PLR2004 (the pole)
    upper = (east, north, west, north) if north < 90 else (longitude, north)  # noqa: PLR2004 (the pole)
    return lower + upper


def cap(shape: Sequence[float]) -> tuple[Vector, float]:
    """Give centre and radius in radians of a circle around a circle or a polygon."""
    if len(shape) == 3:  # noqa: PLR2004 (a circle)
        return vector(shape[0], shape[1]), math.radians(shape[2]) + 1e-12
    vertices = vectors(shape)
    middle = _mean(vertices) or vertices[0]
    return middle, max(angle(middle, vertex) for vertex in vertices) + 1e-12


def angle(one: Vector, other: Vector) -> float:
    """Give the angle of two unit vectors in radians, exact from 0 to π."""
    opposite = (-other[0], -other[1], -other[2])
    return 2 * math.atan2(math.dist(one, other), math.dist(one, opposite))


def bounds(centre: Vector, radius: float) -> tuple[Vector, Vector]:
    """Give the corners of the least box, along the axes, around a cap of the unit sphere."""
    low, high = [], []
    for axis in range(3):
        across = math.hypot(centre[axis - 1], centre[axis - 2])
        latitude = math.atan2(centre[axis], across)
        lowest, highest = latitude - radius, latitude + radius
        low.append((-1.0 if lowest <= -math.pi / 2 else math.sin(lowest)) - ROUNDING)
        high.append((1.0 if highest >= math.pi / 2 else math.sin(highest)) + ROUNDING)
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])


def convex_pieces(coordinates: Sequence[float]) -> list[list[Vector]]:
    """Take a polygon apart into convex ones.

    Returns
    -------
    list
        For each piece the unit normals of its sides: a place is in the piece
        where its product with none of them is below ``-ROUNDING``.
    """
    vertices = vectors(coordinates)
    middle = _mean(vertices) or vertices[0]
    plane = _projected(vertices, middle)
    if _area(plane) < 0:
        vertices, plane = vertices[::-1], plane[::-1]
    count = len(vertices)
    if all(_turn(plane, at - 2, at - 1, at) >= 0 for at in range(count)):
        pieces = [list(range(count))]
    else:
        pieces = _triangles(plane)
    return [
        [_normal(vertices[piece[at - 1]], vertices[piece[at]]) for at in range(len(piece))]
        for piece in pieces
    ]


def _dot(one: Vector, other: Vector) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _cross(one: Vector, other: Vector) -> Vector:
    return (
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    )


def _difference(one: Vector, other: Vector) -> Vector:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2]


def _unit(one: Vector) -> Vector:
    norm = math.hypot(*one)
    return one[0] / norm, one[1] / norm, one[2] / norm


def _normal(start: Vector, end: Vector) -> Vector:
    """Give the unit vector across a side, with all digits where it is short."""
    return _unit(_cross(start, _difference(end, start)))


def _mean(vertices: Sequence[Vector]) -> Vector | None:
    total = tuple(math.fsum(vertex[axis] for vertex in vertices) for axis in range(3))
    return None if math.hypot(*total) < _APART else _unit((total[0], total[1], total[2]))


def _crossing(vertices: Sequence[Vector]) -> str | None:
    """Find a vertex on a side not its own, or two sides that cross."""
    count = len(vertices)
    sides = [(vertices[at - 1], vertices[at]) for at in range(count)]
    middles = [tuple((a + b) / 2 for a, b in zip(*side, strict=True)) for side in sides]
    lengths = [math.dist(*side) for side in sides]
    for at, side in enumerate(sides):
        for other, (start, end) in enumerate(sides):
            if other == at or math.dist(middles[at], middles[other]) > lengths[at] + lengths[other]:
                continue
            # Side number n runs from vertex n - 1 to vertex n.
            if other not in {at, (at - 1) % count} and _arc_distance(end, *side) < _APART:
                return f"touches itself: vertex {other + 1} is on another side"
            apart = {other, (other - 1) % count}.isdisjoint({at, (at - 1) % count})
            if other < at and apart and _cross_each_other(*side, start, end):
                return f"crosses itself: the sides to vertices {other + 1} and {at + 1} cross"
    return None


def _arc_distance(place: Vector, start: Vector, end: Vector) -> float:
    across = _cross(start, _difference(end, start))
    norm = math.hypot(*across)
    if (
        norm > 0
        and _dot(place, _cross(across, start)) >= 0
        and _dot(place, _cross(across, end)) <= 0
    ):
        return math.asin(min(abs(_dot(_difference(place, start), across)) / norm, 1.0))
    return min(angle(place, start), angle(place, end))


def _cross_each_other(a: Vector, b: Vector, c: Vector, d: Vector) -> bool:
    across = _cross(a, _difference(b, a))
    at_c, at_d = _dot(_difference(c, a), across), _dot(_difference(d, a), across)
    across = _cross(c, _difference(d, c))
    at_a, at_b = _dot(_difference(a, c), across), _dot(_difference(b, c), across)
    # The last sign tells a crossing from one of the antipodal arc.
    return at_c * at_d < 0 and at_a * at_b < 0 and (at_c > 0) == (at_b > 0)


Plane = list[tuple[float, float]]


def _projected(vertices: Sequence[Vector], middle: Vector) -> Plane:
    """Project from the sphere's centre: great circles become straight lines."""
    axis = (0.0, 0.0, 1.0) if abs(middle[2]) < 0.8 else (1.0, 0.0, 0.0)  # noqa: PLR2004 (far enough)
    east = _unit(_cross(axis, middle))
    north = _cross(middle, east)
    return [
        (_dot(vertex, east) / _dot(vertex, middle), _dot(vertex, north) / _dot(vertex, middle))
        for vertex in vertices
    ]


def _area(plane: Plane) -> float:
    (x0, y0) = plane[0]
    return sum(
        (plane[at - 1][0] - x0) * (plane[at][1] - y0)
        - (plane[at - 1][1] - y0) * (plane[at][0] - x0)
        for at in range(len(plane))
    )


def _turn(plane: Plane, first: int, second: int, third: int) -> float:
    """Tell which way the path over three vertices turns; positive is to the left."""
    (ax, ay), (bx, by), (cx, cy) = plane[first], plane[second], plane[third]
    return (bx - ax) * (cy - by) - (by - ay) * (cx - bx)


def _triangles(plane: Plane) -> list[list[int]]:
    """Cut ears off a polygon that runs to the left, until a triangle is left."""
    left = list(range(len(plane)))
    made: list[list[int]] = []
    while len(left) > 3:  # noqa: PLR2004 (a triangle)
        at = next((at for at in range(len(left)) if _is_ear(plane, left, at)), 0)
        ear = [left[at - 1], left[at], left[(at + 1) % len(left)]]
        if _turn(plane, *ear) > 0:
            made.append(ear)
        del left[at]
    return [*made, left] if _turn(plane, *left) > 0 else made


def _is_ear(plane: Plane, left: Sequence[int], at: int) -> bool:
    before, tip, after = left[at - 1], left[at], left[(at + 1) % len(left)]
    turn = _turn(plane, before, tip, after)
    if turn <= 0:
        # A vertex in the middle of a straight side may go without a triangle.
        return turn == 0
    return not any(
        _turn(plane, before, tip, one) >= 0
        and _turn(plane, tip, after, one) >= 0
        and _turn(plane, after, before, one) >= 0
        for one in left
        if one not in {before, tip, after}
    )
