"""Checks that a grouped query uses nothing that has many values per group."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from tap.adql import bound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tap.adql.scope import Context, Scope

_NO_VALUES = frozenset({"column", "kind", "function", "vector"})
"""Fields of the typed tree that hold no values of the query."""


def check_grouping(
    context: Context, scope: Scope, keys: Sequence[bound.Value], value: object, position: int
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


def _aliases(scope: Scope) -> set[str]:
    return {
        column.value.relation
        for relation in scope.relations
        for column in relation.columns
        if isinstance(column.value, bound.ColumnValue)
    }


def _ungrouped(
    root: object, keys: Sequence[bound.Value], own: set[str]
) -> Iterator[bound.ColumnValue]:
    """Find columns of this query outside aggregates and grouped values."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(node)
        elif isinstance(node, bound.Aggregate) or not is_dataclass(node) or node in keys:
            continue
        elif isinstance(node, bound.ColumnValue):
            if node.relation in own:
                yield node
        elif isinstance(node, bound.Query):
            waiting.extend(node.outer)
        else:
            waiting.extend(
                getattr(node, field.name) for field in fields(node) if field.name not in _NO_VALUES
            )
