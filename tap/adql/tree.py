"""The syntax tree of a query: what was written, before any name is looked up.

Each node keeps the character offset it begins at; line and column are only
worked out when there is an error to report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name or part of one; ``delimited`` means it was written in double quotes."""

    text: str
    delimited: bool
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    """A column or table name of one or several parts."""

    parts: tuple[Identifier, ...]
    position: int

    @property
    def text(self) -> str:
        """The parts with dots between them, without quotes."""
        return ".".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Number:
    """An unsigned numeric literal, as written."""

    text: str
    position: int


@dataclass(frozen=True, slots=True)
class String:
    """A character string literal, its quotes resolved."""

    value: str
    position: int


@dataclass(frozen=True, slots=True)
class Null:
    """The literal NULL."""

    position: int


@dataclass(frozen=True, slots=True)
class Signed:
    """A value after one or several signs."""

    negative: bool
    operand: Value
    position: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A flat chain of operators of one precedence: ``first`` then (operator, operand)."""

    first: Value
    rest: tuple[tuple[str, Value], ...]
    position: int


@dataclass(frozen=True, slots=True)
class Concatenation:
    """Operands joined by ``||``."""

    operands: tuple[Value, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; ``user`` when its name is not a reserved word."""

    function: str
    arguments: tuple[Value, ...]
    position: int
    user: bool = False


@dataclass(frozen=True, slots=True)
class Aggregate:
    """COUNT, SUM, AVG, MIN or MAX; without argument it is ``COUNT(*)``."""

    function: str
    argument: Value | None
    distinct: bool
    position: int


@dataclass(frozen=True, slots=True)
class Case:
    """A CASE expression; ``subject`` is None in the searched form."""

    subject: Value | None
    branches: tuple[tuple[Condition | Value, Value], ...]
    otherwise: Value | None
    position: int


@dataclass(frozen=True, slots=True)
class Cast:
    """CAST to a named type with an optional length."""

    operand: Value
    type_name: str
    length: int | None
    position: int


@dataclass(frozen=True, slots=True)
class ScalarQuery:
    """A subquery used as a value."""

    query: Query
    position: int


Value = (
    Name
    | Number
    | String
    | Null
    | Signed
    | Arithmetic
    | Concatenation
    | Call
    | Aggregate
    | Case
    | Cast
    | ScalarQuery
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values and one of ``= <> < > <= >=``."""

    operator: str
    left: Value
    right: Value
    position: int


@dataclass(frozen=True, slots=True)
class Between:
    """``value [NOT] BETWEEN low AND high``."""

    value: Value
    low: Value
    high: Value
    negated: bool
    position: int


@dataclass(frozen=True, slots=True)
class InList:
    """``value [NOT] IN (values)``."""

    value: Value
    choices: tuple[Value, ...]
    negated: bool
    position: int


@dataclass(frozen=True, slots=True)
class InQuery:
    """``value [NOT] IN (query)``."""

    value: Value
    query: Query
    negated: bool
    position: int


@dataclass(frozen=True, slots=True)
class Like:
    """``value [NOT] LIKE pattern``, or ILIKE when case is ignored."""

    value: Value
    pattern: Value
    negated: bool
    ignore_case: bool
    position: int


@dataclass(frozen=True, slots=True)
class IsNull:
    """``value IS [NOT] NULL``."""

    value: Value
    negated: bool
    position: int


@dataclass(frozen=True, slots=True)
class Exists:
    """``EXISTS (query)``."""

    query: Query
    position: int


@dataclass(frozen=True, slots=True)
class Not:
    """A negated condition."""

    condition: Condition
    position: int


@dataclass(frozen=True, slots=True)
class Logical:
    """Conditions joined by AND, or by OR, as one flat tuple."""

    operator: Literal["AND", "OR"]
    conditions: tuple[Condition, ...]
    position: int


Condition = Comparison | Between | InList | InQuery | Like | IsNull | Exists | Not | Logical


@dataclass(frozen=True, slots=True)
class NamedTable:
    """A table, or a query of the WITH clause, in FROM."""

    name: Name
    alias: Identifier | None
    position: int


@dataclass(frozen=True, slots=True)
class DerivedTable:
    """A subquery in FROM."""

    query: Query
    alias: Identifier | None
    position: int


@dataclass(frozen=True, slots=True)
class Join:
    """Two table references joined: naturally, ON a condition, or USING columns."""

    left: TableReference
    right: TableReference
    kind: Literal["INNER", "LEFT", "RIGHT", "FULL"]
    natural: bool
    condition: Condition | None
    using: tuple[Identifier, ...]
    position: int


TableReference = NamedTable | DerivedTable | Join


@dataclass(frozen=True, slots=True)
class AllColumns:
    """``*`` or ``table.*``."""

    table: Name | None
    position: int


@dataclass(frozen=True, slots=True)
class SelectValue:
    """A value in the select list."""

    value: Value
    alias: Identifier | None


@dataclass(frozen=True, slots=True)
class Select:
    """One SELECT … FROM … without ordering."""

    items: tuple[AllColumns | SelectValue, ...]
    tables: tuple[TableReference, ...]
    position: int
    distinct: bool = False
    top: int | None = None
    where: Condition | None = None
    group_by: tuple[Value, ...] = ()
    having: Condition | None = None


@dataclass(frozen=True, slots=True)
class SetOperation:
    """Queries joined by set operators of one precedence, from left to right."""

    first: QueryBody
    rest: tuple[tuple[str, QueryBody], ...]
    """Pairs of (``UNION``, ``UNION ALL``, ``EXCEPT`` …, operand)."""
    position: int


@dataclass(frozen=True, slots=True)
class SortKey:
    """One ORDER BY entry."""

    value: Value
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A query body with its ordering and offset."""

    body: QueryBody
    order_by: tuple[SortKey, ...]
    offset: int | None
    position: int


QueryBody = Select | SetOperation | Query


@dataclass(frozen=True, slots=True)
class CommonTable:
    """One named query of the WITH clause."""

    name: Identifier
    columns: tuple[Identifier, ...]
    query: Query


@dataclass(frozen=True, slots=True)
class Statement:
    """A whole query."""

    query: Query
    common_tables: tuple[CommonTable, ...] = ()
