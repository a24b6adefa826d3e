"""Writes a typed tree as one PostgreSQL text.

Identifiers and literals go through :func:`quoted` and :func:`literal` only;
every other piece of the text is ours.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tap.adql import bound
from tap.adql.conditions_sql import ConditionWriter, constants
from tap.adql.errors import MistakeError
from tap.adql.kinds import Kind
from tap.adql.names import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tap.adql.backends.exact import Geometry

_NULL_TYPES = {
    Kind.INTEGER: "integer",
    Kind.REAL: "float8",
    Kind.STRING: "text",
    Kind.TIMESTAMP: "timestamp",
    Kind.BOOLEAN: "boolean",
    Kind.POINT: "float8[]",
    Kind.CIRCLE: "float8[]",
    Kind.POLYGON: "float8[]",
}


_SMALLEST = -(2**63)
MAX_VALUE = 10_000_000
"""Longest SQL of one expression, in characters; a literal may have two million."""


def generate(statement: bound.Statement, geometry: Geometry, row_limit: int | None = None) -> str:
    """Write a statement; at most ``row_limit`` rows come back, if it is given."""
    return Generator(geometry).statement(statement, row_limit)


class Generator:
    """Writes the parts of one statement."""

    def __init__(self, geometry: Geometry) -> None:
        self._geometry = geometry
        self._conditions = ConditionWriter(self, geometry)
        self._condition = self._conditions.condition
        self._spot = self._conditions.spot

    def statement(self, node: bound.Statement, row_limit: int | None) -> str:
        """Write a whole statement."""
        sql = self.query(node.query, row_limit)
        if not node.common_tables:
            return sql
        common = ", ".join(
            f"{quoted(name)} AS ({self.query(query)})" for name, query in node.common_tables
        )
        return f"WITH {common} {sql}"

    def query(self, node: bound.Query, row_limit: int | None = None) -> str:
        """Write a query with ordering and limits."""
        top = node.body.top if isinstance(node.body, bound.Select) else None
        parts = [self._body(node.body)]
        if node.order_by:
            with self._grouped(node.body):
                keys = ", ".join(self._sort_key(value, desc) for value, desc in node.order_by)
            parts.append(f"ORDER BY {keys}")
        if node.offset is not None:
            parts.append(f"OFFSET {node.offset}")
        limits = [limit for limit in (top, row_limit) if limit is not None]
        if limits:
            parts.append(f"LIMIT {min(limits)}")
        return " ".join(parts)

    def _body(self, node: bound.Body) -> str:
        if isinstance(node, bound.Select):
            return self._select(node)
        if isinstance(node, bound.Query):
            return f"({self.query(node)})"
        operands = [self._operand(node.first)]
        operands += [f"{operator} {self._operand(operand)}" for operator, operand in node.rest]
        return " ".join(operands)

    def _operand(self, node: bound.Body) -> str:
        if isinstance(node, bound.Query):
            return f"({self.query(node)})"
        return f"({self._body(node)})"

    def _sort_key(self, value: bound.Value | int, descending: bool) -> str:  # noqa: FBT001
        return f"{self._key(value)}{' DESC' if descending else ''}"

    def _key(self, value: bound.Value | int) -> str:
        """Write a sort or group key; a bare constant would be taken for a place."""
        if isinstance(value, int):
            return str(value)
        sql = self.value(value)
        return f"({sql})::text" if isinstance(value, bound.Constant) else sql

    def _select(self, node: bound.Select) -> str:
        with self._grouped(node):
            items = ", ".join(self._item(item) for item in node.items)
            group_by = ", ".join(self._key(key) for key in node.group_by)
            having = None if node.having is None else self._condition(node.having)
        parts = [f"SELECT {'DISTINCT ' if node.distinct else ''}{items}"]
        parts.append("FROM " + ", ".join(self._source(source) for source in node.sources))
        if node.where is not None:
            parts.append(f"WHERE {self._condition(node.where)}")
        if group_by:
            parts.append(f"GROUP BY {group_by}")
        if having is not None:
            parts.append(f"HAVING {having}")
        return " ".join(parts)

    @contextmanager
    def _grouped(self, body: bound.Body) -> Iterator[None]:
        """Leave stored columns alone where a query groups by those they are made of."""
        before = self._conditions.grouped
        if isinstance(body, bound.Select) and (body.group_by or body.having is not None):
            self._conditions.grouped = True
        try:
            yield
        finally:
            self._conditions.grouped = before

    def _item(self, item: bound.Item) -> str:
        sql, name = self.value(item.value), quoted(item.sql_name)
        if isinstance(item.value, bound.ColumnValue) and item.value.name == item.sql_name:
            return sql
        return f"{sql} AS {name}"

    def _source(self, node: bound.Source) -> str:
        if isinstance(node, bound.JoinSource):
            condition = "true" if node.condition is None else self._condition(node.condition)
            kind = "" if node.kind == "INNER" else f"{node.kind} "
            right = self._source(node.right)
            if isinstance(node.right, bound.JoinSource):
                right = f"({right})"
            return f"{self._source(node.left)} {kind}JOIN {right} ON {condition}"
        if isinstance(node, bound.QuerySource):
            return f"({self.query(node.query)}) AS {quoted(node.alias)}"
        if isinstance(node, bound.CommonSource):
            return f"{quoted(node.name)} AS {quoted(node.alias)}"
        schema, _, local = (node.table.physical or node.table.name).partition(".")
        return f"{quoted(schema)}.{quoted(local)} AS {quoted(node.alias)}"

    def value(self, node: bound.Value) -> str:
        """Write a value, in parentheses where it could be torn apart.

        Raises
        ------
        MistakeError
            If what writes its arguments twice, inside each other, makes it too long.
        """
        sql = _VALUES[type(node)](self, node)
        if len(sql) > MAX_VALUE:
            raise MistakeError("an expression of the query is too complex", 0)
        return sql

    def _column(self, node: bound.ColumnValue) -> str:
        return f"{quoted(node.relation)}.{quoted(node.name)}"

    def _constant(self, node: bound.Constant) -> str:
        value = node.value
        if value is None:
            sql_type = _NULL_TYPES.get(node.kind)
            return "NULL" if sql_type is None else f"NULL::{sql_type}"
        if node.kind is Kind.TIMESTAMP:
            return f"timestamp {literal(str(value))}"
        if isinstance(value, str):
            return literal(value)
        if node.kind is Kind.BOOLEAN:
            return "true" if value else "false"
        if value == _SMALLEST and isinstance(value, int):
            return "(-9223372036854775807 - 1)"  # written in one it would be numeric
        number = str(value) if isinstance(value, int) else f"{value!r}::float8"
        return f"({number})" if number.startswith("-") else number

    def _negative(self, node: bound.Negative) -> str:
        return f"(-{self.value(node.operand)})"

    def _arithmetic(self, node: bound.Arithmetic) -> str:
        rest = "".join(f" {operator} {self.value(operand)}" for operator, operand in node.rest)
        return f"({self.value(node.first)}{rest})"

    def _concatenation(self, node: bound.Concatenation) -> str:
        return f"({' || '.join(self._text(operand) for operand in node.operands)})"

    def _text(self, node: bound.Value) -> str:
        sql = self.value(node)
        return (
            f"{sql}::text" if isinstance(node, bound.Constant) and node.value is not None else sql
        )

    def _apply(self, node: bound.Apply) -> str:
        return node.function.sql.format(*(self.value(argument) for argument in node.arguments))

    def _aggregate(self, node: bound.Aggregate) -> str:
        if node.argument is None:
            return "count(*)"
        distinct = "DISTINCT " if node.distinct else ""
        argument = self.value(node.argument)
        if node.function == "AVG":
            return f"avg({distinct}{argument})::float8"
        if node.function == "SUM":
            if node.kind is Kind.INTEGER:
                return f"sum({distinct}{argument})::bigint"
            return f"sum({distinct}{argument}::float8)"
        return f"{node.function.lower()}({distinct}{argument})"

    def _coalesce(self, node: bound.Coalesce) -> str:
        return f"coalesce({', '.join(self.value(operand) for operand in node.operands)})"

    def _case(self, node: bound.Case) -> str:
        parts = ["CASE"]
        if node.subject is not None:
            parts.append(self.value(node.subject))
        for test, value in node.branches:
            parts.append(f"WHEN {self._test(test)} THEN {self.value(value)}")
        if node.otherwise is not None:
            parts.append(f"ELSE {self.value(node.otherwise)}")
        return " ".join([*parts, "END"])

    def _test(self, node: bound.Condition | bound.Value) -> str:
        write = _VALUES.get(type(node))
        if write is None:
            return self._condition(node)  # type: ignore[arg-type] # a value has a writer
        return write(self, node)  # type: ignore[arg-type] # so this is one

    def _cast(self, node: bound.Cast) -> str:
        operand = self.value(node.operand)
        if node.operand.kind is Kind.TIMESTAMP and node.kind is Kind.STRING:
            operand = f"""to_char({operand}, 'YYYY-MM-DD"T"HH24:MI:SS.MS')"""
        return f"({operand})::{node.sql_type}"

    def _subquery(self, node: bound.Subquery) -> str:
        return f"({self.query(node.query)})"

    def _element(self, node: bound.Element) -> str:
        return f"({self.value(node.array)})[{node.index}]"

    def _point(self, node: bound.Point) -> str:
        return self._array(node.longitude, node.latitude)

    def _circle(self, node: bound.Circle) -> str:
        parts = (node.centre.longitude, node.centre.latitude, node.radius)
        return self._shape("shape", parts)

    def _polygon(self, node: bound.Polygon) -> str:
        return self._shape("polygon", node.coordinates)

    def _shape(self, function: str, parts: Sequence[bound.Value]) -> str:
        """Write a shape as the array DALI wants; NULL where it is none."""
        if (numbers := constants(parts)) is not None:
            return f"'{{{', '.join(map(repr, numbers))}}}'::float8[]"
        sql = ", ".join([self.value(part) for part in parts])
        return f"adql.{function}(ARRAY[{sql}]::float8[])"

    def _box(self, node: bound.Box) -> str:
        parts = (node.centre.longitude, node.centre.latitude, node.width, node.height)
        return f"adql.box({', '.join([self.value(part) for part in parts])})"

    def _region(self, node: bound.Region) -> str:
        array = self.value(node.array)
        if node.stored is None or self._conditions.grouped:
            return f"adql.shape({array})"
        # The stored column is NULL where the array is no shape, so that it needs no check again.
        return f"CASE WHEN {self.value(node.stored)} IS NOT NULL THEN {array} END"

    def _array(self, *parts: bound.Value) -> str:
        """Write a geometry as the array DALI wants; NULL where a part of it is."""
        sql = [self.value(part) for part in parts]
        array = f"ARRAY[{', '.join(sql)}]::float8[]"
        uncertain = [
            one
            for one, part in zip(sql, parts, strict=True)
            if not isinstance(part, bound.Constant) or part.value is None
        ]
        if not uncertain:
            return array
        known = " AND ".join(f"{one} IS NOT NULL" for one in uncertain)
        return f"CASE WHEN {known} THEN {array} END"

    def _distance(self, node: bound.Distance) -> str:
        return self._geometry.distance(self._spot(node.first), self._spot(node.second))

    def _truth(self, node: bound.Truth) -> str:
        return f"({self._condition(node.condition)})::integer"


# Each method takes the node type it stands under, which a dict cannot express.
_VALUES: dict[type, Callable[[Generator, bound.Value], str]] = {
    bound.ColumnValue: Generator._column,  # type: ignore[dict-item] # noqa: SLF001
    bound.Constant: Generator._constant,  # type: ignore[dict-item] # noqa: SLF001
    bound.Negative: Generator._negative,  # type: ignore[dict-item] # noqa: SLF001
    bound.Arithmetic: Generator._arithmetic,  # type: ignore[dict-item] # noqa: SLF001
    bound.Concatenation: Generator._concatenation,  # type: ignore[dict-item] # noqa: SLF001
    bound.Apply: Generator._apply,  # type: ignore[dict-item] # noqa: SLF001
    bound.Aggregate: Generator._aggregate,  # type: ignore[dict-item] # noqa: SLF001
    bound.Coalesce: Generator._coalesce,  # type: ignore[dict-item] # noqa: SLF001
    bound.Case: Generator._case,  # type: ignore[dict-item] # noqa: SLF001
    bound.Cast: Generator._cast,  # type: ignore[dict-item] # noqa: SLF001
    bound.Subquery: Generator._subquery,  # type: ignore[dict-item] # noqa: SLF001
    bound.Element: Generator._element,  # type: ignore[dict-item] # noqa: SLF001
    bound.Point: Generator._point,  # type: ignore[dict-item] # noqa: SLF001
    bound.Circle: Generator._circle,  # type: ignore[dict-item] # noqa: SLF001
    bound.Polygon: Generator._polygon,  # type: ignore[dict-item] # noqa: SLF001
    bound.Box: Generator._box,  # type: ignore[dict-item] # noqa: SLF001
    bound.Region: Generator._region,  # type: ignore[dict-item] # noqa: SLF001
    bound.Distance: Generator._distance,  # type: ignore[dict-item] # noqa: SLF001
    bound.Truth: Generator._truth,  # type: ignore[dict-item] # noqa: SLF001
}
