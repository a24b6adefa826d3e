"""Checks that a grouped query uses nothing that has many values per group."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING

from tap.adql import bound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tap.adql.scope import Context, Scope

_NO_VALUES = frozenset({"column", "kind", "function", "vector", "stored"})
"""Fields of the typed tree that hold no values of the query."""


class GroupKeys:
    """The values of GROUP BY, found without comparing every value with all of them."""

    def __init__(self, keys: Iterable[bound.Value]) -> None:
        self._columns: set[tuple[str, str]] = set()
        self._others: dict[type, list[bound.Value]] = {}
        for key in keys:
            if isinstance(key, bound.ColumnValue):
                self._columns.add((key.relation, key.name))
            else:
                self._others.setdefault(type(key), []).append(key)

    def __contains__(self, value: object) -> bool:
        if isinstance(value, bound.ColumnValue):
            return (value.relation, value.name) in self._columns
        return value in self._others.get(type(value), ())


def check_grouping(
    context: Context, scope: Scope, keys: GroupKeys, value: object, position: int
) -> None:
    """Report columns outside aggregates that are not grouped by (SQL-92, 7.9)."""
    found = _ungrouped(value, keys, _aliases(scope))
    names = ", ".join(sorted({column.column.name or column.name for column in found}))
    if names:
        context.report(
            f"{names} may have many values per group: put it into GROUP BY or into an aggregate"
            " such as MIN",
            position,
        )


def has_aggregate(value: object) -> bool:
    """Tell whether a value is made of an aggregate of its own query."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if _is_aggregate(node):
            return True
        waiting.extend(_parts(node))
    return False


def _parts(node: object) -> Sequence[object]:
    """Give what a value is made of, without the subqueries in it."""
    if isinstance(node, tuple):
        return node
    if isinstance(node, bound.Query):
        return ()
    kind: type = type(node)
    return [getattr(node, name) for name in _names_of_parts(kind)]


@cache
def _names_of_parts(kind: type) -> tuple[str, ...]:
    if not is_dataclass(kind):
        return ()
    return tuple(field.name for field in fields(kind) if field.name not in _NO_VALUES)


def _is_aggregate(node: object) -> bool:
    return isinstance(node, bound.Aggregate) or (
        isinstance(node, bound.Apply) and node.function.aggregate
    )


def _aliases(scope: Scope) -> set[str]:
    return {
        column.value.relation
        for relation in scope.relations
        for column in relation.columns
        if isinstance(column.value, bound.ColumnValue)
    }


def _ungrouped(root: object, keys: GroupKeys, own: set[str]) -> Iterator[bound.ColumnValue]:
    """Find columns of this query outside aggregates and grouped values."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(node)
        elif _is_aggregate(node) or not is_dataclass(node) or node in keys:
            continue
        elif isinstance(node, bound.ColumnValue):
            if node.relation in own:
                yield node
        elif isinstance(node, bound.Query):
            waiting.extend(node.outer)
        else:
            waiting.extend(_parts(node))
