"""The tables RAW, BAR and BARREG of a bright star."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.fits.structure import STRUCTURES
from ingest.simulate import choices
from ingest.simulate.axis import SHORT, seismology_axis
from ingest.simulate.effects import REPLACED, draw_effects, fill
from ingest.simulate.geometry import barycentric_correction
from ingest.simulate.tables import binary_table

if TYPE_CHECKING:
    from astropy.io import fits
    from numpy.typing import NDArray

    from ingest.simulate.plan import ProductPlan

    Columns = dict[str, NDArray[Any]]

_NO_DEVIATION = -1.0
"""What real files write where a point has no deviation."""


def seismology_tables(plan: ProductPlan, rng: np.random.Generator) -> list[fits.BinTableHDU]:
    """Make the three tables of a bright-star product.

    Parameters
    ----------
    plan
        What to simulate; with a measured series, BARREG is that series.
    rng
        Source of all that is random.

    Returns
    -------
    list of astropy.io.fits.BinTableHDU
        RAW, BAR, BARREG.
    """
    axis = seismology_axis(plan, rng)
    effects = draw_effects(axis, rng)
    bjd = axis.middle + barycentric_correction(axis.middle, plan.star.ra, plan.star.dec)
    star = mean_flux(plan) * plan.model.flux(bjd, "g")
    noise = choices.NOISE_FACTOR * np.sqrt(star / SHORT) * rng.normal(size=bjd.size)
    seen = axis.observed
    flux = star + noise
    raw = flux * (1.0 + effects.excess) * effects.residue * effects.jumps
    background = choices.BACKGROUND["seismology"] * (1.0 + 10.0 * effects.excess)
    columns: dict[str, Columns] = {
        "RAW": {
            "DATETT": axis.middle[seen],
            "RAWFLUX": raw[seen],
            "RAWFLUXDEV": np.full(seen.sum(), _NO_DEVIATION),
            "RAWSTATUS": effects.status[seen],
            "BG": background[seen].astype(np.float32),
        },
        "BAR": {
            "DATEBARTT": bjd[seen],
            "FLUXBAR": (flux * (1.0 + effects.excess))[seen],
            "FLUXDEVBAR": np.full(seen.sum(), _NO_DEVIATION),
            "STATUSBAR": effects.status[seen],
        },
        "BARREG": _regular(plan, bjd, flux, seen & (effects.status & REPLACED == 0)),
    }
    structure = STRUCTURES[plan.name.product_type]
    return [binary_table(table, columns[table.name]) for table in structure.extensions]


def mean_flux(plan: ProductPlan) -> float:
    """Give the flux of the quiet star in e-/s, from its series or its magnitude."""
    if plan.measured is not None:
        return float(np.mean(plan.measured.flux))
    magnitude = choices.UNKNOWN_MAGNITUDE if plan.star.mag_v is None else plan.star.mag_v
    return float(10.0 ** (0.4 * (choices.SEISMO_ZERO_POINT - magnitude)))


def _regular(
    plan: ProductPlan,
    bjd: NDArray[np.float64],
    flux: NDArray[np.float64],
    good: NDArray[np.bool_],
) -> Columns:
    if plan.measured is not None:
        time, values = plan.measured.time, plan.measured.flux
        status = np.zeros(time.size, dtype=np.int32)
    else:
        time = np.linspace(bjd[0], bjd[-1], bjd.size)
        values = np.interp(time, bjd, fill(bjd, flux, good))
        status = np.where(good, 0, choices.FILLED).astype(np.int32)
    return {
        "DATEBARREGTT": time,
        "FLUXBARREG": values,
        "FLUXDEVBARREG": np.full(time.size, _NO_DEVIATION),
        "STATUSBARREG": status,
    }
