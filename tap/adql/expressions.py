"""Resolves values: names to columns, functions to declarations, kinds checked."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tap.adql import bound, tree
from tap.adql.casts import resolve_cast
from tap.adql.conditions import Conditions
from tap.adql.geometry import GEOMETRY, resolve_geometry
from tap.adql.kinds import (
    ANYTHING,
    NUMBERS,
    STRING,
    UNICODE,
    Kind,
    common,
    kind_of,
    plain,
    wider,
)
from tap.adql.names import suggestion
from tap.adql.scope import UNKNOWN, look_up
from tap.adql.timestamps import as_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schemas.declaration import Column
    from tap.adql.scope import Context, Scope

MAX_TERMS = 2000
"""Most operands of one chain of operators: PostgreSQL nests each in the one before."""

_BIGINT = 2**63
_INTEGER = 2**31
_ORDERED = frozenset({Kind.INTEGER, Kind.REAL, Kind.STRING, Kind.TIMESTAMP}) | ANYTHING


class Expressions:
    """Resolves the values and conditions of one clause.

    Parameters
    ----------
    context
        What the statement shares.
    scope
        The columns that can be named.
    clause
        Name of the clause when it may have no aggregates, else an empty string.
    """

    def __init__(self, context: Context, scope: Scope, clause: str = "") -> None:
        self.context = context
        self.scope = scope
        self.clause = clause
        self.aggregates = 0
        self._inside_aggregate = False
        self.condition = Conditions(self).condition

    def value(self, node: tree.Value) -> bound.Value:
        """Resolve a value of any kind."""
        return _VALUES[type(node)](self, node)

    def number(self, node: tree.Value, where: str) -> bound.Value:
        """Resolve a value that must be a number."""
        value = self.value(node)
        if value.kind in NUMBERS:
            return value
        if value.kind is Kind.NULL:
            return bound.Constant(None, plain("double"), Kind.REAL)
        if value.kind is Kind.UNKNOWN:
            return value
        return self.context.report(f"{where} needs a number, not {value.kind.value}", node.position)

    def string(self, node: tree.Value, where: str) -> bound.Value:
        """Resolve a value that must be a string."""
        value = self.value(node)
        if value.kind is Kind.STRING or value.kind is Kind.UNKNOWN:
            return value
        if value.kind is Kind.NULL:
            return bound.Constant(None, STRING, Kind.STRING)
        return self.context.report(
            f"{where} needs a string, not {value.kind.value}; CAST(… AS VARCHAR) makes one",
            node.position,
        )

    def alike(
        self, nodes: Sequence[tree.Value], where: str
    ) -> tuple[tuple[bound.Value, ...], Column, Kind]:
        """Resolve values that become one column, which has the metadata they share."""
        values = [self.value(node) for node in nodes]
        if any(value.kind is Kind.TIMESTAMP for value in values):
            values = [
                as_timestamp(self.context, value, node.position)
                for value, node in zip(values, nodes, strict=True)
            ]
        known = [value for value in values if value.kind not in ANYTHING]
        if not known:
            return tuple(values), values[0].column, values[0].kind
        for value, node in zip(values, nodes, strict=True):
            if not _mixable(value.kind, known[0].kind):
                self.context.report(
                    f"{where} mixes {known[0].kind.value} with {value.kind.value}", node.position
                )
                return tuple(values), known[0].column, Kind.UNKNOWN
        column = common([value.column for value in known])
        return tuple(values), column, kind_of(column)

    def _name(self, node: tree.Name) -> bound.Value:
        return look_up(self.context, self.scope, node)

    def _number(self, node: tree.Number) -> bound.Value:
        if node.text.isdigit() and len(node.text) < 20 and int(node.text) < _BIGINT:  # noqa: PLR2004
            number = int(node.text)
            datatype = plain("int" if number < _INTEGER else "long")
            return bound.Constant(number, datatype, Kind.INTEGER)
        if not math.isfinite(real := float(node.text)):
            return self.context.report(
                "this number is too large for double precision", node.position
            )
        return bound.Constant(real, plain("double"), Kind.REAL)

    def _string(self, node: tree.String) -> bound.Value:
        column = STRING if node.value.isascii() else UNICODE
        return bound.Constant(node.value, column, Kind.STRING)

    def _null(self, _node: tree.Null) -> bound.Value:
        return bound.Constant(None, STRING, Kind.NULL)

    def _signed(self, node: tree.Signed) -> bound.Value:
        operand = self.number(node.operand, "a sign")
        if not node.negative or operand.kind is Kind.UNKNOWN:
            return operand
        if isinstance(operand, bound.Constant) and isinstance(operand.value, int | float):
            return replace(operand, value=-operand.value)
        return bound.Negative(operand, _computed(operand.column), operand.kind)

    def _arithmetic(self, node: tree.Arithmetic) -> bound.Value:
        if len(node.rest) >= MAX_TERMS:
            return self.context.report(
                f"this expression has {len(node.rest) + 1} terms; at most {MAX_TERMS} are accepted",
                node.position,
            )
        first = self.number(node.first, f"the operator {node.rest[0][0]}")
        rest = [
            (operator, self.number(operand, f"the operator {operator}"))
            for operator, operand in node.rest
        ]
        values = [first, *(value for _, value in rest)]
        if any(value.kind is Kind.UNKNOWN for value in values):
            return UNKNOWN
        datatype = wider([value.column.datatype for value in values])
        column = plain(datatype, _unit(node.rest[0][0], values, [op for op, _ in rest]))
        return bound.Arithmetic(first, tuple(rest), column, kind_of(column))

    def _concatenation(self, node: tree.Concatenation) -> bound.Value:
        if len(node.operands) > MAX_TERMS:
            return self.context.report(
                f"at most {MAX_TERMS} strings can be joined at once", node.position
            )
        values = tuple(self.string(operand, "the operator ||") for operand in node.operands)
        unicode = any(value.column.datatype == "unicodeChar" for value in values)
        return bound.Concatenation(values, UNICODE if unicode else STRING, Kind.STRING)

    def _call(self, node: tree.Call) -> bound.Value:
        if node.function == "COALESCE" and not node.user:
            return self._coalesce(node)
        if node.function in GEOMETRY and not node.user:
            return resolve_geometry(self, node)
        forms = self.context.functions.get(node.function.upper())
        if forms is None:
            return self._unknown_function(node)
        values = [self.value(argument) for argument in node.arguments]
        kinds = [value.kind for value in values]
        if Kind.UNKNOWN in kinds:
            return UNKNOWN
        for function in forms:
            if function.accepts(kinds):
                arguments = tuple(
                    _typed_null(value, kind)
                    for value, kind in zip(values, function.parameters, strict=True)
                )
                column = function.result([value.column for value in arguments])
                return bound.Apply(function, arguments, column, kind_of(column))
        given = ", ".join(kind.value for kind in kinds) or "nothing"
        wanted = " or ".join(function.signature() for function in forms)
        return self.context.report(
            f"{node.function.upper()} cannot take {given}: write {wanted}", node.position
        )

    def _unknown_function(self, node: tree.Call) -> bound.Value:
        for argument in node.arguments:
            self.value(argument)
        if not node.user:
            return self.context.report(
                f"the function {node.function} is not supported here", node.position
            )
        hint = suggestion(node.function, [*self.context.functions, *GEOMETRY, "COUNT", "COALESCE"])
        return self.context.report(f"there is no function {node.function}{hint}", node.position)

    def _coalesce(self, node: tree.Call) -> bound.Value:
        if not node.arguments:
            return self.context.report("COALESCE needs at least one value", node.position)
        values, column, kind = self.alike(node.arguments, "COALESCE")
        return UNKNOWN if kind is Kind.UNKNOWN else bound.Coalesce(values, _computed(column), kind)

    def _aggregate(self, node: tree.Aggregate) -> bound.Value:
        if self.clause or self._inside_aggregate:
            where = "inside another aggregate" if self._inside_aggregate else f"in {self.clause}"
            return self.context.report(f"{node.function} cannot stand {where}", node.position)
        self.aggregates += 1
        if node.argument is None:
            return bound.Aggregate("COUNT", None, False, plain("long"), Kind.INTEGER)  # noqa: FBT003
        self._inside_aggregate = True
        value = self.value(node.argument)
        self._inside_aggregate = False
        if value.kind is Kind.UNKNOWN:
            return UNKNOWN
        return self._typed_aggregate(node, value)

    def _typed_aggregate(self, node: tree.Aggregate, value: bound.Value) -> bound.Value:
        name = node.function
        if name != "COUNT":
            value = _typed_null(value, Kind.REAL)
        if name in {"SUM", "AVG"} and value.kind not in NUMBERS:
            return self.context.report(
                f"{name} needs numbers, not {value.kind.value}", node.position
            )
        if name in {"MIN", "MAX"} and value.kind not in _ORDERED:
            return self.context.report(
                f"{name} needs values with an order, not {value.kind.value}", node.position
            )
        column = _aggregate_column(name, value.column)
        return bound.Aggregate(name, value, node.distinct, column, kind_of(column))

    def _case(self, node: tree.Case) -> bound.Value:
        results = [value for _, value in node.branches]
        if node.otherwise is not None:
            results.append(node.otherwise)
        values, column, kind = self.alike(results, "CASE")
        otherwise = values[-1] if node.otherwise is not None else None
        subject = None
        if node.subject is None:
            tests: list[bound.Condition | bound.Value] = [
                self._case_test(test, node.position) for test, _ in node.branches
            ]
        else:
            plain_tests = [test for test, _ in node.branches if isinstance(test, _VALUE_NODES)]
            if len(plain_tests) != len(node.branches):
                return self.context.report(
                    "CASE value WHEN … compares with values, not conditions", node.position
                )
            compared, _, same = self.alike([node.subject, *plain_tests], "CASE … WHEN")
            subject, tests = compared[0], list(compared[1:])
            kind = Kind.UNKNOWN if same is Kind.UNKNOWN else kind
        if kind is Kind.UNKNOWN:
            return UNKNOWN
        branches = tuple(zip(tests, values, strict=False))
        return bound.Case(subject, branches, otherwise, _computed(column), kind)

    def _case_test(self, node: tree.Condition | tree.Value, position: int) -> bound.Condition:
        """Resolve the condition of a searched CASE."""
        if isinstance(node, _VALUE_NODES):
            self.context.report("CASE WHEN needs a condition", position)
            return bound.IsNull(UNKNOWN, negated=False)
        return self.condition(node)

    def _cast(self, node: tree.Cast) -> bound.Value:
        return resolve_cast(self.context, node, self.value(node.operand))

    def _scalar_query(self, node: tree.ScalarQuery) -> bound.Value:
        query = self.context.query(node.query, self.scope)
        if len(query.items) != 1:
            return self.context.report(
                f"a subquery used as a value returns one column, not {len(query.items)}",
                node.position,
            )
        value = query.items[0].value
        return bound.Subquery(query, value.column, value.kind)


_VALUE_NODES = (
    tree.Name, tree.Number, tree.String, tree.Null, tree.Signed, tree.Arithmetic,
    tree.Concatenation, tree.Call, tree.Aggregate, tree.Case, tree.Cast, tree.ScalarQuery,
)  # fmt: skip

# Each method takes the node type it stands under, which a dict cannot express.
_VALUES: dict[type, Callable[[Expressions, tree.Value], bound.Value]] = {
    tree.Name: Expressions._name,  # type: ignore[dict-item] # noqa: SLF001
    tree.Number: Expressions._number,  # type: ignore[dict-item] # noqa: SLF001
    tree.String: Expressions._string,  # type: ignore[dict-item] # noqa: SLF001
    tree.Null: Expressions._null,  # type: ignore[dict-item] # noqa: SLF001
    tree.Signed: Expressions._signed,  # type: ignore[dict-item] # noqa: SLF001
    tree.Arithmetic: Expressions._arithmetic,  # type: ignore[dict-item] # noqa: SLF001
    tree.Concatenation: Expressions._concatenation,  # type: ignore[dict-item] # noqa: SLF001
    tree.Call: Expressions._call,  # type: ignore[dict-item] # noqa: SLF001
    tree.Aggregate: Expressions._aggregate,  # type: ignore[dict-item] # noqa: SLF001
    tree.Case: Expressions._case,  # type: ignore[dict-item] # noqa: SLF001
    tree.Cast: Expressions._cast,  # type: ignore[dict-item] # noqa: SLF001
    tree.ScalarQuery: Expressions._scalar_query,  # type: ignore[dict-item] # noqa: SLF001
}


def _mixable(one: Kind, other: Kind) -> bool:
    return one is other or one in ANYTHING or (one in NUMBERS and other in NUMBERS)


def _typed_null(value: bound.Value, kind: Kind) -> bound.Value:
    """Give a NULL the type its place demands, where PostgreSQL could not choose."""
    if value.kind is not Kind.NULL or not isinstance(value, bound.Constant):
        return value
    if kind in NUMBERS:
        return bound.Constant(None, plain("int" if kind is Kind.INTEGER else "double"), kind)
    return bound.Constant(None, STRING, Kind.STRING)


def _computed(column: Column) -> Column:
    """Keep type and unit of a column whose value was changed."""
    kept = plain(column.datatype, column.unit)
    return replace(kept, arraysize=column.arraysize, xtype=column.xtype)


def _unit(operator: str, values: Sequence[bound.Value], operators: Sequence[str]) -> str | None:
    """Find the unit of a sum or product, where it is certain."""
    units = {value.column.unit for value in values if not isinstance(value, bound.Constant)}
    if operator in "+-":
        return units.pop() if len(units) == 1 else None
    scaled = [value for value in values if not isinstance(value, bound.Constant)]
    if len(scaled) == 1 and (values[0] is scaled[0] or "/" not in operators):
        return scaled[0].column.unit
    return None


def _aggregate_column(name: str, column: Column) -> Column:
    """Give the metadata of an aggregate of a column (ADQL 2.1, section 2.2)."""
    if name == "COUNT":
        return plain("long", None)
    if name in {"MIN", "MAX"}:
        return replace(column, time_system=column.time_system)
    if name == "AVG" or kind_of(column) is Kind.REAL:
        return plain("double", column.unit)
    return plain("long", column.unit)
