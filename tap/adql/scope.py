"""Which columns can be named at a place of the query, and what they are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tap.adql.bound import ColumnValue, Constant
from tap.adql.errors import Mistake
from tap.adql.kinds import STRING, Kind
from tap.adql.names import matches, suggestion, unique

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from schemas.declaration import Table
    from schemas.functions import Function
    from tap.adql import bound, tree
    from tap.adql.bound import Value
    from tap.adql.names import TableIndex

UNKNOWN = Constant(None, STRING, Kind.UNKNOWN)
"""Stands for whatever a name that cannot be resolved would have been."""

MAX_MISTAKES = 50
"""Most mistakes of one query that are reported."""

_LONGEST = 500
"""Most characters of one message: names in it may be as long as the query."""


class TooManyMistakesError(Exception):
    """Ends the resolving of a query when more mistakes would help nobody."""


@dataclass(frozen=True, slots=True)
class Visible:
    """A column under the name it can be called by without qualification."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Relation:
    """One table or subquery of FROM.

    ``table`` is set where it can be called by its table's name, because it
    has no alias; ``complete`` is false where its columns are unknown, because
    of a mistake already reported.
    """

    label: str
    columns: tuple[Visible, ...]
    alias: tree.Identifier | None = None
    table: Table | None = None
    complete: bool = True
    title: str | None = None
    _by_name: dict[str, list[Visible]] = field(default_factory=dict, compare=False)

    def named(self, identifier: tree.Identifier) -> list[Visible]:
        """Find the columns of a name."""
        if not self._by_name:
            for column in self.columns:
                self._by_name.setdefault(column.name.lower(), []).append(column)
        found = self._by_name.get(identifier.text.lower(), [])
        return [column for column in found if matches(identifier, column.name)]

    @property
    def shown(self) -> str:
        """What messages call it: the table's name, where it is one."""
        return self.title or self.label

    def is_called(self, parts: tuple[tree.Identifier, ...]) -> bool:
        """Tell whether a qualifier means this relation."""
        if self.alias is not None:
            own = self.alias
            return len(parts) == 1 and (
                matches(parts[0], own.text)
                if own.delimited
                else matches(parts[0], own.text.lower())
            )
        if self.table is None:
            return len(parts) == 1 and matches(parts[0], self.label)
        names = self.table.name.split(".")
        written = [part.text.lower() for part in parts]
        return written == [name.lower() for name in names[-len(parts) :]]


@dataclass(slots=True)
class Scope:
    """The relations of one FROM clause, and the scope around the query."""

    relations: tuple[Relation, ...] = ()
    visible: tuple[Visible, ...] = ()
    parent: Scope | None = None
    outer: list[ColumnValue] = field(default_factory=list)
    """Columns of enclosing scopes that were used from here."""
    _by_name: dict[str, list[Visible]] | None = None

    @property
    def complete(self) -> bool:
        """Whether all columns of all relations are known."""
        return all(relation.complete for relation in self.relations)

    def named(self, identifier: tree.Identifier) -> list[Visible]:
        """Find the columns an unqualified name may mean in this scope alone."""
        if self._by_name is None:
            self._by_name = {}
            for column in self.visible:
                self._by_name.setdefault(column.name.lower(), []).append(column)
        found = self._by_name.get(identifier.text.lower(), [])
        return [column for column in found if matches(identifier, column.name)]

    def called(self, parts: tuple[tree.Identifier, ...]) -> list[Relation]:
        """Find the relations a qualifier may mean in this scope alone."""
        return [relation for relation in self.relations if relation.is_called(parts)]


@dataclass(slots=True)
class Context:
    """What the parts of the resolver share while one query is resolved."""

    index: TableIndex
    functions: Mapping[str, tuple[Function, ...]]
    query: Callable[[tree.Query, Scope | None], bound.Query]
    """Resolves a subquery."""
    mistakes: list[Mistake] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    common_tables: dict[str, Relation] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    queries: int = 0
    """Queries and subqueries so far."""
    terms: int = 0
    """Operands of arithmetic and || so far."""
    calls: int = 0
    """How many function calls the resolver is inside of."""

    def report(self, message: str, position: int) -> Constant:
        """Note a mistake, and stand in for the value it spoils."""
        shown = message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"
        self.mistakes.append(Mistake(shown, position))
        if len(self.mistakes) >= MAX_MISTAKES:
            raise TooManyMistakesError
        return UNKNOWN

    def new_alias(self, wanted: str) -> str:
        """Make an SQL alias that no other relation of the statement has."""
        return unique(wanted, self.aliases)


def columns_of(items: Iterable[bound.Item]) -> tuple[Visible, ...]:
    """Give what a query returns as columns of a relation whose alias is not known yet."""
    return tuple(
        Visible(
            item.name,
            # PostgreSQL takes an untyped NULL of a subquery for a text.
            Constant(None, STRING, Kind.NULL)
            if item.value.kind is Kind.NULL
            else ColumnValue(
                "", item.sql_name, replace(item.value.column, name=item.name), item.value.kind
            ),
        )
        for item in items
    )


def with_relation(columns: Iterable[Visible], alias: str) -> tuple[Visible, ...]:
    """Give columns the SQL alias of the relation they are read from."""
    return tuple(
        Visible(column.name, replace(column.value, relation=alias))
        if isinstance(column.value, ColumnValue)
        else column
        for column in columns
    )


def look_up(context: Context, scope: Scope, name: tree.Name) -> Value:
    """Find the column a name means, from the innermost scope outwards."""
    if len(name.parts) > 4:  # noqa: PLR2004 (catalogue, schema, table, column)
        return context.report(f"the name {name.text} has too many parts", name.position)
    current: Scope | None = scope
    crossed: list[Scope] = []
    while current is not None:
        found = _in_scope(context, current, name)
        if found is not None:
            for inner in crossed:
                inner.outer.extend(_behind(found))
            return found
        crossed.append(current)
        current = current.parent
    return _report_missing(context, scope, name)


def _in_scope(context: Context, scope: Scope, name: tree.Name) -> Value | None:
    """Find a column in one scope; None where an enclosing scope may still have it."""
    *qualifier, last = name.parts
    if qualifier:
        return _qualified(context, scope, name, tuple(qualifier))
    found = scope.named(last)
    if len(found) > 1:
        places = [relation for relation in scope.relations if _has(relation, last)]
        return context.report(_ambiguous(name, places), name.position)
    if found:
        return found[0].value
    return None if scope.complete else UNKNOWN


def _qualified(
    context: Context, scope: Scope, name: tree.Name, qualifier: tuple[tree.Identifier, ...]
) -> Value | None:
    relations = scope.called(qualifier)
    if not relations:
        return None
    relation, last = relations[0], name.parts[-1]
    found = relation.named(last)
    if len(relations) > 1:
        return UNKNOWN  # several relations of one name are reported with FROM
    if len(found) > 1:
        return context.report(_ambiguous(name, relations), name.position)
    if found:
        return found[0].value
    if not relation.complete:
        return UNKNOWN
    hint = _column_hint(relation.columns, last)
    return context.report(f"no column `{last.text}` in {relation.shown}{hint}", name.position)


def _has(relation: Relation, identifier: tree.Identifier) -> bool:
    return any(matches(identifier, column.name) for column in relation.columns)


def _ambiguous(name: tree.Name, places: Iterable[Relation]) -> str:
    labels = [relation.label for relation in places]
    column = name.parts[-1].text
    if len(labels) < 2:  # noqa: PLR2004 (two of the same relation)
        return (
            f"{name.text} is ambiguous: {labels[0] if labels else 'FROM'} has several such columns"
        )
    choices = " or ".join(f"{label}.{column}" for label in labels)
    return f"{name.text} is ambiguous: write {choices}"


def _join(parts: Iterable[tree.Identifier]) -> str:
    return ".".join(part.text for part in parts)


def _report_missing(context: Context, scope: Scope, name: tree.Name) -> Value:
    *qualifier, last = name.parts
    if qualifier:
        labels = [relation.label for relation in scope.relations]
        return context.report(
            f"no table `{_join(qualifier)}` in FROM{suggestion(_join(qualifier), labels)}",
            name.position,
        )
    shown = [relation.shown for relation in scope.relations]
    place = f" in {', '.join(shown)}" if shown else ""
    hint = _column_hint(scope.visible, last)
    return context.report(f"no column `{last.text}`{place}{hint}", name.position)


def _column_hint(columns: Iterable[Visible], identifier: tree.Identifier) -> str:
    names = [column.name for column in columns]
    if not identifier.delimited:
        return suggestion(identifier.text, names)
    for name in names:
        if name.lower() == identifier.text.lower():
            return f'; did you mean "{name}"? Names in double quotes mind the case'
    hint = suggestion(identifier.text, names)
    return hint or "; strings are written in single quotes, double quotes are for names"


def _behind(value: Value) -> list[ColumnValue]:
    """Give the columns behind a name: two where a full join merged them."""
    if isinstance(value, ColumnValue):
        return [value]
    operands: tuple[Value, ...] = getattr(value, "operands", ())
    return [operand for operand in operands if isinstance(operand, ColumnValue)]
