"""Where the Earth and the satellite are: light travel time and the South Atlantic Anomaly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from astropy.coordinates import get_body_barycentric
from astropy.time import Time

from ingest.fits.structure import JULIAN_DAY_ZERO
from ingest.fits.times import SECONDS_PER_DAY
from ingest.simulate import choices

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NODES_PER_DAY = 20
_SPEED_OF_LIGHT = 299_792.458  # km/s


def barycentric_correction(days: NDArray[np.float64], ra: float, dec: float) -> NDArray[np.float64]:
    """Compute how much later light from a star reaches the barycentre than the Earth.

    The Roemer term of the geocentre; the satellite's own orbit (24 ms at most)
    and the relativistic terms are left out. It needs no file from the network.

    Parameters
    ----------
    days
        Days since JD 2400000.0, TT, increasing, shape (n,).
    ra, dec
        Position of the star, degrees.

    Returns
    -------
    numpy.ndarray
        Days to add, shape (n,); negative while the Earth is beyond the Sun.
    """
    count = max(2, int((days[-1] - days[0]) * _NODES_PER_DAY) + 2)
    nodes = np.linspace(days[0], days[-1], count)
    time = Time(JULIAN_DAY_ZERO, nodes, format="jd", scale="tdb")
    earth = get_body_barycentric("earth", time, ephemeris="builtin").get_xyz().to_value("km")
    alpha, delta = np.radians(ra), np.radians(dec)
    star = np.array(
        [np.cos(delta) * np.cos(alpha), np.cos(delta) * np.sin(alpha), np.sin(delta)],
    )
    delay = star @ earth / _SPEED_OF_LIGHT / SECONDS_PER_DAY
    return np.asarray(np.interp(days, nodes, delay), dtype=np.float64)


def in_south_atlantic_anomaly(days: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which moments lie in a crossing: some orbits in a row, once a day.

    Parameters
    ----------
    days
        Days, shape (n,).
    """
    orbit_phase = (days * SECONDS_PER_DAY) % choices.ORBIT
    crosses = (days % 1.0) < choices.SAA_ORBITS_PER_DAY * choices.ORBIT / SECONDS_PER_DAY
    return np.asarray(crosses & (orbit_phase < choices.SAA_DURATION), dtype=np.bool_)


def orbital_residue(days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute what a reduction leaves of the orbital period, as a relative flux around 0."""
    phase = 2 * np.pi * days * SECONDS_PER_DAY / choices.ORBIT
    wave = np.sin(phase) + 0.4 * np.sin(2 * phase)
    return np.asarray(choices.ORBITAL_RESIDUE * wave, dtype=np.float64)
