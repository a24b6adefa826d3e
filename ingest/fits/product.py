"""What a product file says, in modern names: the result of reading it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.names import ProductName


@dataclass(frozen=True, slots=True)
class Target:
    """The observed star, and where it lies on the detector, as the header says; None: absent."""

    corot_id: int
    name: str | None
    ra: float
    """Right ascension, ICRS, degrees (0 to 360)."""
    dec: float
    """Declination, ICRS, degrees (-90 to 90)."""
    ccd_half: str
    """CCD and read-out half: A1L ... A2R (seismology), E1L ... E2R (exoplanet)."""
    window_id: int | None
    mag_b: float | None
    mag_v: float | None
    mag_r: float | None
    mag_i: float | None
    color_bv: float | None
    """B - V, magnitudes."""
    spectral_type: str | None
    luminosity_class: str | None
    teff: float | None
    """Effective temperature, kelvin."""
    contamination: float | None
    """Fraction of the flux that comes from neighbours."""
    activity_level: float | None
    chromatic_degree: float | None
    hot_pixels: int | None
    """Number of hot pixels in the window."""
    x_ccd: float | None
    y_ccd: float | None
    x_window: float | None
    y_window: float | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """Everything computed from flux: not to be shown to who may not have the data.

    Means and standard deviations are in e-/(32 s) for the exoplanet channel
    and e-/s for seismology, from the header when it has them, else from the
    good points (status 0) of the native extension. Colours are None for
    products without them.
    """

    lc_mean_b: float | None
    lc_rms_b: float | None
    lc_mean_g: float | None
    lc_rms_g: float | None
    lc_mean_r: float | None
    lc_rms_r: float | None
    lc_mean_white: float | None
    lc_rms_white: float | None
    var_class1: str | None
    prob_var1: float | None
    var_class2: str | None
    prob_var2: float | None
    var_class3: str | None
    prob_var3: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """The time axis of the native extension (BAR, or RAW for bright stars)."""

    n_points: int
    cadence: float
    """Median distance of two points, seconds."""
    exposure_time: int | None
    """Length of one exposure, seconds (32 or 512), None when the series has both."""
    total_exposure: float
    """Sum of the exposures, seconds."""
    t_min: float
    """Start of the first exposure, MJD in UTC."""
    t_max: float
    """End of the last exposure, MJD in UTC."""
    bjd_tt_min: float
    """Middle of the first exposure at the barycentre, full Julian date in TT."""
    bjd_tt_max: float
    """Middle of the last exposure at the barycentre, full Julian date in TT."""


@dataclass(frozen=True, slots=True)
class Product:
    """One light curve of one star in one run."""

    name: ProductName
    run_code: str
    version: str | None
    """Version the header names, such as N2-4.4; None when it names none."""
    simulated: bool
    family: str
    """Format family that read it, such as N2-4."""
    extensions: tuple[str, ...]
    """Names of the binary tables, in the order of the file."""
    target: Target
    statistics: Statistics
    series: Series
