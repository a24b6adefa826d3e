"""The typed tree: every name resolved, every value with its metadata.

The generator writes PostgreSQL from it without asking anything again. No
string of the user's is in it but the values of string literals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tap.adql.bound_geometry import (
    Box,
    Circle,
    Contained,
    Distance,
    Inside,
    Overlapping,
    Point,
    Polygon,
    Region,
    Shape,
    Within,
)

if TYPE_CHECKING:
    from schemas.declaration import Column, Table
    from schemas.functions import Function
    from tap.adql.kinds import Kind


__all__ = [
    "Box",
    "Circle",
    "Contained",
    "Distance",
    "Inside",
    "Overlapping",
    "Point",
    "Polygon",
    "Region",
    "Shape",
    "Within",
]
"""The geometrical nodes, beside all that is defined here."""


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """A column of a relation of the query, by the names SQL knows them by."""

    relation: str
    name: str
    column: Column
    kind: Kind
    table: Table | None = field(default=None, compare=False)
    """The declared table, where the relation is one."""

    @property
    def temporary(self) -> bool:
        """Whether it is of a table that came with the query."""
        return self.table is not None and self.table.temporary


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal value; None is NULL."""

    value: float | str | None
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Negative:
    """A number with its sign changed."""

    operand: Value
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Numbers joined by operators of one precedence."""

    first: Value
    rest: tuple[tuple[str, Value], ...]
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Concatenation:
    """Strings joined."""

    operands: tuple[Value, ...]
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of its arguments."""

    function: Function
    arguments: tuple[Value, ...]
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate; without argument it counts rows."""

    function: str
    argument: Value | None
    distinct: bool
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Coalesce:
    """The first value that is not NULL."""

    operands: tuple[Value, ...]
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Case:
    """A searched CASE, or a simple one when it has a subject."""

    subject: Value | None
    branches: tuple[tuple[Condition | Value, Value], ...]
    otherwise: Value | None
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Cast:
    """A value as another PostgreSQL type."""

    operand: Value
    sql_type: str
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Subquery:
    """The one value a query returns."""

    query: Query
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Element:
    """One coordinate of a geometry held as a DALI array, counted from 1."""

    array: Value
    index: int
    column: Column
    kind: Kind


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition as the integer 1 or 0."""

    condition: Condition
    column: Column
    kind: Kind


Value = (
    ColumnValue
    | Constant
    | Negative
    | Arithmetic
    | Concatenation
    | Apply
    | Aggregate
    | Coalesce
    | Case
    | Cast
    | Subquery
    | Element
    | Point
    | Circle
    | Polygon
    | Box
    | Region
    | Distance
    | Truth
)


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two values of comparable kinds."""

    operator: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Between:
    """A value within bounds, both included."""

    value: Value
    low: Value
    high: Value
    negated: bool


@dataclass(frozen=True, slots=True)
class InList:
    """A value equal to one of several."""

    value: Value
    choices: tuple[Value, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class InQuery:
    """A value equal to one a query returns."""

    value: Value
    query: Query
    negated: bool


@dataclass(frozen=True, slots=True)
class Like:
    """A string that matches a pattern; ADQL has no escape character."""

    value: Value
    pattern: Value
    negated: bool
    ignore_case: bool


@dataclass(frozen=True, slots=True)
class IsNull:
    """A value that is, or is not, NULL."""

    value: Value
    negated: bool


@dataclass(frozen=True, slots=True)
class Exists:
    """A query that returns a row."""

    query: Query


@dataclass(frozen=True, slots=True)
class Not:
    """A condition negated."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Logical:
    """Conditions joined by AND or OR."""

    operator: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Paired:
    """True for any two rows, and an equality of two sides for the planner of full joins."""

    left: ColumnValue
    right: ColumnValue


Condition = (
    Compare
    | Between
    | InList
    | InQuery
    | Like
    | IsNull
    | Exists
    | Not
    | Logical
    | Within
    | Inside
    | Contained
    | Overlapping
    | Paired
)


@dataclass(frozen=True, slots=True)
class TableSource:
    """A declared table under an SQL alias."""

    table: Table
    alias: str


@dataclass(frozen=True, slots=True)
class CommonSource:
    """A query of the WITH clause, by its SQL name, under an alias."""

    name: str
    alias: str


@dataclass(frozen=True, slots=True)
class QuerySource:
    """A subquery in FROM."""

    query: Query
    alias: str


@dataclass(frozen=True, slots=True)
class JoinSource:
    """Two sources joined on a condition; None joins every row with every other."""

    left: Source
    right: Source
    kind: str
    condition: Condition | None


Source = TableSource | CommonSource | QuerySource | JoinSource


@dataclass(frozen=True, slots=True)
class Item:
    """One column of a SELECT: what users call it, what SQL calls it, its value."""

    name: str
    sql_name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Select:
    """One SELECT."""

    items: tuple[Item, ...]
    sources: tuple[Source, ...]
    distinct: bool = False
    top: int | None = None
    where: Condition | None = None
    group_by: tuple[Value | int, ...] = ()
    """Values, or places in the select list."""
    having: Condition | None = None


@dataclass(frozen=True, slots=True)
class SetOperation:
    """Queries joined by set operators."""

    first: Body
    rest: tuple[tuple[str, Body], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A query with its ordering; ``items`` are the columns it returns."""

    body: Body
    items: tuple[Item, ...]
    order_by: tuple[tuple[Value | int, bool], ...] = ()
    """(value or place in the select list, descending)."""
    offset: int | None = None
    outer: tuple[ColumnValue, ...] = field(default=(), compare=False)
    """Columns of enclosing queries it uses."""


Body = Select | SetOperation | Query


@dataclass(frozen=True, slots=True)
class Statement:
    """A whole query and the common tables before it."""

    query: Query
    common_tables: tuple[tuple[str, Query], ...]
