"""Resolves search conditions, and makes geometry predicates ones the index can serve."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, cast

from tap.adql import bound, tree
from tap.adql.kinds import ANYTHING, NUMBERS, Kind, plain
from tap.adql.sets import typed
from tap.adql.timestamps import as_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap.adql.scope import Context, Scope

_MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_COMPARABLE = frozenset({Kind.INTEGER, Kind.REAL, Kind.STRING, Kind.TIMESTAMP, Kind.BOOLEAN})
_TRUE = frozenset({"1", "t", "true", "y", "yes"})
_FALSE = frozenset({"0", "f", "false", "n", "no"})


class Values(Protocol):
    """What the resolver of conditions needs of the resolver of values."""

    context: Context
    scope: Scope

    def value(self, node: tree.Value) -> bound.Value:
        """Resolve a value of any kind."""

    def string(self, node: tree.Value, where: str) -> bound.Value:
        """Resolve a value that must be a string."""


class Conditions:
    """Resolves the conditions of one clause."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._context = values.context

    def condition(self, node: tree.Condition) -> bound.Condition:
        """Resolve a condition."""
        return _CONDITIONS[type(node)](self, node)

    def _comparison(self, node: tree.Comparison) -> bound.Condition:
        left, right = self._values.value(node.left), self._values.value(node.right)
        return (
            _predicate(left, node.operator, right)
            or _predicate(right, _MIRRORED[node.operator], left)
            or self._compare(node, left, right)
        )

    def _compare(
        self, node: tree.Comparison, left: bound.Value, right: bound.Value
    ) -> bound.Condition:
        left, right = self._comparable(left, right, node.left.position, node.right.position)
        operator, mirrored = node.operator, _MIRRORED[node.operator]
        right, left = _whole(right, operator, left), _whole(left, mirrored, right)
        return bound.Compare(operator, left, right)

    def _comparable(
        self, left: bound.Value, right: bound.Value, left_position: int, right_position: int
    ) -> tuple[bound.Value, bound.Value]:
        """Bring two values to kinds PostgreSQL compares, or report that there are none."""
        if left.kind in ANYTHING or right.kind in ANYTHING:
            return left, right
        if Kind.TIMESTAMP in {left.kind, right.kind}:
            return (
                as_timestamp(self._context, left, left_position),
                as_timestamp(self._context, right, right_position),
            )
        if left.kind is not right.kind:
            left, right = _as_boolean(left, right), _as_boolean(right, left)
        if left.kind in NUMBERS and right.kind in NUMBERS:
            return _as_integer(left, right), _as_integer(right, left)
        if left.kind is not right.kind or left.kind not in _COMPARABLE:
            self._context.report(_incomparable(left, right), left_position)
        return left, right

    def _between(self, node: tree.Between) -> bound.Condition:
        value = self._values.value(node.value)
        low, high = self._values.value(node.low), self._values.value(node.high)
        value, low = self._comparable(value, low, node.value.position, node.low.position)
        value, high = self._comparable(value, high, node.value.position, node.high.position)
        low, high = _whole(low, ">=", value), _whole(high, "<=", value)
        return bound.Between(value, low, high, node.negated)

    def _in_list(self, node: tree.InList) -> bound.Condition:
        value = self._values.value(node.value)
        choices = []
        known = len(self._context.mistakes)
        for choice in node.choices:
            _, one = self._comparable(
                value, self._values.value(choice), node.value.position, choice.position
            )
            choices.append(one)
            if len(self._context.mistakes) > known:
                break
        return bound.InList(value, tuple(choices), node.negated)

    def _in_query(self, node: tree.InQuery) -> bound.Condition:
        value = self._values.value(node.value)
        query = self._context.query(node.query, self._values.scope)
        if len(query.items) != 1:
            self._context.report(
                f"the subquery of IN returns one column, not {len(query.items)}", node.position
            )
        else:
            self._check_in_query(node, value, query.items[0].value)
            query = typed(query, (replace(query.items[0], value=value),))
        return bound.InQuery(value, query, node.negated)

    def _check_in_query(self, node: tree.InQuery, value: bound.Value, item: bound.Value) -> None:
        same = value.kind is item.kind or {value.kind, item.kind} <= NUMBERS
        if not same and not {value.kind, item.kind} & ANYTHING:
            self._context.report(_incomparable(value, item), node.position)

    def _like(self, node: tree.Like) -> bound.Condition:
        word = "ILIKE" if node.ignore_case else "LIKE"
        value, pattern = (
            self._values.string(node.value, word),
            self._values.string(node.pattern, word),
        )
        return bound.Like(value, pattern, node.negated, node.ignore_case)

    def _is_null(self, node: tree.IsNull) -> bound.Condition:
        return bound.IsNull(self._values.value(node.value), node.negated)

    def _exists(self, node: tree.Exists) -> bound.Condition:
        return bound.Exists(self._context.query(node.query, self._values.scope))

    def _not(self, node: tree.Not) -> bound.Condition:
        return bound.Not(self.condition(node.condition))

    def _logical(self, node: tree.Logical) -> bound.Condition:
        return bound.Logical(
            node.operator, tuple(self.condition(condition) for condition in node.conditions)
        )


# Each method takes the node type it stands under, which a dict cannot express.
_CONDITIONS: dict[type, Callable[[Conditions, tree.Condition], bound.Condition]] = {
    tree.Comparison: Conditions._comparison,  # type: ignore[dict-item] # noqa: SLF001
    tree.Between: Conditions._between,  # type: ignore[dict-item] # noqa: SLF001
    tree.InList: Conditions._in_list,  # type: ignore[dict-item] # noqa: SLF001
    tree.InQuery: Conditions._in_query,  # type: ignore[dict-item] # noqa: SLF001
    tree.Like: Conditions._like,  # type: ignore[dict-item] # noqa: SLF001
    tree.IsNull: Conditions._is_null,  # type: ignore[dict-item] # noqa: SLF001
    tree.Exists: Conditions._exists,  # type: ignore[dict-item] # noqa: SLF001
    tree.Not: Conditions._not,  # type: ignore[dict-item] # noqa: SLF001
    tree.Logical: Conditions._logical,  # type: ignore[dict-item] # noqa: SLF001
}


def _predicate(left: bound.Value, operator: str, right: bound.Value) -> bound.Condition | None:
    """Recognise a geometry predicate: ``CONTAINS(…) = 1`` or ``DISTANCE(…) < r``."""
    if isinstance(left, bound.Truth) and isinstance(right, bound.Constant):
        if operator not in {"=", "<>"} or right.value not in {0, 1}:
            return None
        holds = (operator == "=") == (right.value == 1)
        return left.condition if holds else bound.Not(left.condition)
    if isinstance(left, bound.Distance) and right.kind in NUMBERS and operator in {"<", "<="}:
        return bound.Within(left.first, left.second, right, operator == "<")
    return None


def _as_integer(value: bound.Value, other: bound.Value) -> bound.Value:
    """Compare an integer column with 5 rather than 5.0, for which no index serves."""
    if (
        other.kind is Kind.INTEGER
        and isinstance(value, bound.Constant)
        and isinstance(value.value, float)
        and value.value.is_integer()
        and abs(value.value) < 2**53
    ):
        return bound.Constant(int(value.value), plain("long"), Kind.INTEGER)
    return value


def _whole(limit: bound.Value, operator: str, value: bound.Value) -> bound.Value:
    """Compare an integer column with the next integer rather than 4.5, for the index's sake."""
    if (
        value.kind is not Kind.INTEGER
        or not isinstance(value, bound.ColumnValue)
        or not isinstance(limit, bound.Constant)
        or not isinstance(limit.value, float)
        or abs(limit.value) >= 2**53
        or operator in {"=", "<>"}
    ):
        return limit
    number = math.ceil(limit.value) if operator in {"<", ">="} else math.floor(limit.value)
    return bound.Constant(number, plain("long"), Kind.INTEGER)


def _as_boolean(value: bound.Value, other: bound.Value) -> bound.Value:
    """Let 1, 0, 'true' and 'false' be compared with a boolean column."""
    if other.kind is not Kind.BOOLEAN or not isinstance(value, bound.Constant):
        return value
    word = str(value.value).lower()
    if word in _TRUE | _FALSE:
        return bound.Constant(cast("float", word in _TRUE), plain("boolean"), Kind.BOOLEAN)
    return value


def _incomparable(left: bound.Value, right: bound.Value) -> str:
    message = f"cannot compare {left.kind.value} with {right.kind.value}"
    if {left.kind, right.kind} & NUMBERS and Kind.STRING in {left.kind, right.kind}:
        return f"{message}: strings are written in single quotes, numbers without"
    if Kind.POINT in {left.kind, right.kind}:
        return f"{message}: use DISTANCE or CONTAINS"
    return message
