"""The symbols of VOUnits 1.1 (tables 1 to 5) and what they mean."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tap.adql.units.unit import Unit, base

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BASES = (
    "m", "g", "s", "A", "K", "mol", "cd", "rad", "ct", "ph", "electron", "adu", "pix", "voxel",
    "bit", "beam", "bin", "chan", "mag", "dB", "dex", "Crab", "Sun",
)  # fmt: skip

_RADIAN = base("rad")
_RAYLEIGH = {"ph": 1, "m": -2, "s": -1, "rad": -2}

UNITS: Mapping[str, Unit] = {
    **{name: base(name) for name in _BASES},
    "%": Unit(Fraction(1, 100)),
    "deg": Unit(Fraction(1, 180), Fraction(1), _RADIAN.powers),
    "arcmin": Unit(Fraction(1, 180 * 60), Fraction(1), _RADIAN.powers),
    "arcsec": Unit(Fraction(1, 180 * 3600), Fraction(1), _RADIAN.powers),
    "mas": Unit(Fraction(1, 180 * 3_600_000), Fraction(1), _RADIAN.powers),
    "pc": Unit(Fraction(149_597_870_700 * 648_000), Fraction(-1), base("m").powers),
    "R": Unit(
        Fraction(10**10, 4),
        Fraction(-1),
        frozenset((name, Fraction(power)) for name, power in _RAYLEIGH.items()),
    ),
}
"""Units that are not defined by others, and those that π is in."""

DEFINITIONS: Mapping[str, str] = {
    "Hz": "s**-1", "N": "kg.m.s**-2", "Pa": "N/m**2", "J": "N.m", "W": "J/s", "C": "A.s",
    "V": "J/C", "S": "A/V", "F": "C/V", "Wb": "V.s", "T": "Wb/m**2", "H": "Wb/A", "Ohm": "V/A",
    "sr": "rad**2", "lm": "cd.sr", "lx": "lm/m**2", "min": "60s", "h": "3600s", "d": "86400s",
    "a": "365.25d", "yr": "365.25d", "cy": "36525d", "eV": "1.602176634e-19J",
    "Ry": "13.605693122994eV", "u": "1.6605390666e-27kg", "erg": "1e-7J", "G": "1e-4T",
    "barn": "1e-28m**2", "Angstrom": "1e-10m", "angstrom": "1e-10m", "AU": "149597870700m",
    "au": "149597870700m", "lyr": "9460730472580800m", "Jy": "1e-26W.m**-2.Hz**-1",
    "D": "3.3356409519815204e-30C.m", "solLum": "3.828e26W", "solMass": "1.988409870698051e30kg",
    "solRad": "695700000m", "byte": "8bit", "B": "8bit", "count": "ct", "photon": "ph",
    "pixel": "pix",
}  # fmt: skip
"""Units by others; constants of CODATA 2018 and of the IAU's resolution B3 of 2015."""

_ALONE = frozenset(["mas", "min", "h", "AU", "au", "Angstrom", "angstrom", "dB", "dex", "Sun", "%"])
"""Units that take no prefix."""

_DECIMAL = {
    "y": -24, "z": -21, "a": -18, "f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "c": -2, "d": -1,
    "da": 1, "h": 2, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21, "Y": 24,
}  # fmt: skip
_BINARY = {f"{letter}i": power for power, letter in enumerate("KMGTPEZY", start=1)}
_BINARY_UNITS = frozenset({"bit", "byte", "B"})


def readings(name: str) -> Iterator[tuple[Fraction, str]]:
    """Split a name into a prefix's factor and a symbol, in each way there is, best first."""
    yield Fraction(1), name
    for length in (2, 1):
        prefix, symbol = name[:length], name[length:]
        if prefix in _DECIMAL and symbol not in _ALONE:
            yield Fraction(10) ** _DECIMAL[prefix], symbol
        if prefix in _BINARY and symbol in _BINARY_UNITS:
            yield Fraction(1024) ** _BINARY[prefix], symbol
