"""Model stars: relative flux against barycentric time, in three colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ingest.fits.structure import JULIAN_DAY_ZERO
from ingest.simulate import choices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ingest.simulate.plan import Colour, Measured


@dataclass(frozen=True, slots=True)
class Constant:
    """A star that does nothing."""

    variability: str | None = None

    def flux(self, bjd: NDArray[np.float64], colour: Colour) -> NDArray[np.float64]:
        """Give 1.0 at all times and in any colour."""
        del colour
        return np.ones_like(bjd)


@dataclass(frozen=True, slots=True)
class Transits:
    """A star with a planet on a circular orbit.

    ``period`` is in days, ``epoch`` a full barycentric Julian date of
    mid-transit; the others are in stellar radii: planet radius, impact
    parameter, and orbital radius.
    """

    period: float
    epoch: float
    radius_ratio: float
    impact_parameter: float
    scaled_axis: float
    variability: str | None = None

    def flux(self, bjd: NDArray[np.float64], colour: Colour) -> NDArray[np.float64]:
        """Dim the star by the covered area times the brightness behind the planet's centre."""
        phase = 2 * np.pi * (bjd - (self.epoch - JULIAN_DAY_ZERO)) / self.period
        across = self.scaled_axis * np.sin(phase)
        along = self.impact_parameter * np.cos(phase)
        distance = np.where(np.cos(phase) > 0, np.hypot(across, along), np.inf)
        covered = _covered_fraction(distance, self.radius_ratio)
        return 1.0 - covered * _limb_darkening(distance, colour)


@dataclass(frozen=True, slots=True)
class EclipsingBinary:
    """Two eclipses per orbit; depths relative to the whole flux, width as part of the period."""

    period: float
    epoch: float
    primary_depth: float
    secondary_depth: float
    width: float
    variability: str | None = "ECL"

    def flux(self, bjd: NDArray[np.float64], colour: Colour) -> NDArray[np.float64]:
        """Dim the star around phases 0 and 0.5 by nearly flat-bottomed dips."""
        phase = (bjd - (self.epoch - JULIAN_DAY_ZERO)) / self.period
        dimming = self.primary_depth * _dip(phase, self.width)
        dimming += self.secondary_depth * _dip(phase - 0.5, self.width)
        return 1.0 - choices.ECLIPSE_COLOURS[colour] * dimming


@dataclass(frozen=True, slots=True)
class Pulsator:
    """Sine waves: frequencies in cycles per day, relative amplitudes, phases in turns."""

    frequencies: tuple[float, ...]
    amplitudes: tuple[float, ...]
    phases: tuple[float, ...]
    variability: str | None

    def flux(self, bjd: NDArray[np.float64], colour: Colour) -> NDArray[np.float64]:
        """Add up the waves."""
        wave = np.zeros_like(bjd)
        for frequency, amplitude, phase in zip(
            self.frequencies, self.amplitudes, self.phases, strict=True
        ):
            wave += amplitude * np.sin(2 * np.pi * (frequency * bjd + phase))
        return 1.0 + choices.PULSATION_COLOURS[colour] * wave


@dataclass(frozen=True, slots=True, eq=False)
class Wrapped:
    """A real series as a model: its flux over its mean, interpolated, the same in all colours."""

    series: Measured
    variability: str | None = None

    def flux(self, bjd: NDArray[np.float64], colour: Colour) -> NDArray[np.float64]:
        """Interpolate the series; before and after it, its first and last value."""
        del colour
        relative = self.series.flux / np.mean(self.series.flux)
        return np.asarray(np.interp(bjd, self.series.time, relative), dtype=np.float64)


def _covered_fraction(distance: NDArray[np.float64], ratio: float) -> NDArray[np.float64]:
    """Part of the stellar disc behind the planet (Mandel and Agol 2002, equation 1)."""
    covered = np.where(distance <= 1.0 - ratio, ratio**2, 0.0)
    partial = np.abs(distance - 1.0) < ratio
    d = distance[partial]
    planet_angle = np.arccos((ratio**2 + d**2 - 1.0) / (2.0 * ratio * d))
    star_angle = np.arccos((1.0 - ratio**2 + d**2) / (2.0 * d))
    triangle = np.sqrt(np.maximum(4.0 * d**2 - (1.0 + d**2 - ratio**2) ** 2, 0.0)) / 2.0
    covered[partial] = (ratio**2 * planet_angle + star_angle - triangle) / np.pi
    return np.asarray(covered, dtype=np.float64)


def _limb_darkening(distance: NDArray[np.float64], colour: Colour) -> NDArray[np.float64]:
    """Brightness at a distance from the centre of the disc, relative to its mean."""
    u1, u2 = choices.LIMB_DARKENING[colour]
    mu = np.sqrt(1.0 - np.minimum(distance, 1.0) ** 2)
    brightness = 1.0 - u1 * (1.0 - mu) - u2 * (1.0 - mu) ** 2
    return np.asarray(brightness / (1.0 - u1 / 3.0 - u2 / 6.0), dtype=np.float64)


def _dip(phase: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    distance = (phase + 0.5) % 1.0 - 0.5
    return np.exp(-((2.0 * distance / width) ** 4))
