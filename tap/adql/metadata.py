"""What is known about a computed value: unit, UCD and description of its column.

The rules, where ``c`` is a declared column and constants have no metadata:

===================================  ==========================================
``c + c``, ``c - c``, ``c + 1``      the unit, where all operands have the same
``c * c``, ``c / c``, ``1 / c``      the units combined, where they are plain
``c * 2.5``, ``c / 2``, ``-c``       the unit of ``c``
``c - c``, ``c + c``, ``c / c``      one UCD of both, with ``arith.diff`` …
``MIN``, ``MAX``, ``AVG``, ``SUM``   unit and UCD, with ``stat.min`` … ``arith.sum``
``COUNT``                            ``meta.number``
``COALESCE``, ``CASE``               whatever all columns in it agree upon
set operators                        the first operand's (ADQL 2.1, section 4.6)
===================================  ==========================================

The added words are secondary ones, which UCD1+ puts after what they qualify.
A unit is only given where it is certain; units on logarithmic scales (``mag``)
are not multiplied.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from tap.adql import bound
from tap.adql.kinds import common, kind_of, plain, wider

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schemas.declaration import Column

_T = TypeVar("_T")

_FACTOR = re.compile(r"([A-Za-z]+)(?:\*\*)?(-?[0-9]{1,2})?")
_LOGARITHMIC = frozenset({"mag", "dB", "dex", "Np", "B", "Bel"})
_ARITHMETIC_WORDS = {"+": "arith.sum", "-": "arith.diff", "/": "arith.ratio"}
_AGGREGATES = {
    "MIN": ("stat.min", "Minimum"),
    "MAX": ("stat.max", "Maximum"),
    "AVG": ("stat.mean", "Mean"),
    "SUM": ("arith.sum", "Sum"),
}


def arithmetic(first: bound.Value, rest: Sequence[tuple[str, bound.Value]]) -> Column:
    """Describe a chain of sums and differences, or of products and quotients."""
    values = [first, *(value for _, value in rest)]
    operators = [operator for operator, _ in rest]
    datatype = wider([value.column.datatype for value in values])
    if operators[0] in "+-":
        unit = _one([value.column.unit for value in values if not _is_constant(value)])
    else:
        unit = _product([("*", first), *rest])
    return replace(plain(datatype, unit), ucd=_arithmetic_ucd(values, operators))


def _arithmetic_ucd(values: Sequence[bound.Value], operators: Sequence[str]) -> str | None:
    word = _ARITHMETIC_WORDS.get(operators[0])
    if word is None or len(values) != 2:  # noqa: PLR2004 (UCD1+: "of two quantities")
        return None
    ucds = {None if _is_constant(value) else value.column.ucd for value in values}
    return with_word(ucds.pop(), word) if len(ucds) == 1 else None


def with_word(ucd: str | None, word: str) -> str | None:
    """Add a secondary word to a UCD; what is computed is no main column any more."""
    if not ucd:
        return None
    words = [one for one in ucd.split(";") if one.lower() != "meta.main"]
    return ";".join(words if word in words else [*words, word])


def aggregate(function: str, column: Column) -> Column:
    """Describe an aggregate of a column (ADQL 2.1, section 2.2)."""
    if function == "COUNT":
        return replace(plain("long"), ucd="meta.number")
    word, title = _AGGREGATES[function]
    if function in {"MIN", "MAX"}:
        described = replace(column, name="", utype=None)
    else:
        whole = function == "SUM" and column.datatype not in {"float", "double"}
        described = plain("long" if whole else "double", column.unit)
    return replace(
        described,
        ucd=with_word(column.ucd, word),
        description=f"{title}: {column.description}" if column.description else "",
    )


def merged(values: Sequence[bound.Value]) -> Column:
    """Describe what is one of several values: their type, and the labels all columns share."""
    column = common([value.column for value in values])
    columns = [value.column for value in values if not _is_constant(value)]
    return replace(
        column,
        name="",
        unit=_one([one.unit for one in columns]),
        ucd=_one([one.ucd for one in columns]),
        utype=_one([one.utype for one in columns]),
        description=_one([one.description for one in columns]) or "",
        time_system=_one([one.time_system for one in columns]),
    )


def widened(values: Sequence[bound.Value], column: Column) -> tuple[bound.Value, ...]:
    """Make PostgreSQL give values that become one column its declared type.

    It would make ``real`` of an integer and a ``real``, which cannot hold
    every integer.
    """
    if column.datatype != "double" or column.arraysize is not None:
        return tuple(values)
    if any(value.column.datatype == "double" for value in values if value.column.arraysize is None):
        return tuple(values)
    return (as_double(values[0]), *values[1:])


def as_double(value: bound.Value) -> bound.Value:
    """Make a number double precision."""
    column = replace(value.column, datatype="double", arraysize=None, xtype=None)
    if isinstance(value, bound.Constant):
        number = None if value.value is None else float(value.value)
        return bound.Constant(number, column, kind_of(column))
    return bound.Cast(value, "float8", column, kind_of(column))


def _is_constant(value: bound.Value) -> bool:
    return isinstance(value, bound.Constant)


def _is_pure(value: bound.Value) -> bool:
    """Tell whether a factor surely has no unit: a constant or a count."""
    return _is_constant(value) or (not value.column.unit and value.column.ucd == "meta.number")


def _one(values: Sequence[_T]) -> _T | None:
    """Give what all values are, if they are all the same."""
    return values[0] if values and all(value == values[0] for value in values) else None


def _product(factors: Sequence[tuple[str, bound.Value]]) -> str | None:
    """Combine the units of factors and divisors, where all are plain."""
    scaled = [(operator, one) for operator, one in factors if not _is_pure(one)]
    if len(scaled) == 1 and scaled[0][0] == "*":
        return scaled[0][1].column.unit
    powers: dict[str, int] = {}
    for operator, value in scaled:
        found = unit_powers(value.column.unit)
        if found is None:
            return None
        for symbol, power in found.items():
            powers[symbol] = powers.get(symbol, 0) + (power if operator == "*" else -power)
    return unit_text({symbol: power for symbol, power in powers.items() if power})


def unit_powers(unit: str | None) -> Mapping[str, int] | None:
    """Take a plain unit apart: symbols and their powers; None where it is not plain.

    Plain are products of symbols with at most one divisor, which comes last,
    in the syntax of VOUnits 1.0 or with the power directly after the symbol.
    """
    if not unit:
        return None
    above, slash, below = unit.partition("/")
    if slash and not re.fullmatch(r"[A-Za-z]+(?:\*\*)?[0-9]?", below):
        return None
    powers: dict[str, int] = {}
    for text, sign in [*((one, 1) for one in above.split(".")), *([(below, -1)] if slash else [])]:
        factor = _FACTOR.fullmatch(text)
        if factor is None or factor[1] in _LOGARITHMIC:
            return None
        powers[factor[1]] = powers.get(factor[1], 0) + sign * int(factor[2] or 1)
    return powers


def unit_text(powers: Mapping[str, int]) -> str | None:
    """Write a unit as VOUnits 1.0 (section 3) has it; None without any symbol."""
    above = [(symbol, power) for symbol, power in powers.items() if power > 0]
    below = [(symbol, power) for symbol, power in powers.items() if power < 0]
    if above and len(below) == 1:
        ((symbol, power),) = below
        return f"{_factors(above)}/{_factors([(symbol, -power)])}"
    return _factors([*above, *below]) or None


def _factors(powers: Sequence[tuple[str, int]]) -> str:
    return ".".join(symbol if power == 1 else f"{symbol}**{power}" for symbol, power in powers)
