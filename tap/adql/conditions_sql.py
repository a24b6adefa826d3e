"""Writes search conditions as PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tap.adql import bound
from tap.adql.backends import Radius, Shape, Spot
from tap.adql.folding import folded
from tap.adql.kinds import Kind
from tap.adql.names import literal
from tap.adql.patterns import index_condition

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tap.adql.backends.exact import Geometry

_ALL_SKY = 180.0


class Writer(Protocol):
    """What the writer of conditions needs of the generator."""

    def value(self, node: bound.Value) -> str:
        """Write a value."""

    def query(self, node: bound.Query, row_limit: int | None = None) -> str:
        """Write a query."""


class ConditionWriter:
    """Writes conditions, the geometrical ones as the back end says."""

    def __init__(self, writer: Writer, geometry: Geometry) -> None:
        self._geometry = geometry
        self._value = writer.value
        self._query = writer.query
        self.grouped = False
        """Whether stored columns, which are not grouped by, cannot be used."""

    def condition(self, node: bound.Condition) -> str:
        """Write a condition, in parentheses where it could be torn apart."""
        return _CONDITIONS[type(node)](self, node)

    def spot(self, node: bound.Point) -> Spot:
        """Describe a point to the geometry back end."""
        stored = self._stored(node.vector)
        longitude, latitude = _number(node.longitude), _number(node.latitude)
        numbers = None
        if longitude is not None and latitude is not None:
            numbers = (longitude, latitude)
        temporary = stored is not None and node.vector is not None and node.vector.temporary
        return Spot(
            self._value(node.longitude), self._value(node.latitude), stored, numbers, temporary
        )

    def shape(self, node: bound.Shape) -> Shape:
        """Describe a circle or polygon to the geometry back end."""
        stored = self._stored(node.stored) if isinstance(node, bound.Region) else None
        return Shape(self._value(node), stored, _numbers(node))

    def _stored(self, column: bound.ColumnValue | None) -> str | None:
        return None if column is None or self.grouped else self._value(column)

    def _compare(self, node: bound.Compare) -> str:
        return f"{self._operand(node.left)} {node.operator} {self._operand(node.right)}"

    def _operand(self, node: bound.Value) -> str:
        """Write a side of a comparison; a NULL there needs no type."""
        if isinstance(node, bound.Constant) and node.kind is Kind.NULL:
            return "NULL"
        return self._value(node)

    def _between(self, node: bound.Between) -> str:
        word = "NOT BETWEEN" if node.negated else "BETWEEN"
        low, high = self._value(node.low), self._value(node.high)
        return f"({self._value(node.value)} {word} {low} AND {high})"

    def _in_list(self, node: bound.InList) -> str:
        choices = ", ".join([self._value(choice) for choice in node.choices])
        return f"{self._value(node.value)} {'NOT IN' if node.negated else 'IN'} ({choices})"

    def _in_query(self, node: bound.InQuery) -> str:
        word = "NOT IN" if node.negated else "IN"
        return f"{self._value(node.value)} {word} ({self._query(node.query)})"

    def _like(self, node: bound.Like) -> str:
        word = ("NOT " if node.negated else "") + ("ILIKE" if node.ignore_case else "LIKE")
        # An empty ESCAPE switches off the backslash, which ADQL knows nothing of.
        like = f"{self._value(node.value)} {word} {self._value(node.pattern)} ESCAPE ''"
        return like if node.negated or node.ignore_case else self._with_index(node, like)

    def _with_index(self, node: bound.Like, like: str) -> str:
        """Put a condition an index can serve before a LIKE of a declared column."""
        column, pattern = node.value, node.pattern
        if not isinstance(column, bound.ColumnValue) or column.table is None:
            return like
        if not isinstance(pattern, bound.Constant) or not isinstance(pattern.value, str):
            return like
        operator, start, undecided = index_condition(pattern.value)
        if not operator:
            return like
        indexed = f"{self._value(column)} {operator} {literal(start)}"
        return f"({indexed} AND {like})" if undecided else indexed

    def _is_null(self, node: bound.IsNull) -> str:
        return f"{self._value(node.value)} IS {'NOT ' if node.negated else ''}NULL"

    def _exists(self, node: bound.Exists) -> str:
        return f"EXISTS ({self._query(node.query)})"

    def _not(self, node: bound.Not) -> str:
        return f"NOT ({self.condition(node.condition)})"

    def _logical(self, node: bound.Logical) -> str:
        joined = f" {node.operator} ".join([self.condition(one) for one in node.conditions])
        return f"({joined})"

    def _paired(self, node: bound.Paired) -> str:
        """Write an equality that always holds and that PostgreSQL does not see through."""
        left, right = self._value(node.left), self._value(node.right)
        return f"(num_nulls({left}) >= 0) = (num_nulls({right}) >= 0)"

    def _within(self, node: bound.Within) -> str:
        return self._geometry.within(
            self.spot(node.first), self.spot(node.second), self._radius(node), strict=node.strict
        )

    def _radius(self, node: bound.Within) -> Radius:
        """Describe a radius; constant ones are often written as 1/3600. or 5/60."""
        number = folded(node.radius)
        if number is None or not 0 <= number <= _ALL_SKY:
            return Radius(self._value(node.radius))
        return Radius(self._value(node.radius), float(number))

    def _inside(self, node: bound.Inside) -> str:
        return self._geometry.inside(self.spot(node.point), self.shape(node.shape))

    def _contained(self, node: bound.Contained) -> str:
        return self._geometry.contained(self.shape(node.inner), self.shape(node.outer))

    def _overlapping(self, node: bound.Overlapping) -> str:
        return self._geometry.overlapping(self.shape(node.first), self.shape(node.second))


# Each method takes the node type it stands under, which a dict cannot express.
_CONDITIONS: dict[type, Callable[[ConditionWriter, bound.Condition], str]] = {
    bound.Compare: ConditionWriter._compare,  # type: ignore[dict-item] # noqa: SLF001
    bound.Between: ConditionWriter._between,  # type: ignore[dict-item] # noqa: SLF001
    bound.InList: ConditionWriter._in_list,  # type: ignore[dict-item] # noqa: SLF001
    bound.InQuery: ConditionWriter._in_query,  # type: ignore[dict-item] # noqa: SLF001
    bound.Like: ConditionWriter._like,  # type: ignore[dict-item] # noqa: SLF001
    bound.IsNull: ConditionWriter._is_null,  # type: ignore[dict-item] # noqa: SLF001
    bound.Exists: ConditionWriter._exists,  # type: ignore[dict-item] # noqa: SLF001
    bound.Not: ConditionWriter._not,  # type: ignore[dict-item] # noqa: SLF001
    bound.Logical: ConditionWriter._logical,  # type: ignore[dict-item] # noqa: SLF001
    bound.Paired: ConditionWriter._paired,  # type: ignore[dict-item] # noqa: SLF001
    bound.Within: ConditionWriter._within,  # type: ignore[dict-item] # noqa: SLF001
    bound.Inside: ConditionWriter._inside,  # type: ignore[dict-item] # noqa: SLF001
    bound.Contained: ConditionWriter._contained,  # type: ignore[dict-item] # noqa: SLF001
    bound.Overlapping: ConditionWriter._overlapping,  # type: ignore[dict-item] # noqa: SLF001
}


def _number(node: bound.Value) -> float | None:
    """Give the value of a numeric constant."""
    if isinstance(node, bound.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    return None


def _numbers(node: bound.Shape) -> tuple[float, ...] | None:
    """Give the elements of a shape made of numeric constants."""
    if isinstance(node, bound.Polygon):
        return constants(node.coordinates)
    if isinstance(node, bound.Circle):
        return constants((node.centre.longitude, node.centre.latitude, node.radius))
    return None


def constants(values: Sequence[bound.Value]) -> tuple[float, ...] | None:
    """Give the values of numeric constants, if all are such."""
    numbers = [_number(value) for value in values]
    known = tuple(number for number in numbers if number is not None)
    return known if len(known) == len(numbers) else None
