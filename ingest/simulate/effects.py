"""What the satellite and the detector add to the light of a star."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ingest.simulate import choices
from ingest.simulate.geometry import in_south_atlantic_anomaly, orbital_residue

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ingest.simulate.axis import Axis

REPLACED = choices.OUT_OF_RANGE | choices.SOUTH_ATLANTIC_ANOMALY
"""Status bits of points that a gap filler replaces."""


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Instrumental effects at every exposure; arrays of shape (n,)."""

    status: NDArray[np.int32]
    excess: NDArray[np.float64]
    """Relative flux added by particles (single hits and the South Atlantic Anomaly)."""
    residue: NDArray[np.float64]
    """Factor that follows the orbit and the run, which SYSTEMATIC and BAR of bright stars lack."""
    jumps: NDArray[np.float64]
    """Factor that changes at jumps of sensitivity."""
    near_jump: NDArray[np.bool_]


def draw_effects(axis: Axis, rng: np.random.Generator) -> Effects:
    """Draw the effects on one series."""
    days, count = axis.middle, axis.middle.size
    saa = in_south_atlantic_anomaly(days)
    hit = rng.random(count) < choices.OUT_OF_RANGE_RATE
    status = np.where(saa, choices.SOUTH_ATLANTIC_ANOMALY, 0)
    status |= np.where(hit, choices.OUT_OF_RANGE, 0)
    for bit, rate in choices.SEEN_BITS.items():
        status |= np.where(rng.random(count) < rate, bit, 0)
    excess = saa * choices.SAA_FLUX + hit * rng.exponential(choices.OUT_OF_RANGE_FLUX, count)
    elapsed = (days - days[0]) / max(1.0, days[-1] - days[0])
    trend = choices.TREND * rng.normal() * (elapsed - 0.5)
    jumps, near_jump = _draw_jumps(days, rng)
    return Effects(
        status=status.astype(np.int32),
        excess=excess,
        residue=1.0 + orbital_residue(days) + trend,
        jumps=jumps,
        near_jump=near_jump,
    )


def fill(
    days: NDArray[np.float64], flux: NDArray[np.float64], good: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Replace what is not good by a straight line between its neighbours; shapes (n,)."""
    return np.where(good, flux, np.interp(days, days[good], flux[good]))


def _draw_jumps(
    days: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    factor, near = np.ones(days.size), np.zeros(days.size, dtype=np.bool_)
    for _ in range(rng.poisson(choices.JUMPS_PER_DAY * (days[-1] - days[0]))):
        at = int(rng.integers(1, days.size))
        factor[at:] *= 1.0 + choices.JUMP * rng.normal()
        near[at - 1 : at + 1] = True
    return factor, near
