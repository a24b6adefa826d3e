"""Resolves whole queries: clauses, set operators, common tables, output names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tap.adql import bound, tree
from tap.adql.errors import ADQLError
from tap.adql.expressions import Expressions
from tap.adql.functions import functions_for
from tap.adql.grouping import GroupKeys, check_grouping, has_aggregate
from tap.adql.kinds import Kind
from tap.adql.names import is_plain, is_regular, table_index, unique
from tap.adql.scope import (
    Context,
    Relation,
    Scope,
    TooManyMistakesError,
    columns_of,
    with_relation,
)
from tap.adql.sets import common_items, typed
from tap.adql.sources import resolve_sources

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from schemas.declaration import Catalogue
    from schemas.functions import Function
    from tap.adql.scope import Visible

MAX_OPERANDS = 500
"""Most operands of one chain of set operators: PostgreSQL nests each in the one before."""

MAX_QUERIES = 1000
"""Most SELECTs of one statement: PostgreSQL plans each."""

MAX_COLUMNS = 1500
"""Most columns of one SELECT: PostgreSQL takes 1664, with those it sorts and groups by."""


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
    queries = _Queries(catalogue, functions_for(udfs))
    try:
        resolved = queries.statement(statement)
    except TooManyMistakesError:
        raise ADQLError(text, queries.context.mistakes) from None
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
        columns = columns_of(query.items)
        if node.columns:
            columns = columns_of(
                replace(item, name=name) for name, item in zip(names, query.items, strict=False)
            )
        self.context.common_tables[label] = Relation(node.name.text, columns)
        return label, query

    def query(self, node: tree.Query, parent: Scope | None) -> bound.Query:
        """Resolve a query with its ordering."""
        self.context.queries += 1
        if self.context.queries > MAX_QUERIES:
            self.context.report(
                f"the query has too many subqueries: at most {MAX_QUERIES} are accepted",
                node.position,
            )
            raise TooManyMistakesError
        if isinstance(node.body, tree.Select):
            return self._select(node, node.body, parent)
        body: bound.Body
        if isinstance(node.body, tree.SetOperation):
            body, items, outer = self._set_operation(node.body, parent)
        else:
            inner = self.query(node.body, parent)
            items, outer = inner.items, inner.outer
            body = inner
        return self._ordered(node, bound.Query(body, items, (), node.offset, outer), parent)

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
        items = common_items(self.context, operands, positions)
        operators = [operator for operator, _ in node.rest]
        alike = [typed(operand, items) for operand in operands]
        outer = tuple(column for operand in operands for column in operand.outer)
        rest = tuple(zip(operators, alike[1:], strict=False))
        return bound.SetOperation(alike[0], rest), items, outer

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
            keys = GroupKeys(
                items[key - 1].value if isinstance(key, int) else key for key in group_by
            )
            for value, position in _after_grouping(node, select, items, having, order_by):
                check_grouping(self.context, scope, keys, value, position)
        body = bound.Select(items, sources, select.distinct, select.top, where, group_by, having)
        return bound.Query(body, items, order_by, node.offset, tuple(scope.outer))

    def _items(
        self, select: tree.Select, scope: Scope, expressions: Expressions
    ) -> tuple[bound.Item, ...]:
        items: list[bound.Item] = []
        taken: dict[str, int] = {}
        for node in select.items:
            if isinstance(node, tree.AllColumns):
                columns = self._all_columns(node, scope)
                items += [_item(column.name, column.value, taken) for column in columns]
            else:
                value = expressions.value(node.value)
                name = node.alias.text if node.alias else _own_name(node.value, value, len(items))
                items.append(_item(name, value, taken))
            if self._too_many(len(items), "the query returns {} columns", select.position):
                break
        return tuple(items)

    def _too_many(self, count: int, message: str, position: int) -> bool:
        if count <= MAX_COLUMNS:
            return False
        self.context.report(
            f"{message.format(f'more than {MAX_COLUMNS}')}, which is the most accepted", position
        )
        return True

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
        if self._too_many(len(select.group_by), "GROUP BY has {} values", select.position):
            return ()
        for node in select.group_by:
            value = None
            if isinstance(node, tree.Number) and node.text.isdigit():
                keys.append(self._place(node, items))
            elif (value := _alias_in(node, items, scope)) is not None:
                keys.append(value)
            else:
                keys.append(expressions.value(node))
            key = keys[-1]
            if isinstance(key, int) and key:
                value = items[key - 1].value
            if value is not None and has_aggregate(value):
                self.context.report(
                    "GROUP BY cannot use an aggregate: there is one value of it per group",
                    node.position,
                )
        return tuple(keys)

    def _place(self, node: tree.Number, items: Sequence[bound.Item]) -> int:
        place = int(node.text) if len(node.text) < 6 else 0  # noqa: PLR2004 (no such column)
        if not 1 <= place <= len(items):
            self.context.report(
                f"there is no column {node.text} in the select list, which has {len(items)}",
                node.position,
            )
            return 0
        return place

    def _order_by(
        self,
        node: tree.Query,
        select: tree.Select,
        items: Sequence[bound.Item],
        expressions: Expressions,
    ) -> tuple[tuple[bound.Value | int, bool], ...]:
        keys: list[tuple[bound.Value | int, bool]] = []
        if self._too_many(len(node.order_by), "ORDER BY has {} values", node.position):
            return ()
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

    def _ordered(self, node: tree.Query, query: bound.Query, parent: Scope | None) -> bound.Query:
        """Order the result of set operators: by its columns, or by what is made of them."""
        if self._too_many(len(node.order_by), "ORDER BY has {} values", node.position):
            return query
        keys = [(self._listed(key.value, query.items), key) for key in node.order_by]
        placed = [(place, key.descending) for place, key in keys if place is not None]
        if len(placed) == len(keys):
            return replace(query, order_by=tuple(placed))
        # PostgreSQL orders a set operation by its columns only: select from it.
        alias = self.context.new_alias("t")
        columns = with_relation(columns_of(query.items), alias)
        relation = Relation("the result of the set operators", columns)
        expressions = Expressions(
            self.context, Scope((relation,), columns, parent, list(query.outer)), "ORDER BY"
        )
        order_by = tuple((expressions.value(key.value), key.descending) for key in node.order_by)
        items = tuple(
            replace(item, value=column.value)
            for item, column in zip(query.items, columns, strict=True)
        )
        inner = replace(query, offset=None)
        body = bound.Select(items, (bound.QuerySource(inner, alias),))
        return bound.Query(body, items, order_by, node.offset, query.outer)


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


def _item(name: str, value: bound.Value, taken: dict[str, int]) -> bound.Item:
    """Name a column of the select list for SQL; what users call it may be ambiguous."""
    wanted = name.lower()
    return bound.Item(name, unique(wanted if is_plain(wanted) else "c", taken), value)


def _own_name(node: tree.Value, value: bound.Value, place: int) -> str:
    """Name an expression without alias: a column's name, or one made from what it is."""
    if isinstance(node, tree.Name):
        return value.column.name or node.parts[-1].text
    if isinstance(node, tree.Aggregate | tree.Call):
        operands = [node.argument] if isinstance(node, tree.Aggregate) else list(node.arguments)
        if operands == [None]:
            return "count_all"
        names = [operand.parts[-1].text for operand in operands if isinstance(operand, tree.Name)]
        made = "_".join([node.function, *names]).lower()
        if is_regular(made):
            return made
    return f"column_{place + 1}"
