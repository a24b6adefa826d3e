"""What a unit is: a factor and powers of base units.

Factors are exact fractions times a power of π, so that 1 deg is 3600 arcsec
and nothing near it. Only multiplication converts: mag, dB, dex and functions
such as ``log(Hz)`` are base units of their own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

_MOST_BITS = 4000
"""Size of an exact factor, far beyond what a double can hold."""


class UnitError(ValueError):
    """A text that is no unit, or units that cannot be converted into each other."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A factor times a power of π times powers of base units."""

    factor: Fraction = Fraction(1)
    pi: Fraction = Fraction(0)
    powers: frozenset[tuple[str, Fraction]] = frozenset()

    def times(self, other: Unit, power: Fraction = Fraction(1)) -> Unit:
        """Multiply by a power of another unit.

        Raises
        ------
        UnitError
            If the factor leaves all bounds.
        """
        raised = other.to_the(power)
        powers = dict(self.powers)
        for base, exponent in raised.powers:
            powers[base] = powers.get(base, Fraction(0)) + exponent
        kept = frozenset((base, exponent) for base, exponent in powers.items() if exponent)
        return Unit(self.factor * raised.factor, self.pi + raised.pi, kept)

    def to_the(self, power: Fraction) -> Unit:
        """Raise to a power.

        Raises
        ------
        UnitError
            If the factor leaves all bounds.
        """
        size = self.factor.numerator.bit_length() + self.factor.denominator.bit_length()
        if size * abs(power) > _MOST_BITS:
            raise UnitError("the factor of this unit is too large")
        if power.denominator == 1:
            factor = self.factor**power.numerator
        else:
            factor = Fraction(math.pow(self.factor, power))
        powers = frozenset((base, exponent * power) for base, exponent in self.powers)
        return Unit(factor, self.pi * power, powers)


def base(name: str) -> Unit:
    """Make a unit of its own."""
    return Unit(powers=frozenset({(name, Fraction(1))}))
