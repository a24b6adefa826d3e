"""Writes search conditions as PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tap.adql import bound
from tap.adql.cube import Radius, Spot
from tap.adql.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap.adql.cube import Geometry


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

    def condition(self, node: bound.Condition) -> str:
        """Write a condition, in parentheses where it could be torn apart."""
        return _CONDITIONS[type(node)](self, node)

    def spot(self, node: bound.Point) -> Spot:
        """Describe a point to the geometry back end."""
        stored = None if node.vector is None else self._value(node.vector)
        longitude, latitude = _number(node.longitude), _number(node.latitude)
        numbers = None
        if longitude is not None and latitude is not None:
            numbers = (longitude, latitude)
        return Spot(self._value(node.longitude), self._value(node.latitude), stored, numbers)

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
        return f"{self._value(node.value)} {word} {self._value(node.pattern)} ESCAPE ''"

    def _is_null(self, node: bound.IsNull) -> str:
        return f"{self._value(node.value)} IS {'NOT ' if node.negated else ''}NULL"

    def _exists(self, node: bound.Exists) -> str:
        return f"EXISTS ({self._query(node.query)})"

    def _not(self, node: bound.Not) -> str:
        return f"NOT ({self.condition(node.condition)})"

    def _logical(self, node: bound.Logical) -> str:
        joined = f" {node.operator} ".join([self.condition(one) for one in node.conditions])
        return f"({joined})"

    def _within(self, node: bound.Within) -> str:
        radius = Radius(self._value(node.radius), _number(node.radius))
        return self._geometry.within(
            self.spot(node.first), self.spot(node.second), radius, strict=node.strict
        )


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
    bound.Within: ConditionWriter._within,  # type: ignore[dict-item] # noqa: SLF001
}


def _number(node: bound.Value) -> float | None:
    """Give the value of a numeric constant."""
    if isinstance(node, bound.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    return None
