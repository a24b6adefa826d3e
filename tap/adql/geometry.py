"""Resolves the geometrical functions that make values (ADQL 2.1, section 4.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, Protocol

from schemas.functions import Function
from tap.adql import bound, sphere, stc, tree
from tap.adql.kinds import CIRCLE, POINT, POLYGON, STRING, Kind, plain
from tap.adql.scope import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap.adql.scope import Context

_ALL_SKY = 180.0
_POLE = 90.0
_TURN = 360.0
_FEWEST_VERTICES = 3

_AREA = Function(
    "AREA(region POLYGON) -> REAL",
    "adql.area({0})",
    "area of a region in square degrees",
    unit="deg2",
)
_CENTROID = Function(
    "CENTROID(region POLYGON) -> POINT", "adql.centroid({0})", "the point a region balances on"
)

Geometry = bound.Point | bound.Shape


class Resolver(Protocol):
    """What the geometrical functions need of the expression resolver."""

    context: Context

    def value(self, node: tree.Value) -> bound.Value:
        """Resolve a value of any kind."""

    def number(self, node: tree.Value, where: str) -> bound.Value:
        """Resolve a value that must be a number."""


def usage(resolver: Resolver, node: tree.Call, form: str) -> bound.Value:
    """Report a wrong number of arguments by the form that is right."""
    return resolver.context.report(f"write {form}", node.position)


def _without_frame(resolver: Resolver, node: tree.Call) -> Sequence[tree.Value]:
    """Take off the deprecated coordinate system argument (section 4.2.3)."""
    arguments = node.arguments
    if not arguments or not isinstance(arguments[0], tree.String):
        return arguments
    frame = arguments[0]
    foreign = [word for word in frame.value.upper().split() if word not in stc.FRAME_WORDS]
    if foreign:
        resolver.context.report(
            f"coordinates are ICRS here, and {foreign[0][:20]} is not converted:"
            " leave the coordinate system out",
            frame.position,
        )
    return arguments[1:]


def point(resolver: Resolver, node: tree.Call) -> bound.Value:
    """Resolve POINT."""
    arguments = _without_frame(resolver, node)
    if len(arguments) != 2:  # noqa: PLR2004 (longitude and latitude)
        return usage(resolver, node, "POINT(longitude, latitude)")
    return pair(resolver, arguments[0], arguments[1]) or UNKNOWN


def pair(resolver: Resolver, first: tree.Value, second: tree.Value) -> bound.Point | None:
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
    number = _constant(value)
    if number is not None and abs(number) > limit:
        resolver.context.report(
            f"the {name} {number:g} is not between {-limit:g} and {limit:g} degrees", position
        )


def _constant(value: bound.Value) -> float | None:
    """Give the value of a numeric constant."""
    if isinstance(value, bound.Constant) and isinstance(value.value, int | float):
        return float(value.value)
    return None


def _stored(longitude: bound.Value, latitude: bound.Value) -> bound.ColumnValue | None:
    """Find the stored column that holds a declared pair of coordinates."""
    if not isinstance(longitude, bound.ColumnValue) or not isinstance(latitude, bound.ColumnValue):
        return None
    if longitude.relation != latitude.relation or longitude.table is None:
        return None
    for position in longitude.table.positions:
        named = (longitude.column.name, latitude.column.name)
        if (position.longitude, position.latitude) == named:
            return bound.ColumnValue(
                longitude.relation, position.vector, POINT, Kind.POINT, longitude.table
            )
    return None


def _centre(
    resolver: Resolver, arguments: Sequence[tree.Value], others: int
) -> bound.Point | Literal[False] | None:
    """Resolve a centre before so many other arguments; False where their number is wrong."""
    if len(arguments) == others + 1:
        return as_point(resolver, arguments[0])
    if len(arguments) == others + 2:
        return pair(resolver, arguments[0], arguments[1])
    return False


def circle(resolver: Resolver, node: tree.Call) -> bound.Value:
    """Resolve CIRCLE."""
    arguments = _without_frame(resolver, node)
    centre = _centre(resolver, arguments, 1)
    if centre is False:
        return usage(resolver, node, "CIRCLE(longitude, latitude, radius) or CIRCLE(point, radius)")
    radius = resolver.number(arguments[-1], "a radius")
    number = _constant(radius)
    if number is not None and not 0 <= number <= _ALL_SKY:
        return resolver.context.report(
            f"the radius {number:g} is not between 0 and 180 degrees", arguments[-1].position
        )
    if centre is None or radius.kind is Kind.UNKNOWN:
        return UNKNOWN
    return bound.Circle(centre, radius, CIRCLE, Kind.CIRCLE)


def polygon(resolver: Resolver, node: tree.Call) -> bound.Value:
    """Resolve POLYGON, of numbers or of points."""
    arguments = _without_frame(resolver, node)
    form = "POLYGON(longitude, latitude, …) or POLYGON(point, …) with at least three vertices"
    values = [resolver.value(argument) for argument in arguments]
    if any(value.kind is Kind.UNKNOWN for value in values):
        return UNKNOWN
    coordinates: list[bound.Value] = []
    if any(value.kind is Kind.POINT for value in values):
        for value, argument in zip(values, arguments, strict=True):
            if value.kind is not Kind.POINT:
                return resolver.context.report(
                    "POLYGON takes numbers or POINTs, not both", argument.position
                )
            vertex = point_of(value)
            coordinates += [vertex.longitude, vertex.latitude]
    elif len(values) % 2:
        return usage(resolver, node, form)
    else:
        for first, second in zip(arguments[::2], arguments[1::2], strict=True):
            if (place := pair(resolver, first, second)) is None:
                return UNKNOWN
            coordinates += [place.longitude, place.latitude]
    if len(coordinates) < 2 * _FEWEST_VERTICES:
        return usage(resolver, node, form)
    return _checked(resolver, node, coordinates)


def _checked(
    resolver: Resolver, node: tree.Call, coordinates: Sequence[bound.Value]
) -> bound.Value:
    """Make a polygon, which must be one where it is constant."""
    numbers = [number for number in map(_constant, coordinates) if number is not None]
    if len(numbers) == len(coordinates):
        wrong = any(abs(number) > _POLE for number in numbers[1::2])
        fault = None if wrong else sphere.polygon_fault(numbers)
        if fault is not None:
            return resolver.context.report(f"this {node.function} {fault}", node.position)
    return bound.Polygon(tuple(coordinates), POLYGON, Kind.POLYGON)


def box(resolver: Resolver, node: tree.Call) -> bound.Value:
    """Resolve BOX: the polygon of its corners, which great circles join (section 4.2.9)."""
    arguments = _without_frame(resolver, node)
    centre = _centre(resolver, arguments, 2)
    if centre is False:
        return usage(
            resolver, node, "BOX(longitude, latitude, width, height) or BOX(point, width, height)"
        )
    width = resolver.number(arguments[-2], "a width")
    height = resolver.number(arguments[-1], "a height")
    if centre is None or Kind.UNKNOWN in {width.kind, height.kind}:
        return UNKNOWN
    for value, name, argument in (
        (width, "width", arguments[-2]),
        (height, "height", arguments[-1]),
    ):
        number = _constant(value)
        if number is not None and not 0 < number < _ALL_SKY:
            return resolver.context.report(
                f"the {name} {number:g} is not between 0 and 180 degrees", argument.position
            )
    numbers = [_constant(one) for one in (centre.longitude, centre.latitude, width, height)]
    lon, lat, wide, high = numbers
    if lon is None or lat is None or wide is None or high is None:
        return bound.Box(centre, width, height, POLYGON, Kind.POLYGON)
    corners = () if abs(lat) > _POLE else sphere.box(lon, lat, wide, high)
    return _checked(resolver, node, _constants(corners)) if corners else UNKNOWN


def _constants(numbers: Sequence[float]) -> list[bound.Value]:
    degrees = plain("double", "deg")
    return [bound.Constant(number, degrees, Kind.REAL) for number in numbers]


def region(resolver: Resolver, node: tree.Call) -> bound.Value:
    """Resolve REGION of an STC-S phrase, as the function it stands for."""
    text = node.arguments[0] if len(node.arguments) == 1 else None
    if not isinstance(text, tree.String):
        return usage(resolver, node, "REGION('Circle ICRS 10 20 1') with a string in quotes")
    try:
        function, numbers = stc.phrase(text.value)
    except ValueError as error:
        return resolver.context.report(f"REGION {error}", text.position)
    at = text.position
    written = tuple(
        tree.Signed(number < 0, tree.Number(repr(abs(number)), at), at) for number in numbers
    )
    known = len(resolver.context.mistakes)
    made = _PHRASES[function](resolver, tree.Call(function, written, at))
    return UNKNOWN if len(resolver.context.mistakes) > known else made


def as_point(resolver: Resolver, node: tree.Value) -> bound.Point | None:
    """Resolve a value that must be a point."""
    value = resolver.value(node)
    if value.kind is Kind.POINT:
        return point_of(value)
    if value.kind is not Kind.UNKNOWN:
        resolver.context.report(f"a POINT is needed here, not {value.kind.value}", node.position)
    return None


def point_of(value: bound.Value) -> bound.Point:
    """Take a point's coordinates: of its function, or out of the array that holds it."""
    if isinstance(value, bound.Point):
        return value
    degrees = plain("double", "deg")
    longitude = bound.Element(value, 1, degrees, Kind.REAL)
    latitude = bound.Element(value, 2, degrees, Kind.REAL)
    return bound.Point(longitude, latitude, None, POINT, Kind.POINT)


def geometry(resolver: Resolver, node: tree.Value) -> Geometry | None:
    """Resolve a value that must be a point or cover a part of the sky."""
    value = resolver.value(node)
    if isinstance(value, bound.ColumnValue) and (declared := _declared_region(value)) is not None:
        return declared
    if value.kind is Kind.POINT:
        return point_of(value)
    if isinstance(value, bound.Circle | bound.Polygon | bound.Box):
        return value
    if value.kind is Kind.CIRCLE:
        radius = bound.Element(value, 3, plain("double", "deg"), Kind.REAL)
        return bound.Circle(point_of(value), radius, CIRCLE, Kind.CIRCLE)
    if value.kind is Kind.POLYGON:
        return bound.Region(value, None, POLYGON, Kind.POLYGON)
    if value.kind is not Kind.UNKNOWN:
        resolver.context.report(
            f"a geometry (POINT, CIRCLE, POLYGON …) is needed here, not {value.kind.value}",
            node.position,
        )
    return None


def _declared_region(value: bound.ColumnValue) -> bound.Region | None:
    """Find the stored columns of a declared region."""
    for one in value.table.regions if value.table is not None else ():
        if one.column == value.name:
            column, kind = (
                (CIRCLE, Kind.CIRCLE) if one.shape == "circle" else (POLYGON, Kind.POLYGON)
            )
            array = bound.ColumnValue(value.relation, one.array, value.column, kind)
            stored = bound.ColumnValue(value.relation, one.index, value.column, Kind.OTHER)
            return bound.Region(array, stored, column, kind)
    return None


def _coordinate(resolver: Resolver, node: tree.Call) -> bound.Value:
    if len(node.arguments) != 1:
        return usage(resolver, node, f"{node.function}(point)")
    place = as_point(resolver, node.arguments[0])
    if place is None:
        return UNKNOWN
    return place.longitude if node.function == "COORD1" else place.latitude


def _one_geometry(resolver: Resolver, node: tree.Call) -> Geometry | None:
    if len(node.arguments) != 1:
        usage(resolver, node, f"{node.function}(region)")
        return None
    return geometry(resolver, node.arguments[0])


def _centroid(resolver: Resolver, node: tree.Call) -> bound.Value:
    shape = _one_geometry(resolver, node)
    if shape is None:
        return UNKNOWN
    if isinstance(shape, bound.Circle):
        return shape.centre
    if isinstance(shape, bound.Point):
        return shape
    return bound.Apply(_CENTROID, (shape,), POINT, Kind.POINT)


def _area(resolver: Resolver, node: tree.Call) -> bound.Value:
    shape = _one_geometry(resolver, node)
    if shape is None:
        return UNKNOWN
    column = plain("double", "deg2")
    if isinstance(shape, bound.Point):
        return bound.Constant(0.0, column, Kind.REAL)
    return bound.Apply(_AREA, (shape,), column, Kind.REAL)


def _coordsys(resolver: Resolver, node: tree.Call) -> bound.Value:
    if _one_geometry(resolver, node) is None:
        return UNKNOWN
    return bound.Constant("ICRS", STRING, Kind.STRING)


Handler = Callable[[Resolver, tree.Call], bound.Value]

_PHRASES: dict[str, Handler] = {"POINT": point, "CIRCLE": circle, "POLYGON": polygon, "BOX": box}

VALUES: dict[str, Handler] = {
    **_PHRASES,
    "REGION": region,
    "COORD1": _coordinate,
    "COORD2": _coordinate,
    "COORDSYS": _coordsys,
    "CENTROID": _centroid,
    "AREA": _area,
}
"""The functions resolved here."""
