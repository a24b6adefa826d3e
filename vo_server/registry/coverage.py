"""Where a collection has data: on the sky, in time, in energy (VODataService 1.2, section 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from astropy import units
from mocpy import MOC

from resources.records.model import Coverage
from schemas.corot.obscore_view import PASSBAND
from vo_server.registry.holdings import merged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vo_server.registry.holdings import Holdings

ORDER: Final = 8
"""Of the MOC: cells of 14 arcminutes. The standard wants 6 at least; a whole archive's
coverage stays below the few dozen kB it allows."""

_PLANCK_LIGHT: Final = 6.62607015e-34 * 299792458.0
"""Planck's constant times the speed of light in J m (exact in the SI)."""


def coverage(*holdings: Holdings) -> Coverage:
    """Give the coverage of what there is, of one collection or of several together."""
    shortest, longest = PASSBAND
    return Coverage(
        spatial=spatial(np.concatenate([one.positions for one in holdings])),
        temporal=merged(interval for one in holdings for interval in one.times),
        spectral=((_PLANCK_LIGHT / longest, _PLANCK_LIGHT / shortest),),
        wavebands=("Optical",),
    )


def spatial(positions: NDArray[np.float64]) -> str:
    """Give the MOC of stars in ASCII (MOC 2.0, section 4.3.2).

    Parameters
    ----------
    positions
        Right ascensions and declinations in degrees, of shape (stars, 2).
    """
    longitudes, latitudes = positions.T * units.deg
    moc = MOC.from_lonlat(longitudes, latitudes, max_norder=ORDER)
    return " ".join(str(moc.to_string(format="ascii")).split())
