"""Resolves the geometrical functions (ADQL 2.1, section 4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tap.adql import bound, tree
from tap.adql.functions import Function
from tap.adql.kinds import CIRCLE, POINT, STRING, Kind, plain
from tap.adql.scope import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tap.adql.scope import Context

_FRAME_WORDS = frozenset(
    [
        "ICRS",
        "J2000",
        "FK5",
        "UNKNOWN",
        "UNKNOWNFRAME",
        "UNKNOWNREFPOS",
        "BARYCENTER",
        "HELIOCENTER",
        "GEOCENTER",
        "TOPOCENTER",
        "RELOCATABLE",
        "SPHERICAL2",
        "CARTESIAN2",
    ]
)
"""Words of a coordinate system argument that mean, or claim nothing but, ICRS."""

_ALL_SKY = 180.0
_POLE = 90.0
_TURN = 360.0

_AREA = Function(
    "AREA",
    (Kind.REAL,),
    lambda _arguments: plain("double", "deg2"),
    "(41252.96124941928 * power(sin(radians({0}) / 2), 2))",
    "area of a circle from its radius in degrees",
)


class Resolver(Protocol):
    """What the geometrical functions need of the expression resolver."""

    context: Context

    def value(self, node: tree.Value) -> bound.Value:
        """Resolve a value of any kind."""

    def number(self, node: tree.Value, where: str) -> bound.Value:
        """Resolve a value that must be a number."""


def resolve_geometry(resolver: Resolver, node: tree.Call) -> bound.Value:
    """Resolve a call of a geometrical function."""
    handler = _HANDLERS.get(node.function)
    if handler is None:
        return resolver.context.report(
            f"the function {node.function} is not supported here: regions are CIRCLEs",
            node.position,
        )
    return handler(resolver, node)


def _without_frame(resolver: Resolver, node: tree.Call) -> Sequence[tree.Value]:
    """Take off the deprecated coordinate system argument (section 4.2.3)."""
    arguments = node.arguments
    if not arguments or not isinstance(arguments[0], tree.String):
        return arguments
    frame = arguments[0]
    foreign = [word for word in frame.value.upper().split() if word not in _FRAME_WORDS]
    if foreign:
        resolver.context.report(
            f"coordinates are ICRS here, and {foreign[0][:20]} is not converted:"
            " leave the coordinate system out",
            frame.position,
        )
    return arguments[1:]


def _point(resolver: Resolver, node: tree.Call) -> bound.Value:
    arguments = _without_frame(resolver, node)
    if len(arguments) != 2:  # noqa: PLR2004 (longitude and latitude)
        return _usage(resolver, node, "POINT(longitude, latitude)")
    return _pair(resolver, arguments[0], arguments[1]) or UNKNOWN


def _pair(resolver: Resolver, first: tree.Value, second: tree.Value) -> bound.Point | None:
    """Resolve a pair of coordinates, finding the stored column of a declared pair."""
    longitude = resolver.number(first, "a longitude")
    latitude = resolver.number(second, "a latitude")
    if Kind.UNKNOWN in {longitude.kind, latitude.kind}:
        return None
    _check_range(resolver, longitude, _TURN, first.position, "longitude")
    _check_range(resolver, latitude, _POLE, second.position, "latitude")
    return bound.Point(longitude, latitude, _stored(longitude, latitude), POINT, Kind.POINT)


def _check_range(
    resolver: Resolver, value: bound.Value, limit: float, position: int, name: str
) -> None:
    number = value.value if isinstance(value, bound.Constant) else None
    if isinstance(number, int | float) and abs(number) > limit:
        resolver.context.report(
            f"the {name} {number:g} is not between {-limit:g} and {limit:g} degrees", position
        )


def _stored(longitude: bound.Value, latitude: bound.Value) -> bound.ColumnValue | None:
    """Find the stored column that holds a declared pair of coordinates."""
    if not isinstance(longitude, bound.ColumnValue) or not isinstance(latitude, bound.ColumnValue):
        return None
    if longitude.relation != latitude.relation or longitude.table is None:
        return None
    for position in longitude.table.positions:
        if (position.longitude, position.latitude) == (longitude.name, latitude.name):
            return bound.ColumnValue(longitude.relation, position.vector, POINT, Kind.POINT)
    return None


def _circle(resolver: Resolver, node: tree.Call) -> bound.Value:
    arguments = _without_frame(resolver, node)
    if len(arguments) == 2:  # noqa: PLR2004 (centre and radius)
        centre = _as_point(resolver, arguments[0])
    elif len(arguments) == 3:  # noqa: PLR2004 (longitude, latitude and radius)
        centre = _pair(resolver, arguments[0], arguments[1])
    else:
        return _usage(
            resolver, node, "CIRCLE(longitude, latitude, radius) or CIRCLE(point, radius)"
        )
    radius = resolver.number(arguments[-1], "a radius")
    number = radius.value if isinstance(radius, bound.Constant) else None
    if isinstance(number, int | float) and not 0 <= number <= _ALL_SKY:
        return resolver.context.report(
            f"the radius {number:g} is not between 0 and 180 degrees", arguments[-1].position
        )
    if centre is None or radius.kind is Kind.UNKNOWN:
        return UNKNOWN
    return bound.Circle(centre, radius, CIRCLE, Kind.CIRCLE)


def _as_point(resolver: Resolver, node: tree.Value) -> bound.Point | None:
    value = resolver.value(node)
    if value.kind is Kind.POINT:
        return _point_of(value)
    if value.kind is not Kind.UNKNOWN:
        resolver.context.report(f"a POINT is needed here, not {value.kind.value}", node.position)
    return None


def _point_of(value: bound.Value) -> bound.Point:
    """Take a point's coordinates: of its function, or out of the array that holds it."""
    if isinstance(value, bound.Point):
        return value
    degrees = plain("double", "deg")
    longitude = bound.Element(value, 1, degrees, Kind.REAL)
    latitude = bound.Element(value, 2, degrees, Kind.REAL)
    return bound.Point(longitude, latitude, None, POINT, Kind.POINT)


def _circle_of(value: bound.Value) -> bound.Circle:
    if isinstance(value, bound.Circle):
        return value
    radius = bound.Element(value, 3, plain("double", "deg"), Kind.REAL)
    return bound.Circle(_point_of(value), radius, CIRCLE, Kind.CIRCLE)


def _geometry(resolver: Resolver, node: tree.Value) -> bound.Point | bound.Circle | None:
    value = resolver.value(node)
    if value.kind is Kind.POINT:
        return _point_of(value)
    if value.kind is Kind.CIRCLE:
        return _circle_of(value)
    if value.kind is not Kind.UNKNOWN:
        resolver.context.report(
            f"a geometry (POINT or CIRCLE) is needed here, not {value.kind.value}", node.position
        )
    return None


def _contains(resolver: Resolver, node: tree.Call) -> bound.Value:
    if len(node.arguments) != 2:  # noqa: PLR2004 (inner and outer)
        return _usage(resolver, node, "CONTAINS(inner, outer)")
    inner = _geometry(resolver, node.arguments[0])
    outer = _geometry(resolver, node.arguments[1])
    if inner is None or outer is None:
        return UNKNOWN
    if isinstance(outer, bound.Point):
        return resolver.context.report(
            "a POINT contains nothing: CONTAINS takes the inner geometry first, then the region",
            node.arguments[1].position,
        )
    if isinstance(inner, bound.Point):
        return _truth(bound.Within(inner, outer.centre, outer.radius, strict=False))
    return _truth(_circle_in_circle(inner, outer))


def _circle_in_circle(inner: bound.Circle, outer: bound.Circle) -> bound.Condition:
    margin = _combined("-", outer.radius, inner.radius)
    inside = bound.Within(inner.centre, outer.centre, margin, strict=False)
    everything = bound.Constant(_ALL_SKY, plain("double"), Kind.REAL)
    return bound.Logical("OR", (inside, bound.Compare(">=", outer.radius, everything)))


def _intersects(resolver: Resolver, node: tree.Call) -> bound.Value:
    if len(node.arguments) != 2:  # noqa: PLR2004 (two regions)
        return _usage(resolver, node, "INTERSECTS(region, region)")
    first = _geometry(resolver, node.arguments[0])
    second = _geometry(resolver, node.arguments[1])
    if first is None or second is None:
        return UNKNOWN
    if isinstance(first, bound.Point) and isinstance(second, bound.Point):
        return resolver.context.report("INTERSECTS needs a region, not two POINTs", node.position)
    if isinstance(first, bound.Circle) and isinstance(second, bound.Circle):
        reach = _combined("+", first.radius, second.radius)
        return _truth(bound.Within(first.centre, second.centre, reach, strict=False))
    point, circle = (first, second) if isinstance(first, bound.Point) else (second, first)
    if isinstance(point, bound.Point) and isinstance(circle, bound.Circle):
        return _truth(bound.Within(point, circle.centre, circle.radius, strict=False))
    return UNKNOWN


def _combined(operator: str, first: bound.Value, second: bound.Value) -> bound.Value:
    column = plain("double", "deg")
    if isinstance(first, bound.Constant) and isinstance(second, bound.Constant):
        one, other = float(first.value or 0), float(second.value or 0)
        combined = one + other if operator == "+" else one - other
        return bound.Constant(combined, column, Kind.REAL)
    return bound.Arithmetic(first, ((operator, second),), column, Kind.REAL)


def _truth(condition: bound.Condition) -> bound.Truth:
    return bound.Truth(condition, plain("int"), Kind.INTEGER)


def _distance(resolver: Resolver, node: tree.Call) -> bound.Value:
    arguments = node.arguments
    if len(arguments) == 2:  # noqa: PLR2004 (two points)
        points = [_as_point(resolver, argument) for argument in arguments]
    elif len(arguments) == 4:  # noqa: PLR2004 (two pairs of coordinates)
        points = [_pair(resolver, *arguments[:2]), _pair(resolver, *arguments[2:])]
    else:
        return _usage(resolver, node, "DISTANCE(point, point) or DISTANCE(lon1, lat1, lon2, lat2)")
    first, second = points
    if first is None or second is None:
        return UNKNOWN
    column = plain("double", "deg")
    return bound.Distance(first, second, column, Kind.REAL)


def _coordinate(resolver: Resolver, node: tree.Call) -> bound.Value:
    if len(node.arguments) != 1:
        return _usage(resolver, node, f"{node.function}(point)")
    point = _as_point(resolver, node.arguments[0])
    if point is None:
        return UNKNOWN
    return point.longitude if node.function == "COORD1" else point.latitude


def _one_region(resolver: Resolver, node: tree.Call) -> bound.Point | bound.Circle | None:
    if len(node.arguments) != 1:
        _usage(resolver, node, f"{node.function}(region)")
        return None
    return _geometry(resolver, node.arguments[0])


def _centroid(resolver: Resolver, node: tree.Call) -> bound.Value:
    region = _one_region(resolver, node)
    if region is None:
        return UNKNOWN
    return region.centre if isinstance(region, bound.Circle) else region


def _area(resolver: Resolver, node: tree.Call) -> bound.Value:
    region = _one_region(resolver, node)
    if region is None:
        return UNKNOWN
    column = plain("double", "deg2")
    if isinstance(region, bound.Point):
        return bound.Constant(0.0, column, Kind.REAL)
    return bound.Apply(_AREA, (region.radius,), column, Kind.REAL)


def _coordsys(resolver: Resolver, node: tree.Call) -> bound.Value:
    if _one_region(resolver, node) is None:
        return UNKNOWN
    return bound.Constant("ICRS", STRING, Kind.STRING)


def _usage(resolver: Resolver, node: tree.Call, form: str) -> bound.Value:
    return resolver.context.report(f"write {form}", node.position)


_HANDLERS: dict[str, Callable[[Resolver, tree.Call], bound.Value]] = {
    "POINT": _point,
    "CIRCLE": _circle,
    "CONTAINS": _contains,
    "INTERSECTS": _intersects,
    "DISTANCE": _distance,
    "COORD1": _coordinate,
    "COORD2": _coordinate,
    "COORDSYS": _coordsys,
    "CENTROID": _centroid,
    "AREA": _area,
}

GEOMETRY = frozenset(_HANDLERS) | {"BOX", "POLYGON", "REGION"}
"""Names of the geometrical functions, supported or not."""
