"""How much of the sky a light curve covers: its star's mask."""

from typing import Final

APERTURE: Final = {"exoplanet": 0.0083, "seismology": 0.02}
"""Nominal diameter of a star's mask on the sky, in degrees, by channel."""

APERTURE_SQL: Final = (
    f"CASE channel WHEN 'seismology' THEN {APERTURE['seismology']}::float8"
    f" ELSE {APERTURE['exoplanet']}::float8 END"
)
"""The same as SQL, over a column ``channel``."""
