"""Makes one table of the operands of UNION, EXCEPT and INTERSECT (ADQL 2.1, section 4.6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tap.adql import bound
from tap.adql.kinds import ANYTHING, NUMBERS, Kind, common, kind_of
from tap.adql.metadata import as_double

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap.adql.scope import Context


def common_items(
    context: Context, operands: Sequence[bound.Query], positions: Sequence[int]
) -> tuple[bound.Item, ...]:
    """Merge the columns of operands: labels of the first, types wide enough for all."""
    first = operands[0]
    for operand, position in zip(operands[1:], positions[1:], strict=False):
        if len(operand.items) != len(first.items):
            context.report(
                f"set operators need equal numbers of columns: this query returns"
                f" {len(operand.items)}, the first {len(first.items)}",
                position,
            )
            return first.items
    return tuple(
        _common_item(context, place, [operand.items[place] for operand in operands], positions)
        for place in range(len(first.items))
    )


def _common_item(
    context: Context, place: int, items: Sequence[bound.Item], positions: Sequence[int]
) -> bound.Item:
    first = items[0]
    known = [item.value for item in items if item.value.kind not in ANYTHING]
    if not known:
        return first
    for item, position in zip(items, positions, strict=False):
        if not _alike(item.value.kind, known[0].kind):
            context.report(
                f"column {place + 1} of this query is {item.value.kind.value}, that of the"
                f" first is {known[0].kind.value}",
                position,
            )
    column = common([value.column for value in known])
    value = bound.ColumnValue("", first.sql_name, column, kind_of(column))
    return replace(first, value=value)


def _alike(one: Kind, other: Kind) -> bool:
    return one is other or bool({one, other} & ANYTHING) or {one, other} <= NUMBERS


def typed(query: bound.Query, items: Sequence[bound.Item]) -> bound.Query:
    """Give the columns of a set operand, or of a subquery, the types they have together.

    PostgreSQL needs to be told the type of NULLs, and that an integer and a
    ``real`` make a double.
    """
    if len(query.items) != len(items) or not any(map(_differs, query.items, items)):
        return query
    return replace(query, body=_typed_body(query.body, items), items=tuple(items))


def _typed_body(body: bound.Body, items: Sequence[bound.Item]) -> bound.Body:
    if isinstance(body, bound.Query):
        return typed(body, items)
    if isinstance(body, bound.SetOperation):
        rest = tuple((operator, _typed_operand(one, items)) for operator, one in body.rest)
        return bound.SetOperation(_typed_operand(body.first, items), rest)
    return replace(body, items=tuple(map(_typed_item, body.items, items)))


def _typed_operand(body: bound.Body, items: Sequence[bound.Item]) -> bound.Body:
    return typed(body, items) if isinstance(body, bound.Query) else _typed_body(body, items)


def _differs(item: bound.Item, wanted: bound.Item) -> bool:
    if wanted.value.kind in ANYTHING or item.value.kind is Kind.UNKNOWN:
        return False
    if item.value.kind is Kind.NULL:
        return True
    have, want = item.value.column.datatype, wanted.value.column.datatype
    return want == "double" != have and wanted.value.column.arraysize is None


def _typed_item(item: bound.Item, wanted: bound.Item) -> bound.Item:
    if not _differs(item, wanted):
        return item
    if item.value.kind is Kind.NULL:
        column, kind = wanted.value.column, wanted.value.kind
        return replace(item, value=bound.Constant(None, column, kind))
    return replace(item, value=as_double(item.value))
