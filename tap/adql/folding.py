"""Works out numbers that are written as constant expressions, such as 1/3600."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tap.adql import bound

if TYPE_CHECKING:
    from collections.abc import Callable

_INTEGER = 2**31
"""PostgreSQL's integers end here; what lies beyond is left to it."""


def folded(node: bound.Value) -> int | float | None:
    """Give the value of a numeric constant expression, as PostgreSQL would work it out.

    Parameters
    ----------
    node
        Any value.

    Returns
    -------
    int or float or None
        None where it is not constant, where PostgreSQL would report an error,
        and where its integers would be too short.
    """
    if isinstance(node, bound.Constant):
        value = node.value
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if isinstance(node, bound.Negative):
        operand = folded(node.operand)
        return None if operand is None else -operand
    if isinstance(node, bound.Arithmetic):
        return _arithmetic(node)
    return None


def _arithmetic(node: bound.Arithmetic) -> int | float | None:
    result = folded(node.first)
    for operator, operand in node.rest:
        other = folded(operand)
        if result is None or other is None or operator not in _OPERATORS:
            return None
        result = _applied(operator, result, other)
    return result


def _applied(operator: str, left: float, right: float) -> int | float | None:
    try:
        result = _OPERATORS[operator](left, right)
    except (ArithmeticError, ValueError):
        return None
    if isinstance(result, int):
        return result if abs(result) < _INTEGER else None
    return result if math.isfinite(result) else None


def _quotient(left: float, right: float) -> int | float:
    """Divide; between integers what is left over is cut off, as in SQL."""
    if isinstance(left, int) and isinstance(right, int):
        whole = abs(left) // abs(right)
        return whole if (left < 0) == (right < 0) else -whole
    return left / right


_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _quotient,
}
