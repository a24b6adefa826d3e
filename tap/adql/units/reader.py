"""Reads units in the notation of VOUnits 1.1 (section 2.6 and appendix C)."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from tap.adql.units.symbols import DEFINITIONS, UNITS, readings
from tap.adql.units.unit import Unit, UnitError, base

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 100
"""Characters of a unit that are read at most; this bounds its nesting too."""
_LARGEST_POWER = 100

_NUMBER = re.compile(r"\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_TOKEN = re.compile(
    rf"{_NUMBER.pattern}|[A-Za-z]+|%|'[A-Za-z_]\w*'|\*\*|[./()+-]",
    re.ASCII,
)
_FUNCTIONS = frozenset({"log", "ln", "exp", "sqrt"})
_HINTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\s"), "units have no blanks: join them by a dot"),
    (re.compile(r"\^"), "powers are written with **"),
    (re.compile(r"\*"), "a product is written with a dot"),
)


def conversion_factor(source: str, target: str) -> float:
    """Find by what a value in one unit is multiplied to be in another.

    Parameters
    ----------
    source, target
        Units in the notation of VOUnits 1.1.

    Raises
    ------
    UnitError
        If one of them is no unit, or the one cannot become the other.
    """
    one, other = parse_unit(source), parse_unit(target)
    if one.powers != other.powers:
        raise UnitError(f"{source} cannot be converted to {target}")
    quotient = one.times(other, Fraction(-1))
    try:
        factor = float(quotient.factor) * math.pow(math.pi, quotient.pi)
    except OverflowError:
        factor = math.inf
    if not 0 < factor < math.inf:
        raise UnitError(f"the factor from {source} to {target} is out of range")
    return factor


@lru_cache(maxsize=256)
def parse_unit(text: str) -> Unit:
    """Read a unit.

    Raises
    ------
    UnitError
        If the text is no unit.
    """
    try:
        return _Reader(text).unit()
    except UnitError as error:
        raise UnitError(f"{text[:_LONGEST]!r} is no unit: {error}") from None
    except (OverflowError, ZeroDivisionError):
        raise UnitError(f"{text!r} is no unit: its factor is out of range") from None


class _Reader:
    """Reads one unit by recursive descent."""

    def __init__(self, text: str) -> None:
        if len(text) > _LONGEST:
            raise UnitError(f"it has more than {_LONGEST} characters")
        self._tokens = list(_split(text))
        self._place = 0

    def unit(self) -> Unit:
        """Read the whole text."""
        unit = self._complete()
        if self._next:
            raise UnitError(f"{self._next} cannot stand there")
        return unit

    @property
    def _next(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self) -> str:
        taken = self._next
        self._place += 1
        return taken

    def _skip(self, *wanted: str) -> bool:
        """Step over one of these signs, if it is there."""
        found = self._next in wanted
        self._place += found
        return found

    def _complete(self) -> Unit:
        """Read a factor and a product, with at most one division at the end."""
        unit = Unit()
        if self._next[:1].isdigit():
            unit = self._factor()
        elif not self._next:
            raise UnitError("it is empty")
        if self._next not in {"/", ")", ""}:
            unit = unit.times(self._term())
            while self._skip("."):
                unit = unit.times(self._term())
        if self._skip("/"):
            unit = unit.times(self._term(), Fraction(-1))
            if self._next in {"/", "."}:
                raise UnitError("only one unit follows the slash; put several in parentheses")
        return unit

    def _factor(self) -> Unit:
        number = Unit(Fraction(self._take()))
        if not number.factor:
            raise UnitError("its factor is 0")
        return number.to_the(self._power()) if self._skip("**") else number

    def _term(self) -> Unit:
        token = self._take()
        if token == "(":  # noqa: S105 (a sign of the notation)
            unit = self._complete()
            self._close()
        elif token[:1] == "'":
            unit = base(token)
        elif token in _FUNCTIONS and self._skip("("):
            unit = self._function(token)
        elif token[:1].isalpha() or token == "%":  # noqa: S105 (a unit)
            unit = _named(token)
        else:
            raise UnitError("a unit is missing")
        if self._skip("**"):
            return unit.to_the(self._power())
        if self._next[:1].isdigit() or self._next in {"+", "-"}:
            raise UnitError("powers are written with **")
        return unit

    def _function(self, name: str) -> Unit:
        start = self._place
        unit = self._complete()
        inner = "".join(self._tokens[start : self._place])
        self._close()
        return unit.to_the(Fraction(1, 2)) if name == "sqrt" else base(f"{name}({inner})")

    def _close(self) -> None:
        if not self._skip(")"):
            raise UnitError("a parenthesis is not closed")

    def _power(self) -> Fraction:
        parenthesis = self._skip("(")
        power = self._signed()
        if parenthesis:
            if self._skip("/"):
                power /= self._signed()
            self._close()
        if abs(power) > _LARGEST_POWER:
            raise UnitError(f"the power {power} is too large")
        return power

    def _signed(self) -> Fraction:
        sign = -1 if self._next == "-" else 1
        self._skip("+", "-")
        if not self._next[:1].isdigit():
            raise UnitError("a power is missing")
        return sign * Fraction(self._take())


def _split(text: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            hints = (hint for pattern, hint in _HINTS if pattern.match(text, place))
            raise UnitError(next(hints, f"{text[place]!r} cannot stand there"))
        yield found[0]
        place = found.end()


def _named(name: str) -> Unit:
    for factor, symbol in readings(name):
        unit = UNITS.get(symbol)
        if unit is None and symbol in DEFINITIONS:
            unit = parse_unit(DEFINITIONS[symbol])
        if unit is not None:
            return Unit(factor * unit.factor, unit.pi, unit.powers)
    raise UnitError(f"VOUnits knows no {name}")
