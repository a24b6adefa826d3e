"""Resolves whole queries: clauses, set operators, common tables, output names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tap.adql import bound, tree
from tap.adql.errors import ADQLError
from tap.adql.expressions import Expressions
from tap.adql.functions import STANDARD, by_name
from tap.adql.grouping import check_grouping
from tap.adql.kinds import ANYTHING, NUMBERS, Kind, common, kind_of
from tap.adql.names import is_plain, is_regular, table_index, unique
from tap.adql.scope import Context, Relation, Visible
from tap.adql.sources import resolve_sources

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from schemas.declaration import Catalogue
    from tap.adql.functions import Function
    from tap.adql.scope import Scope

MAX_OPERANDS = 500
"""Most operands of one chain of set operators: PostgreSQL nests each in the one before."""


def resolve(
    text: str,
    statement: tree.Statement,
    catalogue: Catalogue,
    udfs: Collection[Function] | None = None,
) -> tuple[bound.Statement, frozenset[str]]:
    """Resolve every name of a query, and type every value.

    Returns
    -------
    tuple
        The typed tree and the names of the tables it reads.

    Raises
    ------
    ADQLError
        With all names that cannot be resolved and all kinds that do not fit.
    """
    functions: Mapping[str, tuple[Function, ...]] = STANDARD
    if udfs:
        functions = {**STANDARD, **by_name(udfs)}
    queries = _Queries(catalogue, functions)
    resolved = queries.statement(statement)
    if queries.context.mistakes:
        raise ADQLError(text, queries.context.mistakes)
    return resolved, frozenset(queries.context.tables)


class _Queries:
    """Resolves the queries of one statement."""

    def __init__(self, catalogue: Catalogue, functions: Mapping[str, tuple[Function, ...]]) -> None:
        self.context = Context(table_index(catalogue), functions, self.query)

    def statement(self, node: tree.Statement) -> bound.Statement:
        common_tables = tuple(self._common_table(table) for table in node.common_tables)
        return bound.Statement(self.query(node.query, None), common_tables)

    def _common_table(self, node: tree.CommonTable) -> tuple[str, bound.Query]:
        query = self.query(node.query, None)
        names = [item.name for item in query.items]
        if node.columns:
            if len(node.columns) != len(names):
                self.context.report(
                    f"{node.name.text} names {len(node.columns)} columns, its query returns"
                    f" {len(names)}",
                    node.name.position,
                )
            names = [column.text for column in node.columns]
        wanted = node.name.text.lower()
        if any(label.lower() == wanted for label in self.context.common_tables):
            self.context.report(f"WITH defines {node.name.text} more than once", node.name.position)
        label = self.context.new_alias(wanted if is_plain(wanted) else "t")
        columns = tuple(
            Visible(name, bound.ColumnValue("", item.sql_name, item.value.column, item.value.kind))
            for name, item in zip(names, query.items, strict=False)
        )
        self.context.common_tables[label] = Relation(node.name.text, columns)
        return label, query

    def query(self, node: tree.Query, parent: Scope | None) -> bound.Query:
        """Resolve a query with its ordering."""
        if isinstance(node.body, tree.Select):
            return self._select(node, node.body, parent)
        body: bound.Body
        if isinstance(node.body, tree.SetOperation):
            body, items, outer = self._set_operation(node.body, parent)
        else:
            inner = self.query(node.body, parent)
            items, outer = inner.items, inner.outer
            body = inner
        order = self._order_by_items(node, items)
        return bound.Query(body, items, order, node.offset, outer)

    def _operand(self, node: tree.QueryBody, parent: Scope | None) -> bound.Query:
        if not isinstance(node, tree.Query):
            node = tree.Query(node, (), None, node.position)
        return self.query(node, parent)

    def _set_operation(
        self, node: tree.SetOperation, parent: Scope | None
    ) -> tuple[bound.SetOperation, tuple[bound.Item, ...], tuple[bound.ColumnValue, ...]]:
        operands = [self._operand(node.first, parent)]
        if len(node.rest) >= MAX_OPERANDS:
            self.context.report(
                f"at most {MAX_OPERANDS} queries can be joined by set operators", node.position
            )
        else:
            operands += [self._operand(operand, parent) for _, operand in node.rest]
        positions = [node.first.position, *(operand.position for _, operand in node.rest)]
        items = self._common_items(operands, positions)
        operators = [operator for operator, _ in node.rest]
        typed = [_with_typed_nulls(operand, items) for operand in operands]
        outer = tuple(column for operand in operands for column in operand.outer)
        rest = tuple(zip(operators, typed[1:], strict=False))
        return bound.SetOperation(typed[0], rest), items, outer

    def _common_items(
        self, operands: Sequence[bound.Query], positions: Sequence[int]
    ) -> tuple[bound.Item, ...]:
        """Merge the columns of set operands: names of the first, types wide enough for all."""
        first = operands[0]
        for operand, position in zip(operands[1:], positions[1:], strict=False):
            if len(operand.items) != len(first.items):
                self.context.report(
                    f"set operators need equal numbers of columns: this query returns"
                    f" {len(operand.items)}, the first {len(first.items)}",
                    position,
                )
                return first.items
        items = []
        for place, item in enumerate(first.items):
            values = [operand.items[place].value for operand in operands]
            for value, position in zip(values, positions, strict=False):
                if not _alike(value.kind, item.value.kind):
                    self.context.report(
                        f"column {place + 1} of this query is {value.kind.value}, that of the"
                        f" first is {item.value.kind.value}",
                        position,
                    )
            items.append(_common_item(item, values))
        return tuple(items)

    def _select(self, node: tree.Query, select: tree.Select, parent: Scope | None) -> bound.Query:
        sources, scope = resolve_sources(self.context, select.tables, parent)
        where = None
        if select.where is not None:
            where = Expressions(self.context, scope, "WHERE").condition(select.where)
        listed = Expressions(self.context, scope)
        items = self._items(select, scope, listed)
        group_by = self._group_by(select, scope, items)
        having = None if select.having is None else listed.condition(select.having)
        order_by = self._order_by(node, select, items, listed)
        if (group_by or having is not None or listed.aggregates) and not self.context.mistakes:
            keys = [
                items[key - 1].value if isinstance(key, int) else key for key in group_by if key
            ]
            for value, position in _after_grouping(node, select, items, having, order_by):
                check_grouping(self.context, scope, keys, value, position)
        body = bound.Select(items, sources, select.distinct, select.top, where, group_by, having)
        return bound.Query(body, items, order_by, node.offset, tuple(scope.outer))

    def _items(
        self, select: tree.Select, scope: Scope, expressions: Expressions
    ) -> tuple[bound.Item, ...]:
        items: list[bound.Item] = []
        taken: set[str] = set()
        for node in select.items:
            if isinstance(node, tree.AllColumns):
                columns = self._all_columns(node, scope)
                items += [_item(column.name, column.value, taken) for column in columns]
                continue
            value = expressions.value(node.value)
            name = node.alias.text if node.alias else _own_name(node.value, value, len(items))
            items.append(_item(name, value, taken))
        return tuple(items)

    def _all_columns(self, node: tree.AllColumns, scope: Scope) -> Sequence[Visible]:
        if node.table is None:
            return scope.visible
        found = scope.called(node.table.parts)
        if len(found) == 1:
            return found[0].columns
        labels = ", ".join(relation.label for relation in scope.relations)
        self.context.report(
            f"no table `{node.table.text}` in FROM, which has {labels}", node.table.position
        )
        return ()

    def _group_by(
        self, select: tree.Select, scope: Scope, items: Sequence[bound.Item]
    ) -> tuple[bound.Value | int, ...]:
        expressions = Expressions(self.context, scope, "GROUP BY")
        keys: list[bound.Value | int] = []
        for node in select.group_by:
            if isinstance(node, tree.Number) and node.text.isdigit():
                keys.append(self._place(node, items))
            elif (value := _alias_in(node, items, scope)) is not None:
                keys.append(value)
            else:
                keys.append(expressions.value(node))
        return tuple(keys)

    def _place(self, node: tree.Number, items: Sequence[bound.Item]) -> int:
        place = int(node.text) if len(node.text) < 6 else 0  # noqa: PLR2004 (no such column)
        if not 1 <= place <= len(items):
            self.context.report(
                f"there is no column {node.text} in the select list, which has {len(items)}",
                node.position,
            )
        return place

    def _order_by(
        self,
        node: tree.Query,
        select: tree.Select,
        items: Sequence[bound.Item],
        expressions: Expressions,
    ) -> tuple[tuple[bound.Value | int, bool], ...]:
        keys: list[tuple[bound.Value | int, bool]] = []
        for key in node.order_by:
            place = self._listed(key.value, items)
            if place is None:
                value = expressions.value(key.value)
                same = [n for n, item in enumerate(items, 1) if item.value == value]
                if same:
                    place = same[0]
                elif select.distinct and value.kind is not Kind.UNKNOWN:
                    self.context.report(
                        "with SELECT DISTINCT, ORDER BY can only use what the select list has",
                        key.value.position,
                    )
            keys.append((value if place is None else place, key.descending))
        return tuple(keys)

    def _listed(self, node: tree.Value, items: Sequence[bound.Item]) -> int | None:
        """Find the column of the select list a sort key names or counts."""
        if isinstance(node, tree.Number) and node.text.isdigit():
            return self._place(node, items)
        if isinstance(node, tree.Name) and len(node.parts) == 1:
            identifier = node.parts[0]
            for place, item in enumerate(items, 1):
                wanted = identifier.text
                if item.name == wanted or (
                    not identifier.delimited and item.name.lower() == wanted.lower()
                ):
                    return place
        return None

    def _order_by_items(
        self, node: tree.Query, items: Sequence[bound.Item]
    ) -> tuple[tuple[bound.Value | int, bool], ...]:
        """Order the result of set operators, by its columns only."""
        keys: list[tuple[bound.Value | int, bool]] = []
        for key in node.order_by:
            place = self._listed(key.value, items)
            if place is None:
                self.context.report(
                    "the result of a set operator is ordered by the names or numbers of its"
                    " columns",
                    key.value.position,
                )
            else:
                keys.append((place, key.descending))
        return tuple(keys)


def _after_grouping(
    node: tree.Query,
    select: tree.Select,
    items: Sequence[bound.Item],
    having: bound.Condition | None,
    order_by: Sequence[tuple[bound.Value | int, bool]],
) -> Iterator[tuple[object, int]]:
    """List what is worked out once per group, with its place in the text."""
    listed = [item for item in select.items if isinstance(item, tree.SelectValue)]
    if len(listed) == len(items):
        yield from ((one.value, to.value.position) for one, to in zip(items, listed, strict=True))
    else:
        yield tuple(item.value for item in items), select.position
    if having is not None and select.having is not None:
        yield having, select.having.position
    for (value, _), key in zip(order_by, node.order_by, strict=True):
        if not isinstance(value, int):
            yield value, key.value.position


def _alias_in(node: tree.Value, items: Sequence[bound.Item], scope: Scope) -> bound.Value | None:
    """Let GROUP BY use an alias of the select list where no column has that name."""
    if not isinstance(node, tree.Name) or len(node.parts) != 1 or scope.named(node.parts[0]):
        return None
    for item in items:
        if item.name.lower() == node.parts[0].text.lower():
            return item.value
    return None


def _item(name: str, value: bound.Value, taken: set[str]) -> bound.Item:
    """Name a column of the select list for SQL; what users call it may be ambiguous."""
    wanted = name.lower()
    return bound.Item(name, unique(wanted if is_plain(wanted) else "c", taken), value)


def _own_name(node: tree.Value, value: bound.Value, place: int) -> str:
    """Name an expression without alias: a column's name, or one made from what it is."""
    if isinstance(node, tree.Name):
        return value.name if isinstance(value, bound.ColumnValue) else node.parts[-1].text
    if isinstance(node, tree.Aggregate | tree.Call):
        operands = [node.argument] if isinstance(node, tree.Aggregate) else list(node.arguments)
        if operands == [None]:
            return "count_all"
        names = [operand.parts[-1].text for operand in operands if isinstance(operand, tree.Name)]
        made = "_".join([node.function, *names]).lower()
        if is_regular(made):
            return made
    return f"column_{place + 1}"


def _alike(one: Kind, other: Kind) -> bool:
    return one is other or bool({one, other} & ANYTHING) or {one, other} <= NUMBERS


def _common_item(item: bound.Item, values: Sequence[bound.Value]) -> bound.Item:
    known = [value.column for value in values if value.kind not in ANYTHING]
    if not known:
        return item
    column = common(known)
    return bound.Item(
        item.name,
        item.sql_name,
        bound.ColumnValue("", item.sql_name, column, kind_of(column)),
    )


def _with_typed_nulls(query: bound.Query, items: Sequence[bound.Item]) -> bound.Query:
    """Give NULLs of a set operand the type of their column."""
    body = query.body
    if not isinstance(body, bound.Select) or len(body.items) != len(items):
        return query
    if not any(_is_null(item.value) for item in body.items):
        return query
    typed = tuple(
        replace(item, value=replace(item.value, column=to.value.column, kind=to.value.kind))
        if _is_null(item.value) and isinstance(item.value, bound.Constant)
        else item
        for item, to in zip(body.items, items, strict=True)
    )
    return replace(query, body=replace(body, items=typed))


def _is_null(value: bound.Value) -> bool:
    return isinstance(value, bound.Constant) and value.kind is Kind.NULL
