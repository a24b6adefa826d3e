"""Units against astropy, which is no part of the translator."""

from __future__ import annotations

import time
import warnings

import pytest
from astropy import units as u
from hypothesis import given
from hypothesis import strategies as st

from schemas.published import CATALOGUE
from tap.adql.units import UnitError, conversion_factor, parse_unit

SIMPLE = (
    "m", "g", "s", "A", "K", "mol", "cd", "rad", "sr", "Hz", "N", "Pa", "J", "W", "C", "V",
    "S", "F", "Wb", "T", "H", "Ohm", "lm", "lx", "min", "h", "d", "a", "yr", "deg", "arcmin",
    "arcsec", "mas", "eV", "Ry", "u", "AU", "pc", "lyr", "Jy", "mag", "ct", "count", "ph",
    "photon", "adu", "pix", "pixel", "voxel", "bit", "byte", "beam", "bin", "chan", "solLum",
    "solMass", "solRad", "R", "D", "km", "kpc", "Mpc", "um", "nm", "mJy", "uJy", "keV", "Gyr",
    "kHz", "mmag", "cm", "dm", "das", "GPa", "fF", "Kibit", "Mibyte", "marcsec", "erg", "barn",
    "Angstrom", "G",
)  # fmt: skip


def as_astropy(text: str) -> u.UnitBase:
    with warnings.catch_warnings(category=u.UnitsWarning, action="ignore"):
        return u.Unit(text, format="vounit")


@pytest.mark.parametrize("symbol", SIMPLE)
def test_symbols_mean_what_astropy_says(symbol: str) -> None:
    unit = as_astropy(symbol)
    for other in SIMPLE:
        target = as_astropy(other)
        if unit.physical_type == target.physical_type and unit.is_equivalent(target):
            factor = conversion_factor(symbol, other)
            assert factor == pytest.approx(unit.to(target), rel=1e-6 if symbol != other else 0)


terms = st.tuples(
    st.sampled_from(["m", "s", "deg", "Jy", "kpc", "mas", "eV", "solMass", "electron"][:-1]),
    st.sampled_from(["", "**2", "**-1", "**(1/2)", "**(-3)"]),
).map("".join)
products = st.lists(terms, min_size=1, max_size=3).map(".".join)
compounds = st.one_of(products, st.tuples(products, terms).map("/".join))


@given(compounds)
def test_compounds_mean_what_astropy_says(text: str) -> None:
    ours = conversion_factor(text, f"1000{text}") if "/" not in text else None
    assert ours in {None, 0.001}
    theirs = as_astropy(text)
    unit = parse_unit(text)
    si = theirs.decompose(bases=[u.m, u.s, u.rad, u.g])
    assert float(unit.factor) * 3.141592653589793 ** float(unit.pi) == pytest.approx(
        si.scale, rel=1e-6
    )
    assert dict(unit.powers) == {
        str(base): pytest.approx(float(power))
        for base, power in zip(si.bases, si.powers, strict=True)
    }


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("deg", "arcsec", 3600),
        ("arcsec", "deg", 1 / 3600),
        ("mas/yr", "arcsec/cy", 0.1),
        ("km.s**-1", "m/s", 1000),
        ("erg/(s.cm**2)", "W/m**2", 1e-3),
        ("10**-10W/m**2", "W.m**-2", 1e-10),
        ("1.5e3m", "km", 1.5),
        ("electron/s", "electron/min", 60),
        ("electron/s", "electron.h**-1", 3600),
        ("mag", "mmag", 1000),
        ("log(Hz)", "log(Hz)", 1),
        ("sqrt(m**2)", "m", 1),
        ("/s", "Hz", 1),
        ("%", "%", 1),
        ("'furlong'/d", "'furlong'/h", 1 / 24),
    ],
)
def test_factors(source: str, target: str, factor: float) -> None:
    assert conversion_factor(source, target) == factor


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("m s", "no blanks"),
        ("m^2", "powers are written with"),
        ("m2", "powers are written with"),
        ("s-1", "powers are written with"),
        ("m*s", "a product is written with a dot"),
        ("m/s/s", "only one unit follows the slash"),
        ("furlong", "VOUnits knows no furlong"),
        ("Kim", "VOUnits knows no Kim"),
        ("kmin", "VOUnits knows no kmin"),
        ("(m", "a parenthesis is not closed"),
        ("m)", "cannot stand there"),
        ("m**", "a power is missing"),
        ("m..s", "a unit is missing"),
        ("m**(1/0)", "out of range"),
        ("m**101", "the power 101 is too large"),
        ("0m", "its factor is 0"),
        ("1e9999m", "a unit is missing"),
        ("((((1e300m)**99)**99)**99)", "too large"),
        ("(" * 99 + "m", "a parenthesis is not closed"),
        ("m" * 101, "more than 100 characters"),
        ("é", "cannot stand there"),
    ],
)
def test_what_is_no_unit(text: str, message: str) -> None:
    started = time.monotonic()
    with pytest.raises(UnitError, match="is no unit: ") as caught:
        parse_unit(text)
    assert message in str(caught.value)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    ("source", "target"),
    [("deg", "m"), ("mag", "dex"), ("ct", "ph"), ("Hz", "rad/s"), ("log(Hz)", "log(s)")],
)
def test_what_cannot_be_converted(source: str, target: str) -> None:
    with pytest.raises(UnitError, match="cannot be converted to"):
        conversion_factor(source, target)


def test_a_factor_no_double_holds_is_refused() -> None:
    with pytest.raises(UnitError, match="out of range"):
        conversion_factor("1e300m", "1e-300m")


@given(st.text("ms10.*/()-+e' knlog%", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_unit(text)
    except UnitError as error:
        assert str(error)  # noqa: PT017 (either outcome is right, nothing else may be raised)


def test_every_published_unit_can_be_read() -> None:
    for table in CATALOGUE:
        for column in table.columns:
            if column.unit:
                parse_unit(column.unit)
