"""Resolves values: names to columns, functions to declarations, kinds checked."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tap.adql import bound, tree
from tap.adql.calls import resolve_call
from tap.adql.casts import resolve_cast
from tap.adql.conditions import Conditions
from tap.adql.in_unit import resolve_in_unit
from tap.adql.kinds import (
    ANYTHING,
    NUMBERS,
    STRING,
    UNICODE,
    Kind,
    kind_of,
    plain,
)
from tap.adql.metadata import aggregate, arithmetic, merged, widened
from tap.adql.predicates import GEOMETRY, resolve_geometry
from tap.adql.scope import UNKNOWN, look_up
from tap.adql.timestamps import as_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schemas.declaration import Column
    from tap.adql.scope import Context, Scope

MAX_TERMS = 2000
"""Most operands of one chain of operators: PostgreSQL nests each in the one before."""

MAX_CALLS = 32
"""Deepest nesting of function calls: some write an argument twice."""

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
        column = merged(known)
        return widened(values, column), column, kind_of(column)

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
        positive = node.operand.text if isinstance(node.operand, tree.Number) else ""
        if node.negative and positive == str(_BIGINT):
            # The smallest long has no positive counterpart.
            return bound.Constant(-_BIGINT, plain("long"), Kind.INTEGER)
        operand = self.number(node.operand, "a sign")
        if not node.negative or operand.kind is Kind.UNKNOWN:
            return operand
        if isinstance(operand, bound.Constant) and isinstance(operand.value, int | float):
            return replace(operand, value=-operand.value)
        return bound.Negative(operand, _computed(operand.column), operand.kind)

    def _arithmetic(self, node: tree.Arithmetic) -> bound.Value:
        if not self._affords(len(node.rest) + 1, node.position):
            return UNKNOWN
        first = self.number(node.first, f"the operator {node.rest[0][0]}")
        rest = [
            (operator, self.number(operand, f"the operator {operator}"))
            for operator, operand in node.rest
        ]
        if first.kind is Kind.UNKNOWN or any(value.kind is Kind.UNKNOWN for _, value in rest):
            return UNKNOWN
        column = arithmetic(first, rest)
        return bound.Arithmetic(first, tuple(rest), column, kind_of(column))

    def _affords(self, terms: int, position: int) -> bool:
        """Count operands, and report too many of them."""
        self.context.terms += terms
        if terms > MAX_TERMS or self.context.terms > 2 * MAX_TERMS:
            of = "this expression" if terms > MAX_TERMS else "all expressions of the query together"
            count = terms if terms > MAX_TERMS else self.context.terms
            most = MAX_TERMS if terms > MAX_TERMS else 2 * MAX_TERMS
            self.context.report(f"{of}: {count} terms; at most {most} are accepted", position)
            return False
        return True

    def _concatenation(self, node: tree.Concatenation) -> bound.Value:
        if not self._affords(len(node.operands), node.position):
            return UNKNOWN
        values = tuple(self.string(operand, "the operator ||") for operand in node.operands)
        unicode = any(value.column.datatype == "unicodeChar" for value in values)
        return bound.Concatenation(values, UNICODE if unicode else STRING, Kind.STRING)

    def _call(self, node: tree.Call) -> bound.Value:
        if self.context.calls >= MAX_CALLS:
            return self.context.report(
                f"at most {MAX_CALLS} function calls can stand inside each other", node.position
            )
        self.context.calls += 1
        value = self._called(node)
        self.context.calls -= 1
        return value

    def _called(self, node: tree.Call) -> bound.Value:
        if node.function == "COALESCE" and not node.user:
            return self._coalesce(node)
        if node.function in GEOMETRY and not node.user:
            return resolve_geometry(self, node)
        if node.function == "IN_UNIT" and not node.user:
            return resolve_in_unit(self, node)
        return resolve_call(self, node)

    def _coalesce(self, node: tree.Call) -> bound.Value:
        if not node.arguments:
            return self.context.report("COALESCE needs at least one value", node.position)
        values, column, kind = self.alike(node.arguments, "COALESCE")
        if kind in ANYTHING:
            return bound.Constant(None, STRING, kind)
        return bound.Coalesce(values, column, kind)

    def _aggregate(self, node: tree.Aggregate) -> bound.Value:
        arguments = () if node.argument is None else (node.argument,)
        values = self.aggregated(node.function, node.position, arguments)
        if values is None:
            return UNKNOWN
        if not values:
            return bound.Aggregate("COUNT", None, False, aggregate("COUNT", STRING), Kind.INTEGER)  # noqa: FBT003
        if values[0].kind is Kind.UNKNOWN:
            return UNKNOWN
        return self._typed_aggregate(node, values[0])

    def aggregated(
        self, name: str, position: int, arguments: Sequence[tree.Value]
    ) -> list[bound.Value] | None:
        """Resolve the arguments of an aggregate; None, and a report, where none may stand."""
        if self.clause or self._inside_aggregate:
            where = "inside another aggregate" if self._inside_aggregate else f"in {self.clause}"
            instead = ": HAVING takes conditions on groups" if self.clause == "WHERE" else ""
            self.context.report(f"{name} cannot stand {where}{instead}", position)
            return None
        self.aggregates += 1
        self._inside_aggregate = True
        values = [self.value(argument) for argument in arguments]
        self._inside_aggregate = False
        return values

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
        column = aggregate(name, value.column)
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
            compared, common, same = self.alike([node.subject, *plain_tests], "CASE … WHEN")
            subject, tests = compared[0], list(compared[1:])
            if subject.kind is Kind.NULL and same not in ANYTHING:
                subject = bound.Constant(None, common, same)
            kind = Kind.UNKNOWN if same is Kind.UNKNOWN else kind
        if kind in ANYTHING:
            return bound.Constant(None, STRING, kind)
        branches = tuple(zip(tests, values, strict=False))
        return bound.Case(subject, branches, otherwise, column, kind)

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
        if value.kind in ANYTHING:
            return bound.Constant(None, STRING, value.kind)
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
