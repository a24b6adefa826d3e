"""The mathematical and string functions of ADQL 2.1 (sections 2.3 and 4.4).

No value the generator makes has PostgreSQL's type ``numeric``, so most
functions find their double precision form by themselves; those that PostgreSQL
only has for ``numeric`` go through the value's shortest text, which keeps
every digit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from schemas.declaration import Column
from schemas.functions import Example, Function, like_first
from tap.adql.kinds import STRING

if TYPE_CHECKING:
    from collections.abc import Sequence


def _wider_integer(arguments: Sequence[Column]) -> Column:
    long = any(column.datatype == "long" for column in arguments)
    return Column("", "long" if long else "int", unit=arguments[0].unit)


def _text(arguments: Sequence[Column]) -> Column:
    return replace(STRING, datatype=arguments[0].datatype)


def _one(call: str, value: object) -> tuple[Example, ...]:
    return (Example(call, value),)


_MATHEMATICAL = (
    Function(
        "ABS(x REAL) -> REAL", "abs({0})", "absolute value",
        _one("ABS(-2.5)", 2.5), result=like_first(),
    ),
    Function(
        "CEILING(x REAL) -> REAL", "ceil({0}::float8)", "smallest whole number not below x",
        _one("CEILING(-7.5)", -7.0), result=like_first("double"),
    ),
    Function(
        "DEGREES(x REAL) -> REAL", "degrees({0})", "radians to degrees",
        _one("DEGREES(PI())", 180.0), unit="deg",
    ),
    Function("EXP(x REAL) -> REAL", "exp({0})", "e to the power x", _one("EXP(0)", 1.0)),
    Function(
        "FLOOR(x REAL) -> REAL", "floor({0}::float8)", "largest whole number not above x",
        _one("FLOOR(-7.5)", -8.0), result=like_first("double"),
    ),
    Function("LOG(x REAL) -> REAL", "ln({0})", "natural logarithm", _one("LOG(EXP(2))", 2.0)),
    Function(
        "LOG10(x REAL) -> REAL", "log10({0})", "logarithm to base 10", _one("LOG10(1000)", 3.0)
    ),
    Function(
        "MOD(x INTEGER, y INTEGER) -> BIGINT", "mod({0}, {1})",
        "remainder of x/y with the sign of x", _one("MOD(-7, 3)", -1), result=_wider_integer,
    ),
    Function(
        "MOD(x REAL, y REAL) -> REAL", "mod({0}::text::numeric, {1}::text::numeric)::float8",
        "remainder of x/y with the sign of x", _one("MOD(-7.5, 2)", -1.5),
        result=like_first("double"),
    ),
    Function("PI() -> REAL", "pi()", "the constant π", _one("PI()", 3.141592653589793)),
    Function(
        "POWER(x REAL, y REAL) -> REAL", "power({0}, {1})", "x to the power y",
        _one("POWER(2, -1)", 0.5),
    ),
    Function(
        "RADIANS(x REAL) -> REAL", "radians({0})", "degrees to radians",
        _one("RADIANS(180)", 3.141592653589793), unit="rad",
    ),
    Function(
        "RAND() -> REAL", "random()", "random number from 0 to below 1",
        _one("FLOOR(RAND())", 0.0),
    ),
    Function(
        "RAND(seed INTEGER) -> REAL", "random()",
        "random number from 0 to below 1; the seed is ignored", _one("FLOOR(RAND(42))", 0.0),
    ),
    Function(
        "ROUND(x REAL) -> REAL", "round({0}::text::numeric)::float8",
        "x rounded to a whole number, halves away from zero", _one("ROUND(-2.5)", -3.0),
        result=like_first("double"),
    ),
    Function(
        "ROUND(x REAL, n INTEGER) -> REAL", "round({0}::text::numeric, ({1})::integer)::float8",
        "x rounded to n decimal places, left of the point when n is negative",
        _one("ROUND(1250.55, -2)", 1300.0), result=like_first("double"),
    ),
    Function("SQRT(x REAL) -> REAL", "sqrt({0})", "square root", _one("SQRT(16)", 4.0)),
    Function(
        "TRUNCATE(x REAL) -> REAL", "trunc({0}::text::numeric)::float8",
        "x cut to a whole number, towards zero", _one("TRUNCATE(-2.9)", -2.0),
        result=like_first("double"),
    ),
    Function(
        "TRUNCATE(x REAL, n INTEGER) -> REAL", "trunc({0}::text::numeric, ({1})::integer)::float8",
        "x cut to n decimal places, left of the point when n is negative",
        _one("TRUNCATE(3.149, 2)", 3.14), result=like_first("double"),
    ),
)  # fmt: skip

_TRIGONOMETRICAL = (
    Function("ACOS(x REAL) -> REAL", "acos({0})", "arc cosine", _one("ACOS(1)", 0.0), unit="rad"),
    Function(
        "ASIN(x REAL) -> REAL", "asin({0})", "arc sine",
        _one("DEGREES(ASIN(0.5))", 30.0), unit="rad",
    ),
    Function(
        "ATAN(x REAL) -> REAL", "atan({0})", "arc tangent",
        _one("DEGREES(ATAN(1))", 45.0), unit="rad",
    ),
    Function(
        "ATAN2(y REAL, x REAL) -> REAL", "atan2({0}, {1})",
        "angle of the direction (x, y) from the x axis",
        _one("DEGREES(ATAN2(1, -1))", 135.0), unit="rad",
    ),
    Function("COS(x REAL) -> REAL", "cos({0})", "cosine", _one("COS(PI())", -1.0)),
    Function("COT(x REAL) -> REAL", "cot({0})", "cotangent", _one("COT(PI() / 4)", 1.0)),
    Function("SIN(x REAL) -> REAL", "sin({0})", "sine", _one("SIN(PI() / 6)", 0.5)),
    Function("TAN(x REAL) -> REAL", "tan({0})", "tangent", _one("TAN(PI() / 4)", 1.0)),
)  # fmt: skip

_STRINGS = (
    Function(
        "LOWER(text VARCHAR) -> VARCHAR", "lower({0})", "the text in lower case",
        _one("LOWER('CoRoT')", "corot"), result=_text,
    ),
    Function(
        "UPPER(text VARCHAR) -> VARCHAR", "upper({0})", "the text in upper case",
        _one("UPPER('CoRoT')", "COROT"), result=_text,
    ),
)  # fmt: skip

FUNCTIONS = (*_MATHEMATICAL, *_TRIGONOMETRICAL, *_STRINGS)
"""The functions whose names are reserved words, but for geometry, COALESCE and IN_UNIT."""
