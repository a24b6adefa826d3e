"""Every choice of the simulator that no source confirms, in one place.

What is confirmed from real files (tables, columns, formats, units, names, the
zero points, the offset of DATE) is not here but in `ingest.fits.structure` and
in the builders. All of this is invented, or fitted by eye to the few real rows
and series that are public.
"""

from __future__ import annotations

from typing import Final

# --- the file ----------------------------------------------------------------------------

ORIGIN: Final = "CoRoT VO server"
"""ORIGIN of the primary header."""

COMMENTS: Final = (
    "SIMULATED product: not an observation made by CoRoT.",
    "Structure after release N2-4.x; values from a model, or made around a",
    "real series, which then fills SYSTEMATIC or BARREG.",
)
"""COMMENT cards of the primary header, next to SIMULATD = T."""

CLASS_PROBABILITY: Final = 0.95
"""Probability given for the class of a variable model star (VARCLAS1)."""

# --- the time axis -----------------------------------------------------------------------

SHORT_STEP: Final = 32.0001
"""Seconds from one 32 s exposure to the next: the real step is 32.00006 to 32.00015 s."""

POINTS_PER_LONG: Final = 16
"""Exposures summed on board to one 512 s point (confirmed)."""

FILLED_TIME_SHIFT: Final = 3.8e-8
"""Days by which DATEBARTT of BARFILL is later than that of BAR, as in the first real rows."""

GAPS_PER_DAY: Final = 0.05
"""Mean number of interruptions of the observation per day."""

GAP_HOURS: Final = (0.3, 3.0)
"""Shortest and longest interruption, hours."""

LOST_POINTS: Final = 0.001
"""Fraction of single points that are missing, so that BARFILL is about 0.15 % longer than BAR."""

# --- the orbit ---------------------------------------------------------------------------

ORBIT: Final = 6184.0
"""Period of the satellite's orbit, seconds (altitude 896 km)."""

SAA_ORBITS_PER_DAY: Final = 5.0
"""Orbits of a day that cross the South Atlantic Anomaly, one after the other."""

SAA_DURATION: Final = 900.0
"""Length of one crossing, seconds."""

SAA_FLUX: Final = 0.004
"""Relative excess of flux during a crossing."""

ORBITAL_RESIDUE: Final = 2e-4
"""Relative amplitude of what is left of the orbital period in BAR and RAW."""

# --- status bits (only 1, 4 and 256 are known; 8, 16, 64 are seen in real files) ---------

OUT_OF_RANGE: Final = 1
"""Status bit of an out-of-range point (known); such points are filled."""

SOUTH_ATLANTIC_ANOMALY: Final = 4
"""Status bit of a crossing of the South Atlantic Anomaly (known); such points are filled."""

JUMP_CORRECTED: Final = 8
"""Status bit of the two points at a corrected jump: seen in real files, meaning unknown."""

FILLED: Final = 256
"""Status bit of a filled point in BARFILL, SYSTEMATIC and BARREG (derived from real rows)."""

SEEN_BITS: Final = {16: 0.05, 64: 0.03}
"""Bits of unknown meaning that real files carry, and the fraction of points that get them."""

OUT_OF_RANGE_RATE: Final = 0.004
"""Fraction of points hit by a particle."""

OUT_OF_RANGE_FLUX: Final = 0.02
"""Mean relative excess of such a point."""

# --- photometry --------------------------------------------------------------------------

EXO_ZERO_POINT: Final = 26.8
"""R magnitude of 1 e-/(32 s): CoRoT-1, -3 and -8 have 26.80, 26.80 and 26.90."""

SEISMO_ZERO_POINT: Final = 23.07
"""V magnitude of 1 e-/s: from the mean flux of HD 174936."""

COLOUR_SHARES: Final = {"r": 0.689, "g": 0.158, "b": 0.153}
"""Shares of the white flux in red, green and blue: those of CoRoT-8."""

NOISE_FACTOR: Final = 1.5
"""Noise of a 32 s exposure in units of the photon noise, as the last real rows of CoRoT-8."""

DEVIATION: Final = {"r": 0.026, "g": 0.052, "b": 0.055, "white": 0.022}
"""Median deviation within a 512 s point, relative to its flux, as the first real rows."""

WHITE_DRIFT: Final = 0.007
"""How far white leaves the sum of the colours in 142 days: the white has its own correction."""

BACKGROUND: Final = {"exoplanet": 480.0, "seismology": 20.0}
"""Background in e-/pixel/(32 s) and e-/pixel/s."""

JUMPS_PER_DAY: Final = 0.02
"""Mean number of jumps of sensitivity per day (BAR has them, BARFILL not)."""

JUMP: Final = 0.003
"""Standard deviation of a jump, relative to the flux."""

TREND: Final = 0.004
"""Relative slow change over a run that SYSTEMATIC removes."""

# --- models ------------------------------------------------------------------------------

LIMB_DARKENING: Final = {"r": (0.36, 0.26), "g": (0.52, 0.22), "b": (0.68, 0.14)}
"""Quadratic coefficients u1, u2 of a solar type star by colour."""

PULSATION_COLOURS: Final = {"r": 0.85, "g": 1.10, "b": 1.40}
"""Amplitude of a pulsation by colour, relative to white."""

ECLIPSE_COLOURS: Final = {"r": 0.97, "g": 1.03, "b": 1.10}
"""Depth of an eclipse by colour, relative to white."""

# --- stars and fields --------------------------------------------------------------------

FIELD: Final = (2.7, 1.3)
"""Extent of a field in right ascension and declination, degrees, as one pointing covers it."""

FIELD_CENTRES: Final = {
    "IRa01": (102.2, -1.7),
    "SRc01": (284.6, 3.2),
    "LRc01": (290.9, 0.6),
    "LRa01": (101.3, -0.2),
    "SRa01": (100.8, 9.0),
    "LRc02": (280.2, 6.2),
    "SRc02": (285.7, -2.9),
    "SRa02": (103.5, -3.6),
    "LRa02": (103.3, -4.9),
    "LRc03": (277.5, -6.5),
    "LRc04": (278.3, 8.5),
    "LRa03": (93.7, 5.3),
    "SRa03": (98.2, 1.0),
    "LRc05": (279.2, 3.6),
    "LRc06": (278.9, 4.3),
    "LRa04": (92.6, 6.9),
    "LRa05": (92.3, 6.1),
    "LRc07": (279.9, 5.8),
    "SRc03": (286.3, -1.1),
    "LRc08": (287.9, 2.6),
    "SRa04": (97.4, -4.2),
    "SRa05": (100.2, 0.5),
    "LRa06": (101.3, -1.2),
    "LRc09": (283.4, 8.3),
    "LRc10": (284.1, 1.4),
    "LRa07": (99.2, 2.2),
}
"""Nominal centres of the runs, degrees ICRS: the real ones are in no source that was found.

A star whose position is not known stands at the centre of its run.
"""

FIRST_EXO_ID: Final = 900_000_000
"""First CoRoT id of invented faint stars: above all real ones."""

FIRST_SEISMO_ID: Final = 9_000_000
"""First CoRoT id of invented bright stars: above all real ones of that channel."""

BRIGHT_STARS: Final = {"HD174936": (7613, 8.58)}
"""CoRoT id (not verified) and V magnitude of the star of a bright-star series, by file."""

UNKNOWN_MAGNITUDE: Final = 14.5
"""R magnitude that sets the noise of a star without any magnitude."""

DWARFS: Final = 0.7
"""Fraction of invented stars that are dwarfs; the others are giants."""

MISSING_VALUES: Final = 0.06
"""Fraction of invented magnitudes and temperatures that are 'NAN' in the header."""
