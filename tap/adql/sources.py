"""Resolves the FROM clause: which relations there are and which columns they show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tap.adql import bound, tree
from tap.adql.expressions import Expressions
from tap.adql.kinds import common, kind_of
from tap.adql.names import is_plain, matches, suggestion
from tap.adql.scope import Relation, Scope, Visible, columns_of, with_relation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.declaration import Table
    from tap.adql.scope import Context

MAX_RELATIONS = 100
"""Most tables of one FROM: PostgreSQL's planner is slow on more."""

_IN_ROW = re.compile(r"\w+(\.\w+)?")
"""An expression that is a column, by its name with or without its relation's."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A source with the relations in it and the columns visible without qualification."""

    source: bound.Source
    relations: tuple[Relation, ...]
    visible: tuple[Visible, ...]


def resolve_sources(
    context: Context, tables: Sequence[tree.TableReference], parent: Scope | None
) -> tuple[tuple[bound.Source, ...], Scope]:
    """Resolve the tables of FROM, which commas separate."""
    outer: list[bound.ColumnValue] = []
    surroundings = Scope(parent=parent, outer=outer)
    resolved = [_source(context, table, surroundings) for table in tables]
    relations = tuple(relation for one in resolved for relation in one.relations)
    _check_names(context, relations, tables[0].position)
    if len(relations) > MAX_RELATIONS:
        context.report(
            f"FROM has {len(relations)} tables; at most {MAX_RELATIONS} are accepted",
            tables[0].position,
        )
    visible = tuple(column for one in resolved for column in one.visible)
    return tuple(one.source for one in resolved), Scope(relations, visible, parent, outer)


def _check_names(context: Context, relations: Sequence[Relation], position: int) -> None:
    seen: set[str] = set()
    for relation in relations:
        label = relation.label.lower()
        if label in seen:
            where = relation.alias.position if relation.alias else position
            context.report(
                f"the name {relation.label} stands for several tables of FROM; give each an"
                " alias of its own",
                where,
            )
        seen.add(label)


def _source(context: Context, node: tree.TableReference, around: Scope) -> Resolved:
    if isinstance(node, tree.Join):
        return _join(context, node, around)
    if isinstance(node, tree.DerivedTable):
        return _derived_table(context, node, around)
    return _named_table(context, node)


def _alias(context: Context, alias: tree.Identifier | None, default: str) -> str:
    wanted = default if alias is None else alias.text.lower()
    return context.new_alias(wanted if is_plain(wanted) else "t")


def _named_table(context: Context, node: tree.NamedTable) -> Resolved:
    if len(node.name.parts) == 1:
        for label, relation in context.common_tables.items():
            if matches(node.name.parts[0], relation.label):
                alias = _alias(context, node.alias, label)
                return _relation(
                    bound.CommonSource(label, alias), alias, relation.columns,
                    node.alias, relation.label,
                )  # fmt: skip
    found = context.index.find(node.name)
    if len(found) != 1:
        return _unknown_table(context, node, found)
    table = found[0]
    context.tables.add(table.name)
    alias = _alias(context, node.alias, table.local_name.lower())
    columns = tuple(
        Visible(
            column.name,
            bound.ColumnValue(
                alias, column.physical or column.name, column, kind_of(column), table
            ),
        )
        for column in table.columns
    )
    relation = Relation(
        node.alias.text if node.alias else table.name,
        columns,
        node.alias,
        None if node.alias else table,
        title=table.name,
    )
    return Resolved(bound.TableSource(table, alias), (relation,), columns)


def _unknown_table(context: Context, node: tree.NamedTable, found: Sequence[Table]) -> Resolved:
    if found:
        names = " or ".join(table.name for table in found)
        context.report(
            f"the table name {node.name.text} is ambiguous: write {names}", node.position
        )
    else:
        hint = context.index.suggestion(node.name)
        context.report(f"no table `{node.name.text}`{hint}", node.position)
    alias = _alias(context, node.alias, "t")
    label = node.alias.text if node.alias else node.name.parts[-1].text
    relation = Relation(label, (), node.alias, complete=False)
    return Resolved(bound.CommonSource(alias, alias), (relation,), ())


def _derived_table(context: Context, node: tree.DerivedTable, around: Scope) -> Resolved:
    if node.alias is None:
        context.report("a subquery in FROM needs a name: write (SELECT …) AS name", node.position)
    query = context.query(node.query, around.parent)
    around.outer.extend(query.outer)
    alias = _alias(context, node.alias, "t")
    columns = columns_of(query.items)
    return _relation(bound.QuerySource(query, alias), alias, columns, node.alias, alias)


def _relation(
    source: bound.Source,
    alias: str,
    columns: tuple[Visible, ...],
    name: tree.Identifier | None,
    label: str,
) -> Resolved:
    """Make a relation of columns that do not know its alias yet."""
    own = with_relation(columns, alias)
    relation = Relation(name.text if name else label, own, name)
    return Resolved(source, (relation,), own)


def _join(context: Context, node: tree.Join, around: Scope) -> Resolved:
    left = _source(context, node.left, around)
    right = _source(context, node.right, around)
    relations = left.relations + right.relations
    condition: bound.Condition | None = None
    visible = left.visible + right.visible
    if node.condition is not None:
        scope = Scope(relations, visible, around.parent, around.outer)
        condition = Expressions(context, scope, "ON").condition(node.condition)
    elif node.natural or node.using:
        condition, visible = _merged(context, node, left, right)
    if node.kind == "FULL":
        condition = _hashable(condition, left, right)
    return Resolved(
        bound.JoinSource(left.source, right.source, node.kind, condition), relations, visible
    )


def _hashable(
    condition: bound.Condition | None, left: Resolved, right: Resolved
) -> bound.Condition | None:
    """Make PostgreSQL accept any condition of a full join, not only equalities of both sides."""
    one, other = _own_columns(left), _own_columns(right)
    parts = [] if condition is None else [condition]
    if isinstance(condition, bound.Logical) and condition.operator == "AND":
        parts = list(condition.conditions)
    if not one or not other or any(_joins(part, one, other) for part in parts):
        return condition
    paired = bound.Paired(_stored(one), _stored(other))
    return bound.Logical("AND", (paired, *parts)) if parts else paired


def _stored(values: Sequence[bound.ColumnValue]) -> bound.ColumnValue:
    """Choose a column that is in the row: what a view computes may be constant, or dear."""
    return next((v for v in values if _IN_ROW.fullmatch(v.column.expression or "x")), values[0])


def _own_columns(side: Resolved) -> list[bound.ColumnValue]:
    values = [column.value for relation in side.relations for column in relation.columns]
    return [value for value in values if isinstance(value, bound.ColumnValue)]


def _joins(
    part: bound.Condition, one: Sequence[bound.ColumnValue], other: Sequence[bound.ColumnValue]
) -> bool:
    """Tell whether a condition is an equality of a column of either side."""
    if not isinstance(part, bound.Compare) or part.operator != "=":
        return False
    return (part.left in one and part.right in other) or (part.left in other and part.right in one)


def _merged(
    context: Context, node: tree.Join, left: Resolved, right: Resolved
) -> tuple[bound.Condition | None, tuple[Visible, ...]]:
    """Join by equal columns: those of USING, or all that share a name (SQL-92, 7.5)."""
    names = _using(context, node, left, right) if node.using else _shared(left, right)
    pairs: list[tuple[Visible, Visible]] = []
    for name in names:
        first = [column for column in left.visible if column.name.lower() == name]
        second = [column for column in right.visible if column.name.lower() == name]
        if len(first) > 1 or len(second) > 1:
            side = "left" if len(first) > 1 else "right"
            context.report(
                f"the {side} side of the join has several columns {name}: use ON instead",
                node.position,
            )
        else:
            pairs.append((first[0], second[0]))
    conditions = tuple(bound.Compare("=", one.value, two.value) for one, two in pairs)
    merged = tuple(Visible(one.name, _merge(node.kind, one.value, two.value)) for one, two in pairs)
    rest = tuple(
        column for column in left.visible + right.visible if column.name.lower() not in names
    )
    if not conditions:
        return None, rest
    condition = conditions[0] if len(conditions) == 1 else bound.Logical("AND", conditions)
    return condition, merged + rest


def _merge(kind: str, left: bound.Value, right: bound.Value) -> bound.Value:
    if kind == "RIGHT":
        return right
    if kind == "FULL":
        column = common([left.column, right.column])
        return bound.Coalesce((left, right), column, left.kind)
    return left


def _shared(left: Resolved, right: Resolved) -> list[str]:
    there = {column.name.lower() for column in right.visible}
    names = [column.name.lower() for column in left.visible]
    return list(dict.fromkeys(name for name in names if name in there))


def _using(context: Context, node: tree.Join, left: Resolved, right: Resolved) -> list[str]:
    names = []
    for identifier in node.using:
        complete = True
        for side in (left, right):
            if any(matches(identifier, column.name) for column in side.visible):
                continue
            complete = False
            if all(relation.complete for relation in side.relations):
                hint = suggestion(identifier.text, [column.name for column in side.visible])
                label = ", ".join(relation.shown for relation in side.relations)
                context.report(
                    f"no column `{identifier.text}` in {label}{hint}", identifier.position
                )
        if complete:
            names.append(identifier.text.lower())
    return names
