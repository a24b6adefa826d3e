"""The tables BAR, BARFILL and SYSTEMATIC of an exoplanet-channel star."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from ingest.fits.structure import STRUCTURES
from ingest.simulate import choices
from ingest.simulate.axis import LONG, exoplanet_axis
from ingest.simulate.effects import REPLACED, draw_effects, fill
from ingest.simulate.geometry import barycentric_correction, orbital_residue
from ingest.simulate.plan import Colour
from ingest.simulate.tables import binary_table

if TYPE_CHECKING:
    from astropy.io import fits
    from numpy.typing import NDArray

    from ingest.simulate.axis import Axis
    from ingest.simulate.effects import Effects
    from ingest.simulate.plan import ProductPlan

    Columns = dict[str, NDArray[Any]]

_COLOUR_NAMES: dict[Colour, str] = {"r": "RED", "g": "GREEN", "b": "BLUE"}
_DAYS_OF_DRIFT = 142.0


@dataclass(frozen=True, slots=True, eq=False)
class _Light:
    """Flux of every exposure in e-/(32 s), missing ones included; arrays of shape (n,)."""

    colours: dict[Colour, NDArray[np.float64]]
    white: NDArray[np.float64]


def exoplanet_tables(plan: ProductPlan, rng: np.random.Generator) -> list[fits.BinTableHDU]:
    """Make the three tables of a chromatic or monochromatic product.

    Parameters
    ----------
    plan
        What to simulate; with a measured series, SYSTEMATIC is that series.
    rng
        Source of all that is random.

    Returns
    -------
    list of astropy.io.fits.BinTableHDU
        BAR, BARFILL, SYSTEMATIC.
    """
    axis = exoplanet_axis(plan, rng)
    barycentric = axis.middle + barycentric_correction(axis.middle, plan.star.ra, plan.star.dec)
    effects = draw_effects(axis, rng)
    light = _light(plan, axis, barycentric, effects, rng)
    filled = _filled(axis, effects, light, barycentric)
    columns = {
        "BAR": _native(plan, axis, effects, light, barycentric, rng),
        "BARFILL": filled,
        "SYSTEMATIC": _systematic(plan, axis, effects, filled),
    }
    structure = STRUCTURES[plan.name.product_type]
    return [binary_table(table, columns[table.name]) for table in structure.extensions]


def mean_flux(plan: ProductPlan) -> float:
    """Give the white flux of the quiet star in e-/(32 s), from its series or its magnitude."""
    if plan.measured is not None:
        return float(np.mean(plan.measured.flux))
    star = plan.star
    known = (star.mag_r, star.mag_v, star.mag_i, star.mag_b, choices.UNKNOWN_MAGNITUDE)
    magnitude = next(value for value in known if value is not None)
    return float(10.0 ** (0.4 * (choices.EXO_ZERO_POINT - magnitude)))


def _light(
    plan: ProductPlan,
    axis: Axis,
    bjd: NDArray[np.float64],
    effects: Effects,
    rng: np.random.Generator,
) -> _Light:
    level = mean_flux(plan)
    exposures = np.where(axis.exposure == LONG, choices.POINTS_PER_LONG, 1)
    colours: dict[Colour, NDArray[np.float64]] = {}
    for colour in get_args(Colour):
        star = level * choices.COLOUR_SHARES[colour] * plan.model.flux(bjd, colour)
        noise = choices.NOISE_FACTOR * np.sqrt(star / exposures) * rng.normal(size=bjd.size)
        colours[colour] = (star * (1.0 + effects.excess) + noise) * effects.residue
    drift = choices.WHITE_DRIFT * (axis.middle - axis.middle[0]) / _DAYS_OF_DRIFT
    return _Light(colours, sum(colours.values(), np.zeros(bjd.size)) * (1.0 + drift))


def _native(  # noqa: PLR0913, PLR0917 - one table is made of all of these
    plan: ProductPlan,
    axis: Axis,
    effects: Effects,
    light: _Light,
    barycentric: NDArray[np.float64],
    rng: np.random.Generator,
) -> Columns:
    seen = axis.observed
    columns: Columns = {
        "DATE": axis.dates()[seen],
        "DATETT": axis.middle[seen],
        "DATEBARTT": barycentric[seen],
        "STATUS": effects.status[seen],
        "WHITEFLUX": (light.white * effects.jumps)[seen].astype(np.float32),
        "BG": _background(axis, effects, rng)[seen],
    }
    if plan.name.product_type == "EN2_STAR_MON":
        columns["WHITEFLUXDEV"] = _deviation(axis, light.white, "white", rng)[seen]
        return columns
    for colour, name in _COLOUR_NAMES.items():
        flux = light.colours[colour] * effects.jumps
        columns[f"{name}FLUX"] = flux[seen].astype(np.float32)
        columns[f"{name}FLUXDEV"] = _deviation(axis, flux, colour, rng)[seen]
    return columns


def _deviation(
    axis: Axis, flux: NDArray[np.float64], colour: str, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Scatter within a 512 s point; a 32 s point has none, which real files write as 0.0."""
    scatter = flux * choices.DEVIATION[colour] * rng.lognormal(0.0, 0.15, flux.size)
    return np.where(axis.exposure == LONG, scatter, 0.0).astype(np.float32)


def _background(axis: Axis, effects: Effects, rng: np.random.Generator) -> NDArray[np.float32]:
    level = choices.BACKGROUND["exoplanet"]
    wave = orbital_residue(axis.middle) / choices.ORBITAL_RESIDUE
    excess = 10.0 * effects.excess
    noise = 0.003 * rng.normal(size=axis.middle.size)
    return np.asarray(level * (1.0 + 0.01 * wave + excess + noise), dtype=np.float32)


def _filled(
    axis: Axis, effects: Effects, light: _Light, barycentric: NDArray[np.float64]
) -> Columns:
    good = axis.observed & (effects.status & REPLACED == 0)
    good[0] |= not good.any()
    status = np.where(good, effects.status, choices.FILLED)
    status |= np.where(effects.near_jump, choices.JUMP_CORRECTED, 0)
    return {
        "DATETT": axis.middle,
        "DATEBARTT": barycentric + choices.FILLED_TIME_SHIFT,
        "WHITEFLUXFIL": fill(axis.middle, light.white, good).astype(np.float32),
        "STATUSFIL": status.astype(np.int32),
        "T_EXP": axis.exposure,
    }


def _systematic(plan: ProductPlan, axis: Axis, effects: Effects, filled: Columns) -> Columns:
    if plan.measured is not None:
        return {
            "DATEBARTT": plan.measured.time,
            "WHITEFLUXSYS": plan.measured.flux.astype(np.float32),
            "STATUSSYS": np.zeros(plan.measured.time.size, dtype=np.int32),
        }
    slots = axis.slot
    begins = np.flatnonzero(np.diff(slots, prepend=-1))
    counts = np.diff(begins, append=slots.size)
    regular = axis.regular
    correction = barycentric_correction(regular, plan.star.ra, plan.star.dec)
    flux = np.add.reduceat(filled["WHITEFLUXFIL"] / effects.residue, begins) / counts
    return {
        "DATEBARTT": regular + correction + choices.FILLED_TIME_SHIFT,
        "WHITEFLUXSYS": flux.astype(np.float32),
        "STATUSSYS": np.bitwise_or.reduceat(filled["STATUSFIL"], begins).astype(np.int32),
    }
