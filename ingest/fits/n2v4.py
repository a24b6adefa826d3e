"""Reader of the N2-4.x family: three binary tables, barycentric times in TT."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.errors import ProductError
from ingest.fits import keywords
from ingest.fits.checks import check_structure, check_times
from ingest.fits.header import Header
from ingest.fits.product import Product, Series, Statistics, Target
from ingest.fits.structure import JULIAN_DAY_ZERO, STRUCTURES
from ingest.fits.times import SECONDS_PER_DAY, mjd_of, mjd_utc
from schemas.corot.runs import UnknownRunError, run_of

if TYPE_CHECKING:
    from datetime import datetime

    from astropy.io import fits
    from numpy.typing import NDArray

    from ingest.fits.structure import Structure
    from ingest.names import ProductName

NAME_TOLERANCE = 900.0
"""Seconds between a date in the name and the data: DATE is up to 5 minutes from mid-exposure."""

EXPOSURE_TIMES = (32, 512)
"""Lengths of an exposure, seconds; bright stars have only the first."""

_CCD_HALF = re.compile(r"[AE][12][LR]")


def read(name: ProductName, hdus: fits.HDUList) -> Product:
    """Read one product of the family.

    Parameters
    ----------
    name
        What the file is called.
    hdus
        The opened astropy HDU list.

    Raises
    ------
    ProductError
        When structure, header or values deviate from what is declared.
    """
    structure = STRUCTURES.get(name.product_type)
    if structure is None:
        raise ProductError(
            f"{name.file_name}: the N2-4 tables of {name.product_type} are not known; "
            f"expected one of {', '.join(STRUCTURES)}"
        )
    check_structure(name.file_name, hdus, structure)
    header = Header(name.file_name, hdus[0].header)
    _check_identity(name, header)
    _check_all_times(name.file_name, hdus, structure)
    return Product(
        name=name,
        run_code=_run_code(name, header),
        version=header.text(keywords.VERSION),
        simulated=header.flag(keywords.SIMULATED),
        family="N2-4",
        extensions=tuple(extension.name for extension in structure.extensions),
        target=_target(name, header),
        statistics=_statistics(header, hdus, structure),
        series=_series(name, hdus, structure),
    )


def _check_identity(name: ProductName, header: Header) -> None:
    found = header.required_text(keywords.COROT_ID)
    if not found.isdecimal() or int(found) != name.corot_id:
        raise ProductError(
            f"{name.file_name}: {keywords.COROT_ID} is {found}; the name says {name.corot_id}"
        )


def _run_code(name: ProductName, header: Header) -> str:
    found = header.required_text(keywords.RUN_CODE)
    try:
        run = run_of(name.start)
    except UnknownRunError as error:
        raise ProductError(f"{name.file_name}: {error}, but the name says so") from error
    if found != run.code:
        raise ProductError(
            f"{name.file_name}: {keywords.RUN_CODE} is {found}; expected {run.code}, the run of "
            f"the start {name.start:%Y-%m-%dT%H:%M:%S}"
        )
    return found


def _target(name: ProductName, header: Header) -> Target:
    ccd_half = header.required_text(keywords.CCD_HALF)
    letter = "A" if name.channel == "seismology" else "E"
    if _CCD_HALF.fullmatch(ccd_half) is None or ccd_half[0] != letter:
        raise ProductError(
            f"{name.file_name}: {keywords.CCD_HALF} is {ccd_half}; expected "
            f"{letter}1L, {letter}1R, {letter}2L or {letter}2R"
        )
    facts: dict[str, Any] = {}
    facts |= {field: header.text(word) for field, word in keywords.TARGET_TEXT.items()}
    facts |= {field: header.integer(word) for field, word in keywords.TARGET_INTEGER.items()}
    facts |= {field: header.number(word) for field, word in keywords.TARGET_NUMBER.items()}
    return Target(
        corot_id=name.corot_id,
        ra=header.angle(keywords.RIGHT_ASCENSION, 0.0, 360.0),
        dec=header.angle(keywords.DECLINATION, -90.0, 90.0),
        ccd_half=ccd_half,
        **facts,
    )


def _statistics(header: Header, hdus: fits.HDUList, structure: Structure) -> Statistics:
    values: dict[str, Any] = {}
    for colour, mean_keyword in keywords.MEANS.items():
        mean, rms = header.number(mean_keyword), header.number(keywords.RMS[colour])
        if colour in structure.fluxes and (mean is None or rms is None):
            mean, rms = _moments(hdus[structure.barycentric].data, structure, colour)
        values[f"lc_mean_{colour}"], values[f"lc_rms_{colour}"] = mean, rms
    values |= {field: header.text(word) for field, word in keywords.VARIABILITY.items()}
    values |= {field: header.number(word) for field, word in keywords.PROBABILITIES.items()}
    return Statistics(**values)


def _moments(
    data: fits.FITS_rec, structure: Structure, colour: str
) -> tuple[float | None, float | None]:
    flux = np.asarray(data[structure.fluxes[colour]], dtype=np.float64)
    good = flux[(np.asarray(data[structure.status]) == 0) & np.isfinite(flux)]
    return (float(good.mean()), float(good.std())) if good.size else (None, None)


def _check_all_times(file_name: str, hdus: fits.HDUList, structure: Structure) -> None:
    for extension in structure.extensions:
        for column in extension.time_columns:
            check_times(file_name, extension.name, column, _days(hdus, extension.name, column))


def _series(name: ProductName, hdus: fits.HDUList, structure: Structure) -> Series:
    days = _days(hdus, structure.native, "DATETT")
    barycentric = _days(hdus, structure.barycentric, "DATEBARTT")
    exposures = _exposures(name.file_name, hdus, structure, days)
    half_first, half_last = exposures[[0, -1]] / 2 / SECONDS_PER_DAY
    series = Series(
        n_points=days.size,
        cadence=float(np.median(np.diff(days)) * SECONDS_PER_DAY),
        exposure_time=int(exposures[0]) if (exposures == exposures[0]).all() else None,
        total_exposure=float(exposures.sum()),
        t_min=mjd_utc(float(days[0] - half_first)),
        t_max=mjd_utc(float(days[-1] + half_last)),
        bjd_tt_min=float(barycentric[0]) + JULIAN_DAY_ZERO,
        bjd_tt_max=float(barycentric[-1]) + JULIAN_DAY_ZERO,
    )
    _check_name(name.file_name, "start", name.start, series.t_min)
    _check_name(name.file_name, "end", name.end, series.t_max)
    return series


def _exposures(
    file_name: str,
    hdus: fits.HDUList,
    structure: Structure,
    days: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Find the exposure time of every native point: that of the nearest point that has one."""
    if structure.exposures is None:
        return np.full(days.size, EXPOSURE_TIMES[0], dtype=np.int64)
    known = _days(hdus, structure.exposures, "DATETT")
    times = np.asarray(hdus[structure.exposures].data["T_EXP"], dtype=np.int64)
    wrong = np.flatnonzero(~np.isin(times, EXPOSURE_TIMES))
    if wrong.size:
        raise ProductError(
            f"{file_name}: T_EXP of {structure.exposures} is {times[wrong[0]]} in row "
            f"{wrong[0] + 1}; expected {EXPOSURE_TIMES[0]} or {EXPOSURE_TIMES[1]}"
        )
    right = np.clip(np.searchsorted(known, days), 1, known.size - 1)
    nearest = np.where(days - known[right - 1] < known[right] - days, right - 1, right)
    return np.asarray(times[nearest], dtype=np.int64)


def _check_name(file_name: str, which: str, named: datetime, found: float) -> None:
    distance = abs(found - mjd_of(named)) * SECONDS_PER_DAY
    if distance > NAME_TOLERANCE:
        raise ProductError(
            f"{file_name}: the {which} in the name is {distance:.0f} s away from the data "
            f"(MJD {found:.5f}); expected at most {NAME_TOLERANCE:.0f} s"
        )


def _days(hdus: fits.HDUList, extension: str, column: str) -> NDArray[np.float64]:
    return np.asarray(hdus[extension].data[column], dtype=np.float64)
