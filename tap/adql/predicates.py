"""Resolves CONTAINS, INTERSECTS and DISTANCE (ADQL 2.1, section 4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap.adql import bound
from tap.adql.geometry import VALUES, as_point, geometry, pair, usage
from tap.adql.kinds import Kind, plain
from tap.adql.scope import UNKNOWN

if TYPE_CHECKING:
    from tap.adql import tree
    from tap.adql.geometry import Geometry, Handler, Resolver

_ALL_SKY = 180.0


def resolve_geometry(resolver: Resolver, node: tree.Call) -> bound.Value:
    """Resolve a call of a geometrical function."""
    return _HANDLERS[node.function](resolver, node)


def _contains(resolver: Resolver, node: tree.Call) -> bound.Value:
    if len(node.arguments) != 2:  # noqa: PLR2004 (inner and outer)
        return usage(resolver, node, "CONTAINS(inner, outer)")
    inner = geometry(resolver, node.arguments[0])
    outer = geometry(resolver, node.arguments[1])
    if inner is None or outer is None:
        return UNKNOWN
    if isinstance(outer, bound.Point):
        return resolver.context.report(
            "a POINT contains nothing: CONTAINS takes the inner geometry first, then the region",
            node.arguments[1].position,
        )
    if isinstance(inner, bound.Point):
        return _truth(_inside(inner, outer))
    if isinstance(inner, bound.Circle) and isinstance(outer, bound.Circle):
        return _truth(_circle_in_circle(inner, outer))
    return _truth(bound.Contained(inner, outer))


def _inside(point: bound.Point, shape: bound.Shape) -> bound.Condition:
    if isinstance(shape, bound.Circle):
        return bound.Within(point, shape.centre, shape.radius, strict=False)
    return bound.Inside(point, shape)


def _circle_in_circle(inner: bound.Circle, outer: bound.Circle) -> bound.Condition:
    margin = _combined("-", outer.radius, inner.radius)
    inside = bound.Within(inner.centre, outer.centre, margin, strict=False)
    everything = bound.Constant(_ALL_SKY, plain("double"), Kind.REAL)
    return bound.Logical("OR", (inside, bound.Compare(">=", outer.radius, everything)))


def _intersects(resolver: Resolver, node: tree.Call) -> bound.Value:
    if len(node.arguments) != 2:  # noqa: PLR2004 (two regions)
        return usage(resolver, node, "INTERSECTS(region, region)")
    first = geometry(resolver, node.arguments[0])
    second = geometry(resolver, node.arguments[1])
    if first is None or second is None:
        return UNKNOWN
    if isinstance(first, bound.Point) and isinstance(second, bound.Point):
        return resolver.context.report("INTERSECTS needs a region, not two POINTs", node.position)
    return _truth(_overlapping(first, second))


def _overlapping(first: Geometry, second: Geometry) -> bound.Condition:
    if isinstance(second, bound.Point):
        first, second = second, first
    if isinstance(second, bound.Point):
        raise TypeError("two points do not overlap")
    if isinstance(first, bound.Point):
        return _inside(first, second)
    if isinstance(first, bound.Circle) and isinstance(second, bound.Circle):
        reach = _combined("+", first.radius, second.radius)
        return bound.Within(first.centre, second.centre, reach, strict=False)
    return bound.Overlapping(first, second)


def _combined(operator: str, first: bound.Value, second: bound.Value) -> bound.Value:
    column = plain("double", "deg")
    if isinstance(first, bound.Constant) and isinstance(second, bound.Constant):
        one, other = first.value, second.value
        if isinstance(one, int | float) and isinstance(other, int | float):
            combined = one + other if operator == "+" else one - other
            return bound.Constant(float(combined), column, Kind.REAL)
        return bound.Constant(None, column, Kind.REAL)
    return bound.Arithmetic(first, ((operator, second),), column, Kind.REAL)


def _truth(condition: bound.Condition) -> bound.Truth:
    return bound.Truth(condition, plain("int"), Kind.INTEGER)


def _distance(resolver: Resolver, node: tree.Call) -> bound.Value:
    arguments = node.arguments
    if len(arguments) == 2:  # noqa: PLR2004 (two points)
        points = [as_point(resolver, argument) for argument in arguments]
    elif len(arguments) == 4:  # noqa: PLR2004 (two pairs of coordinates)
        points = [pair(resolver, *arguments[:2]), pair(resolver, *arguments[2:])]
    else:
        return usage(resolver, node, "DISTANCE(point, point) or DISTANCE(lon1, lat1, lon2, lat2)")
    first, second = points
    if first is None or second is None:
        return UNKNOWN
    column = plain("double", "deg")
    return bound.Distance(first, second, column, Kind.REAL)


_HANDLERS: dict[str, Handler] = {
    **VALUES,
    "CONTAINS": _contains,
    "INTERSECTS": _intersects,
    "DISTANCE": _distance,
}

GEOMETRY = frozenset(_HANDLERS)
"""Names of the geometrical functions."""
