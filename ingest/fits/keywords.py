"""Header keywords of the products, the only place where they are spelled.

========== ====== ================================================================
keyword    known  meaning
========== ====== ================================================================
COROTID    yes    CoRoT id of the star, a string, with or without leading zeros
STARNAME   yes    name of the star (bright stars)
RUN_CODE   yes    run, such as LRc01
HLFCCDID   yes    CCD and half: A1L ... A2R, E1L ... E2R
WIN_ID     yes    number of the window on the CCD
ALPHA      yes    right ascension, degrees
DELTA      yes    declination, degrees
MAGNIT_B   yes    magnitude B; MAGNIT_V, MAGNIT_R, MAGNIT_I alike ('NAN': unknown)
SPECTYPE   yes    spectral type
LUMCLASS   yes    luminosity class
LC_MEAN    yes    mean of the white flux
LC_RMS     yes    standard deviation of the white flux
LC_MEANB   no     mean of the blue flux; LC_MEANG (green) and LC_MEANR (red) alike
LC_RMSB    no     standard deviation of the blue flux; LC_RMSG and LC_RMSR alike
COLOR_BV   no     B - V
TEFF       no     effective temperature, kelvin
CONTFACT   no     contamination: fraction of the flux that neighbours give
ACTIVLEV   no     level of activity
DEGCHROM   no     degree of chromaticity
VARCLAS1   no     first class of variability; VARCLAS2 and VARCLAS3 alike
PROBVAR1   no     probability of the first class; PROBVAR2 and PROBVAR3 alike
NUMHOTPX   no     number of hot pixels in the window
X_CCD      no     position of the star on the CCD, pixels; Y_CCD alike
X_WINCCD   no     position of the window on the CCD, pixels; Y_WINCCD alike
LVL_VERS   no     version of the product, such as N2-4.4
SIMULATD   ours   T when the file was simulated
========== ====== ================================================================

"Known: yes" were seen in programs that read real files. The others exist, by
the columns of the public metadata file and of the NASA archive, but their
spelling is our choice until a real header says otherwise.
"""

from __future__ import annotations

COROT_ID = "COROTID"
RUN_CODE = "RUN_CODE"
VERSION = "LVL_VERS"
SIMULATED = "SIMULATD"

TARGET_TEXT = {
    "name": "STARNAME",
    "spectral_type": "SPECTYPE",
    "luminosity_class": "LUMCLASS",
}
"""Fields of `Target` that are texts."""

CCD_HALF = "HLFCCDID"
RIGHT_ASCENSION = "ALPHA"
DECLINATION = "DELTA"

TARGET_INTEGER = {"window_id": "WIN_ID", "hot_pixels": "NUMHOTPX"}
"""Fields of `Target` that are whole numbers."""

TARGET_NUMBER = {
    "mag_b": "MAGNIT_B",
    "mag_v": "MAGNIT_V",
    "mag_r": "MAGNIT_R",
    "mag_i": "MAGNIT_I",
    "color_bv": "COLOR_BV",
    "teff": "TEFF",
    "contamination": "CONTFACT",
    "activity_level": "ACTIVLEV",
    "chromatic_degree": "DEGCHROM",
    "x_ccd": "X_CCD",
    "y_ccd": "Y_CCD",
    "x_window": "X_WINCCD",
    "y_window": "Y_WINCCD",
}
"""Fields of `Target` that are numbers and may be missing."""

MEANS = {"b": "LC_MEANB", "g": "LC_MEANG", "r": "LC_MEANR", "white": "LC_MEAN"}
RMS = {"b": "LC_RMSB", "g": "LC_RMSG", "r": "LC_RMSR", "white": "LC_RMS"}
VARIABILITY = {f"var_class{rank}": f"VARCLAS{rank}" for rank in (1, 2, 3)}
PROBABILITIES = {f"prob_var{rank}": f"PROBVAR{rank}" for rank in (1, 2, 3)}
