"""CAST (ADQL 2.1, section 4.9): which kinds become which types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap.adql import bound
from tap.adql.kinds import NUMBERS, STRING, TIMESTAMP, Kind, kind_of, plain
from tap.adql.scope import UNKNOWN
from tap.adql.timestamps import as_timestamp

if TYPE_CHECKING:
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
_MAX_LENGTH = 10_485_760
"""Longest varchar(n) of PostgreSQL."""


def resolve_cast(context: Context, node: tree.Cast, value: bound.Value) -> bound.Value:
    """Resolve a CAST of a resolved value."""
    if value.kind is Kind.UNKNOWN:
        return UNKNOWN
    if node.length is not None and node.type_name not in {"CHAR", "CHARACTER", "VARCHAR"}:
        return context.report(f"{node.type_name} takes no length", node.position)
    if node.type_name in _NUMERIC:
        sql_type, datatype = _NUMERIC[node.type_name]
        if value.kind not in NUMBERS | {Kind.STRING, Kind.NULL, Kind.BOOLEAN}:
            return _impossible(context, node, value)
        if value.kind is Kind.BOOLEAN and sql_type != "integer":
            value = bound.Cast(value, "integer", plain("int"), Kind.INTEGER)
        column = plain(datatype, value.column.unit)
        return bound.Cast(value, sql_type, column, kind_of(column))
    if node.type_name == "TIMESTAMP":
        return _timestamp(context, node, value)
    return _string(context, node, value)


def _timestamp(context: Context, node: tree.Cast, value: bound.Value) -> bound.Value:
    if isinstance(value, bound.Constant) and value.kind is Kind.STRING:
        return as_timestamp(context, value, node.operand.position)
    if value.kind not in {Kind.STRING, Kind.TIMESTAMP, Kind.NULL}:
        return _impossible(context, node, value)
    return bound.Cast(value, "timestamp", TIMESTAMP, Kind.TIMESTAMP)


def _string(context: Context, node: tree.Cast, value: bound.Value) -> bound.Value:
    if value.kind not in NUMBERS | {Kind.STRING, Kind.NULL, Kind.TIMESTAMP, Kind.BOOLEAN}:
        return _impossible(context, node, value)
    if node.length is None:
        return bound.Cast(value, "varchar", STRING, Kind.STRING)
    if not 0 < node.length <= _MAX_LENGTH:
        return context.report(
            f"the length of {node.type_name} is between 1 and {_MAX_LENGTH}", node.position
        )
    sql_type = f"varchar({node.length})" if node.type_name == "VARCHAR" else f"char({node.length})"
    return bound.Cast(value, sql_type, STRING, Kind.STRING)


def _impossible(context: Context, node: tree.Cast, value: bound.Value) -> bound.Value:
    return context.report(
        f"{value.kind.value} cannot be cast to {node.type_name}", node.operand.position
    )
