"""CAST (ADQL 2.1, section 4.9): which kinds become which types."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemas.functions import Function
from tap.adql import bound
from tap.adql.dali import dali_numbers
from tap.adql.kinds import CIRCLE, NUMBERS, POINT, STRING, TIMESTAMP, UNICODE, Kind, kind_of, plain
from tap.adql.scope import UNKNOWN
from tap.adql.timestamps import as_timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.declaration import Datatype
    from tap.adql import tree
    from tap.adql.scope import Context

_NUMERIC: dict[str, tuple[str, Datatype]] = {
    "SMALLINT": ("smallint", "short"),
    "INTEGER": ("integer", "int"),
    "INT": ("integer", "int"),
    "BIGINT": ("bigint", "long"),
    "REAL": ("real", "float"),
    "DOUBLE": ("float8", "double"),
}
_TEXTS = frozenset({"CHAR", "CHARACTER", "VARCHAR"})
_GEOMETRIES = {
    kind: Function(
        f"{kind.name.lower()}(value VARCHAR) -> {kind.name}",
        f"adql.dali_geometry({{0}}, '{kind.name.lower()}')",
        f"{kind.value} from its text",
    )
    for kind in (Kind.POINT, Kind.CIRCLE, Kind.POLYGON)
}
_MAX_LENGTH = 10_485_760
"""Longest varchar(n) of PostgreSQL."""


def resolve_cast(context: Context, node: tree.Cast, value: bound.Value) -> bound.Value:
    """Resolve a CAST of a resolved value."""
    if value.kind is Kind.UNKNOWN:
        return UNKNOWN
    if node.length is not None and node.type_name not in _TEXTS:
        return context.report(f"{node.type_name} takes no length", node.position)
    if node.type_name in _NUMERIC:
        return _number(context, node, value)
    if node.type_name == "TIMESTAMP":
        return _timestamp(context, node, value)
    if node.type_name in _TEXTS:
        return _string(context, node, value)
    return _geometry(context, node, value)


def _number(context: Context, node: tree.Cast, value: bound.Value) -> bound.Value:
    sql_type, datatype = _NUMERIC[node.type_name]
    if value.kind not in NUMBERS | {Kind.STRING, Kind.NULL, Kind.BOOLEAN}:
        return _impossible(context, node, value)
    if value.kind is Kind.BOOLEAN and sql_type != "integer":
        value = bound.Cast(value, "integer", plain("int"), Kind.INTEGER)
    column = plain(datatype, value.column.unit)
    return bound.Cast(value, sql_type, column, kind_of(column))


def _timestamp(context: Context, node: tree.Cast, value: bound.Value) -> bound.Value:
    if isinstance(value, bound.Constant) and value.kind is Kind.STRING:
        return as_timestamp(context, value, node.operand.position)
    if value.kind not in {Kind.STRING, Kind.TIMESTAMP, Kind.NULL}:
        return _impossible(context, node, value)
    return bound.Cast(value, "timestamp", TIMESTAMP, Kind.TIMESTAMP)


def _string(context: Context, node: tree.Cast, value: bound.Value) -> bound.Value:
    if value.kind not in NUMBERS | {Kind.STRING, Kind.NULL, Kind.TIMESTAMP, Kind.BOOLEAN}:
        return _impossible(context, node, value)
    column = UNICODE if value.column.datatype == "unicodeChar" else STRING
    if node.length is None:
        return bound.Cast(value, "text", column, Kind.STRING)
    if not 0 < node.length <= _MAX_LENGTH:
        return context.report(
            f"the length of {node.type_name} is between 1 and {_MAX_LENGTH}", node.position
        )
    if node.type_name == "VARCHAR":
        sized = replace(column, arraysize=f"{node.length}*")
        return bound.Cast(value, f"varchar({node.length})", sized, Kind.STRING)
    # arraysize="1" is deprecated (VOTable 1.3, erratum 3), and none at all surprises readers.
    sized = replace(column, arraysize="1*" if node.length == 1 else str(node.length))
    return bound.Cast(value, f"char({node.length})", sized, Kind.STRING)


def _geometry(context: Context, node: tree.Cast, value: bound.Value) -> bound.Value:
    """Make a geometry of the text DALI writes it as."""
    kind = next((kind for kind in _GEOMETRIES if kind.name == node.type_name), None)
    if kind is None:
        return context.report(
            f"{node.type_name} is no type: use SMALLINT, INTEGER, BIGINT, REAL, DOUBLE PRECISION,"
            " CHAR(n), VARCHAR(n), TIMESTAMP, POINT, CIRCLE or POLYGON",
            node.position,
        )
    if value.kind is kind:
        return value
    if value.kind not in {Kind.STRING, Kind.NULL}:
        return _impossible(context, node, value)
    if isinstance(value, bound.Constant):
        if value.value is None:
            value = bound.Constant(None, STRING, Kind.STRING)
        else:
            numbers = dali_numbers(str(value.value), kind)
            if numbers is None:
                return context.report(
                    f"{str(value.value)[:40]!r} is not {kind.value}: write"
                    f" {_FORMS[kind]}, in degrees",
                    node.operand.position,
                )
            if kind is not Kind.POLYGON:
                return _constant(numbers)
    function = _GEOMETRIES[kind]
    return bound.Apply(function, (value,), function.column([value.column]), kind)


_FORMS = {
    Kind.POINT: "'longitude latitude'",
    Kind.CIRCLE: "'longitude latitude radius'",
    Kind.POLYGON: "'longitude latitude …' with at least three vertices",
}


def _constant(numbers: Sequence[float]) -> bound.Value:
    parts = [bound.Constant(number, plain("double"), Kind.REAL) for number in numbers]
    point = bound.Point(parts[0], parts[1], None, POINT, Kind.POINT)
    return point if len(parts) == 2 else bound.Circle(point, parts[2], CIRCLE, Kind.CIRCLE)  # noqa: PLR2004 (coordinates)


def _impossible(context: Context, node: tree.Cast, value: bound.Value) -> bound.Value:
    return context.report(
        f"{value.kind.value} cannot be cast to {node.type_name}", node.operand.position
    )
