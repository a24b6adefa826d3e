"""Binary tables and primary header of a simulated product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from astropy.io import fits

from ingest.fits import keywords
from ingest.names import ID_DIGITS
from ingest.simulate import choices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ingest.fits.structure import Extension
    from ingest.simulate.plan import ProductPlan

_UNKNOWN = "NAN"
"""How real headers write a magnitude that is not known."""

_WRITTEN_UNKNOWN = ("mag_b", "mag_v", "mag_r", "mag_i", "teff")
"""Facts that are written even when unknown; the others are left out."""


def binary_table(extension: Extension, columns: Mapping[str, NDArray[Any]]) -> fits.BinTableHDU:
    """Make a binary table with exactly the declared columns.

    Parameters
    ----------
    extension
        The declared table.
    columns
        Values by column name, shape (n,) each.

    Raises
    ------
    KeyError
        When a declared column has no values.
    """
    fields = [
        fits.Column(field.name, field.form, field.unit or None, array=columns[field.name])
        for field in extension.fields
    ]
    return fits.BinTableHDU.from_columns(fields, name=extension.name)


def primary_header(
    plan: ProductPlan, version: str, moments: Mapping[str, tuple[float, float]]
) -> fits.PrimaryHDU:
    """Make the primary HDU, which says that the file is simulated.

    Parameters
    ----------
    plan
        The product.
    version
        Version of the delivery, such as N2-4.4.
    moments
        Mean and standard deviation of the good points by colour (b, g, r,
        white); colours that are not there are left out.
    """
    hdu = fits.PrimaryHDU()
    header = hdu.header
    header["ORIGIN"] = (choices.ORIGIN, "who made this file")
    header[keywords.SIMULATED] = (True, "simulated, not observed")
    header[keywords.VERSION] = (version, "version of the product")
    header[keywords.COROT_ID] = (f"{plan.star.corot_id:0{ID_DIGITS}d}", "CoRoT id")
    header[keywords.RUN_CODE] = (plan.run_code, "run")
    header[keywords.CCD_HALF] = (plan.ccd_half, "CCD and half")
    header[keywords.RIGHT_ASCENSION] = (plan.star.ra, "[deg] right ascension")
    header[keywords.DECLINATION] = (plan.star.dec, "[deg] declination")
    for keyword, value in (_star_cards(plan) | _flux_cards(plan, moments)).items():
        header[keyword] = value
    for comment in choices.COMMENTS:
        header["COMMENT"] = comment
    return hdu


def _star_cards(plan: ProductPlan) -> dict[str, Any]:
    star, cards = plan.star, {}
    words = keywords.TARGET_TEXT | keywords.TARGET_NUMBER
    for field, keyword in words.items():
        value = getattr(star, field, None)
        if value is not None:
            cards[keyword] = value
        elif field in _WRITTEN_UNKNOWN:
            cards[keyword] = _UNKNOWN
    # Numbers of no meaning that are the same in every build, so that the columns are not empty.
    window = star.corot_id * 7919 % 8192
    cards |= {
        keywords.TARGET_INTEGER["window_id"]: window,
        keywords.TARGET_INTEGER["hot_pixels"]: window % 5,
        keywords.TARGET_NUMBER["x_ccd"]: float(window % 2048),
        keywords.TARGET_NUMBER["y_ccd"]: float(star.corot_id % 2048),
        keywords.TARGET_NUMBER["x_window"]: float(window % 2048 - 5),
        keywords.TARGET_NUMBER["y_window"]: float(star.corot_id % 2048 - 5),
        keywords.TARGET_NUMBER["contamination"]: round(window % 97 / 1000, 3),
    }
    if star.mag_b is not None and star.mag_v is not None:
        cards[keywords.TARGET_NUMBER["color_bv"]] = round(star.mag_b - star.mag_v, 3)
    return cards


def _flux_cards(plan: ProductPlan, moments: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    cards: dict[str, Any] = {}
    for colour, (mean, rms) in moments.items():
        cards[keywords.MEANS[colour]], cards[keywords.RMS[colour]] = mean, rms
    if plan.model.variability is not None:
        cards[keywords.VARIABILITY["var_class1"]] = plan.model.variability
        cards[keywords.PROBABILITIES["prob_var1"]] = choices.CLASS_PROBABILITY
    return cards
