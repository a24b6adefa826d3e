"""IN_UNIT: a value in another unit (ADQL 2.1, section 4.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from schemas.declaration import Column
from tap.adql import bound, tree
from tap.adql.kinds import Kind, plain
from tap.adql.scope import UNKNOWN
from tap.adql.units import UnitError, conversion_factor, parse_unit

if TYPE_CHECKING:
    from tap.adql.scope import Context


class Resolver(Protocol):
    """What IN_UNIT needs of the expression resolver."""

    context: Context

    def number(self, node: tree.Value, where: str) -> bound.Value:
        """Resolve a value that must be a number."""


def resolve_in_unit(resolver: Resolver, node: tree.Call) -> bound.Value:
    """Resolve IN_UNIT; the result has the new unit, and the UCD it had."""
    if len(node.arguments) != 2:  # noqa: PLR2004 (value and unit)
        return resolver.context.report("write IN_UNIT(value, 'unit')", node.position)
    operand, target = node.arguments
    value = resolver.number(operand, "IN_UNIT")
    unit = _target(resolver.context, target)
    if unit is None or value.kind is Kind.UNKNOWN:
        return UNKNOWN
    if not value.column.unit:
        return resolver.context.report(
            "IN_UNIT needs a value with a unit, and this has none", operand.position
        )
    try:
        factor = conversion_factor(value.column.unit, unit)
    except UnitError as error:
        return resolver.context.report(str(error), operand.position)
    return _scaled(value, factor, unit)


def _target(context: Context, node: tree.Value) -> str | None:
    """Check the unit to convert to."""
    if not isinstance(node, tree.String):
        context.report(
            "the unit of IN_UNIT is a literal in single quotes, such as 'deg'", node.position
        )
        return None
    try:
        parse_unit(node.value)
    except UnitError as error:
        context.report(str(error), node.position)
        return None
    return node.value


def _scaled(value: bound.Value, factor: float, unit: str) -> bound.Value:
    column = Column("", "double", unit=unit, ucd=value.column.ucd)
    if factor == 1:
        return bound.Cast(value, "float8", column, Kind.REAL)
    operator = "*"
    if (1 / factor).is_integer():  # 1 mas is 1/3600000 deg: dividing loses nothing
        operator, factor = "/", 1 / factor
    number = bound.Constant(factor, plain("double"), Kind.REAL)
    return bound.Arithmetic(value, ((operator, number),), column, Kind.REAL)
