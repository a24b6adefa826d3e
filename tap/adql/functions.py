"""The functions of ADQL: one declaration gives argument types, result and SQL.

A template's ``{0}``, ``{1}`` … are the arguments' SQL. No value the generator
makes has PostgreSQL's type ``numeric``, so most functions find their double
precision form by themselves; those that PostgreSQL only has for ``numeric``
go through the value's shortest text, which keeps every digit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tap.adql.kinds import ANYTHING, STRING, Kind, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from schemas.declaration import Column

    Result = Callable[[Sequence[Column]], Column]


@dataclass(frozen=True, slots=True)
class Function:
    """One form of a function.

    Attributes
    ----------
    name
        Name in upper case.
    parameters
        Kind of each argument; an integer may stand for a number.
    result
        Metadata of the result, from those of the arguments.
    sql
        Template of the PostgreSQL text.
    description
        What it returns, for documentation and registry.
    """

    name: str
    parameters: tuple[Kind, ...]
    result: Result
    sql: str
    description: str

    def accepts(self, kinds: Sequence[Kind]) -> bool:
        """Tell whether arguments of these kinds may be passed."""
        return len(kinds) == len(self.parameters) and all(
            kind is wanted or kind in ANYTHING or (wanted is Kind.REAL and kind is Kind.INTEGER)
            for kind, wanted in zip(kinds, self.parameters, strict=True)
        )

    def signature(self) -> str:
        """Write name and argument kinds for a message."""
        return f"{self.name}({', '.join(kind.value for kind in self.parameters)})"


def _double(unit: str | None = None) -> Result:
    return lambda _arguments: plain("double", unit)


def _like_first(arguments: Sequence[Column]) -> Column:
    """Give the type and unit of the first argument."""
    return plain(arguments[0].datatype, arguments[0].unit)


def _double_like_first(arguments: Sequence[Column]) -> Column:
    return plain("double", arguments[0].unit)


def _wider_integer(arguments: Sequence[Column]) -> Column:
    long = any(column.datatype == "long" for column in arguments)
    return plain("long" if long else "int", arguments[0].unit)


def _text(arguments: Sequence[Column]) -> Column:
    return replace(STRING, datatype=arguments[0].datatype)


_ONE = (Kind.REAL,)
_TWO = (Kind.REAL, Kind.REAL)
_PLACES = (Kind.REAL, Kind.INTEGER)

DECLARED: tuple[Function, ...] = (
    # Mathematical functions (ADQL 2.1, section 2.3, table 1)
    Function("ABS", _ONE, _like_first, "abs({0})", "absolute value"),
    Function("CEILING", _ONE, _double_like_first, "ceil({0}::float8)", "smallest integer ≥ x"),
    Function("DEGREES", _ONE, _double("deg"), "degrees({0})", "radians to degrees"),
    Function("EXP", _ONE, _double(), "exp({0})", "e to the power x"),
    Function("FLOOR", _ONE, _double_like_first, "floor({0}::float8)", "largest integer ≤ x"),
    Function("LOG", _ONE, _double(), "ln({0})", "natural logarithm"),
    Function("LOG10", _ONE, _double(), "log10({0})", "logarithm to base 10"),
    Function(
        "MOD", (Kind.INTEGER, Kind.INTEGER), _wider_integer, "mod({0}, {1})",
        "remainder of x/y with the sign of x",
    ),
    Function(
        "MOD", _TWO, _double_like_first, "mod({0}::text::numeric, {1}::text::numeric)::float8",
        "remainder of x/y with the sign of x",
    ),
    Function("PI", (), _double(), "pi()", "the constant π"),
    Function("POWER", _TWO, _double(), "power({0}, {1})", "x to the power y"),
    Function("RADIANS", _ONE, _double("rad"), "radians({0})", "degrees to radians"),
    Function("RAND", (), _double(), "random()", "random number from 0 to 1"),
    Function(
        "RAND", (Kind.INTEGER,), _double(), "random()",
        "random number from 0 to 1; the seed is ignored",
    ),
    Function(
        "ROUND", _ONE, _double_like_first, "round({0}::text::numeric)::float8",
        "x rounded to an integer, halves away from zero",
    ),
    Function(
        "ROUND", _PLACES, _double_like_first, "round({0}::text::numeric, ({1})::integer)::float8",
        "x rounded to n decimal places, left of the point when n is negative",
    ),
    Function("SQRT", _ONE, _double(), "sqrt({0})", "square root"),
    Function(
        "TRUNCATE", _ONE, _double_like_first, "trunc({0}::text::numeric)::float8",
        "x cut to an integer, towards zero",
    ),
    Function(
        "TRUNCATE", _PLACES, _double_like_first,
        "trunc({0}::text::numeric, ({1})::integer)::float8",
        "x cut to n decimal places, left of the point when n is negative",
    ),
    # Trigonometrical functions (section 2.3, table 2)
    Function("ACOS", _ONE, _double("rad"), "acos({0})", "arc cosine"),
    Function("ASIN", _ONE, _double("rad"), "asin({0})", "arc sine"),
    Function("ATAN", _ONE, _double("rad"), "atan({0})", "arc tangent"),
    Function("ATAN2", _TWO, _double("rad"), "atan2({0}, {1})", "arc tangent of y/x"),
    Function("COS", _ONE, _double(), "cos({0})", "cosine"),
    Function("COT", _ONE, _double(), "cot({0})", "cotangent"),
    Function("SIN", _ONE, _double(), "sin({0})", "sine"),
    Function("TAN", _ONE, _double(), "tan({0})", "tangent"),
    # Strings (section 4.4)
    Function("LOWER", (Kind.STRING,), _text, "lower({0})", "in lower case"),
    Function("UPPER", (Kind.STRING,), _text, "upper({0})", "in upper case"),
)  # fmt: skip


def by_name(functions: Iterable[Function]) -> Mapping[str, tuple[Function, ...]]:
    """Group the forms of each function under its name."""
    found: dict[str, tuple[Function, ...]] = {}
    for function in functions:
        name = function.name.upper()
        found[name] = (*found.get(name, ()), function)
    return found


STANDARD = by_name(DECLARED)
