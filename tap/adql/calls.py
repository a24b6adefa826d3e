"""Resolves calls of declared functions: which form is meant, with which arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tap.adql import bound, habits
from tap.adql.functions import accepts
from tap.adql.kinds import CIRCLE, POINT, POLYGON, STRING, TIMESTAMP, Kind, kind_of, plain
from tap.adql.names import suggestion
from tap.adql.predicates import GEOMETRY
from tap.adql.scope import UNKNOWN
from tap.adql.timestamps import as_timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemas.declaration import Column
    from schemas.functions import Function, Parameter
    from tap.adql import tree
    from tap.adql.scope import Context

_NULLS: Mapping[str, Column] = {
    "SMALLINT": plain("int"),
    "INTEGER": plain("int"),
    "BIGINT": plain("long"),
    "REAL": plain("double"),
    "DOUBLE PRECISION": plain("double"),
    "NUMERIC": plain("double"),
    "VARCHAR": STRING,
    "TIMESTAMP": TIMESTAMP,
    "POINT": POINT,
    "CIRCLE": CIRCLE,
    "POLYGON": POLYGON,
    "GEOMETRY": POINT,
}
"""What a NULL is where a parameter of a type stands, which PostgreSQL could not choose."""


class Resolver(Protocol):
    """What calls need of the expression resolver."""

    context: Context

    def value(self, node: tree.Value) -> bound.Value:
        """Resolve a value of any kind."""

    def aggregated(
        self, name: str, position: int, arguments: Sequence[tree.Value]
    ) -> list[bound.Value] | None:
        """Resolve the arguments of an aggregate; None where none may stand."""


def resolve_call(resolver: Resolver, node: tree.Call) -> bound.Value:
    """Resolve the call of a declared function."""
    forms = resolver.context.functions.get(node.function.upper())
    if forms is None:
        return _unknown_function(resolver, node)
    values = _arguments(resolver, node, aggregate=forms[0].aggregate)
    if values is None or any(value.kind is Kind.UNKNOWN for value in values):
        return UNKNOWN
    for function in forms:
        if accepts(function, [value.kind for value in values]):
            return _apply(resolver.context, node, function, values)
    given = ", ".join(value.kind.value for value in values) or "nothing"
    wanted = " or ".join(function.signature() for function in forms)
    return resolver.context.report(
        f"{forms[0].name} cannot take {given}: write {wanted}", node.position
    )


def _arguments(
    resolver: Resolver, node: tree.Call, *, aggregate: bool
) -> Sequence[bound.Value] | None:
    if aggregate:
        return resolver.aggregated(node.function, node.position, node.arguments)
    return [resolver.value(argument) for argument in node.arguments]


def _unknown_function(resolver: Resolver, node: tree.Call) -> bound.Value:
    for argument in node.arguments:
        resolver.value(argument)
    context = resolver.context
    if not node.user:
        return context.report(f"the function {node.function} is not supported here", node.position)
    if habit := habits.FUNCTIONS.get(node.function.upper()):
        return context.report(f"there is no function {node.function}: {habit}", node.position)
    names = [forms[0].name for forms in context.functions.values()]
    hint = suggestion(node.function, [*names, *GEOMETRY, "COUNT", "COALESCE", "IN_UNIT"])
    return context.report(f"there is no function {node.function}{hint}", node.position)


def _apply(
    context: Context, node: tree.Call, function: Function, values: Sequence[bound.Value]
) -> bound.Value:
    known = len(context.mistakes)
    arguments = tuple(
        _argument(context, function, parameter, value, argument.position)
        for parameter, value, argument in zip(
            function.parameters, values, node.arguments, strict=True
        )
    )
    if len(context.mistakes) > known:
        return UNKNOWN
    column = function.column([argument.column for argument in arguments])
    return bound.Apply(function, arguments, column, kind_of(column))


def _argument(
    context: Context, function: Function, parameter: Parameter, value: bound.Value, position: int
) -> bound.Value:
    """Check an argument against its rule, and give it the type of its parameter."""
    literal = isinstance(value, bound.Constant)
    rule = function.rules.get(parameter.name)
    if rule is not None:
        content = value.value if isinstance(value, bound.Constant) else None
        if broken := rule.broken(content, literal=literal):
            return context.report(f"{parameter.name} of {function.name} must be {broken}", position)
    if value.kind is Kind.NULL and literal:
        column = _NULLS[parameter.type]
        return bound.Constant(None, column, kind_of(column))
    if parameter.type == "TIMESTAMP" and value.kind is Kind.STRING:
        if literal:
            return as_timestamp(context, value, position)
        return bound.Cast(value, "timestamp", TIMESTAMP, Kind.TIMESTAMP)
    return value
