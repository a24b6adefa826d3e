"""Wrap the real series that are public: the plan of one delivery around them."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from lxml import etree

from ingest.fits.structure import JULIAN_DAY_ZERO
from ingest.fits.times import SECONDS_PER_DAY, mjd_utc
from ingest.names import ProductName
from ingest.simulate import choices
from ingest.simulate.axis import DATE_TO_MIDDLE, LONG
from ingest.simulate.geometry import barycentric_correction
from ingest.simulate.models import Wrapped
from ingest.simulate.plan import DeliveryPlan, Measured, ProductPlan, Star
from ingest.simulate.planets import load_hosts
from schemas.corot.runs import run_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_ID = re.compile(r"CoRoTID (\d+)")
_SPECTRAL_TYPE = re.compile(r"([OBAFGKM][\d./]*)([IV]*)")
_DELIVERED = date(2016, 3, 23)
_JULIAN_DAY_OF_1970 = 2_440_587.5


def plan_from_real(source: Path, seed: int = 0) -> DeliveryPlan:
    """Plan products around all real series of a folder.

    Parameters
    ----------
    source
        Folder with ``resampled_exo/<CoRoT id>.csv`` (DATE, WHITEFLUX) and
        ``seismo/<star>in.dat`` (time, flux), and, if there, ``catalogue/
        catalog.csv`` (real names) and ``planets/*.xml`` (hosts).
    seed
        Chooses the noise of what is simulated around the series.

    Raises
    ------
    ValueError
        When no series is there, one cannot be read, or it is not known whose
        it is.
    """
    stars = {host.star.corot_id: host.star for host in load_hosts()}
    stars |= {star.corot_id: star for star in _catalogued_hosts(source)}
    names = list(catalogue_names(source))
    exo = [_exoplanet(path, stars, names) for path in sorted(source.glob("resampled_exo/*.csv"))]
    seismo = [_seismology(path) for path in sorted(source.glob("seismo/*in.dat"))]
    if not exo and not seismo:
        raise ValueError(
            f"{source} has no resampled_exo/*.csv nor seismo/*in.dat: name a folder with series"
        )
    return DeliveryPlan(
        id="simulated-from-real-series",
        version="N2-4.4",
        level="N2",
        delivered=_DELIVERED,
        products=(*exo, *seismo),
        seed=seed,
    )


def catalogue_names(source: Path) -> Iterator[ProductName]:
    """Read the real names of ``catalogue/catalog.csv``, restoring the zeros it has lost."""
    path = source / "catalogue" / "catalog.csv"
    if not path.exists():
        return
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            day = f"{int(row['Year']):04d}{int(row['Month']):02d}{int(row['Day']):02d}"
            yield ProductName(
                int(row["CoRoT"]),
                "EN2_STAR_CHR",
                _compact(day, row["FileName_a"]),
                _compact(row["FileName_b"], row["FileName_c"]),
            )


def _compact(day: str, time: str) -> datetime:
    return datetime.strptime(f"{day}{int(time):06d}", "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _exoplanet(path: Path, stars: dict[int, Star], names: Sequence[ProductName]) -> ProductPlan:
    series = _series(path, delimiter=",", skiprows=1)
    corot_id = int(path.stem)
    run_code = run_of(_moment(series.time[0])).code
    star = stars.get(corot_id) or Star(corot_id, *choices.FIELD_CENTRES[run_code])
    return ProductPlan(
        name=_exoplanet_name(star, run_code, series, names),
        run_code=run_code,
        star=star,
        ccd_half="E1L",
        model=Wrapped(series),
        measured=series,
    )


def _exoplanet_name(
    star: Star, run_code: str, series: Measured, names: Sequence[ProductName]
) -> ProductName:
    """Find the real name, or make one: what is not in the chromatic catalogue has no colours."""
    for name in names:
        if name.corot_id == star.corot_id and run_of(name.start).code == run_code:
            return name
    ends = series.time[[0, -1]]
    delay = barycentric_correction(ends, star.ra, star.dec)
    first, last = (_moment(mjd_utc(day) + 0.5) for day in ends - delay)
    offset = timedelta(seconds=round(DATE_TO_MIDDLE[LONG]))
    return ProductName(star.corot_id, "EN2_STAR_MON", first - offset, last - offset)


def _seismology(path: Path) -> ProductPlan:
    star_name = path.name.removesuffix("in.dat")
    if star_name not in choices.BRIGHT_STARS:
        raise ValueError(f"{path}: the CoRoT id of {star_name} is not known to the simulator")
    corot_id, mag_v = choices.BRIGHT_STARS[star_name]
    series = _series(path)
    first, last = (_moment(day) for day in series.time[[0, -1]])
    run = run_of(first)
    name = ProductName(corot_id, "AN2_STAR", run.seismo_start or first, run.seismo_end or last)
    star = Star(
        corot_id,
        *choices.FIELD_CENTRES[run.code],
        name=f"{star_name[:2]} {star_name[2:]}",
        mag_v=mag_v,
    )
    return ProductPlan(name, run.code, star, "A1L", Wrapped(series), measured=series)


def _series(path: Path, delimiter: str | None = None, skiprows: int = 0) -> Measured:
    table = np.loadtxt(path, delimiter=delimiter, skiprows=skiprows, dtype=np.float64, ndmin=2)
    return Measured(time=table[:, 0].copy(), flux=table[:, 1].copy())


def _moment(day: float) -> datetime:
    """Turn days since JD 2400000.0 into a date to the second, without a change of scale."""
    seconds = round((day + JULIAN_DAY_ZERO - _JULIAN_DAY_OF_1970) * SECONDS_PER_DAY)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def _catalogued_hosts(source: Path) -> Iterator[Star]:
    """Read the hosts of ``planets/*.xml`` (Open Exoplanet Catalogue) that have a CoRoT id."""
    for path in sorted(source.glob("planets/*.xml")):
        try:
            system = etree.parse(path).getroot()
        except etree.XMLSyntaxError as error:
            raise ValueError(f"{path} is not XML: {error}") from error
        found = _ID.search(" ".join(name.text or "" for name in system.iter("name")))
        star = system.find("star")
        if found is None or star is None:
            continue
        kind = _SPECTRAL_TYPE.match(star.findtext("spectraltype", ""))
        yield Star(
            corot_id=int(found[1]),
            ra=15.0 * _sexagesimal(system.findtext("rightascension", "").split()),
            dec=_sexagesimal(system.findtext("declination", "").split()),
            name=system.findtext("name"),
            mag_b=_number(star.findtext("magB")),
            mag_v=_number(star.findtext("magV")),
            mag_r=_number(star.findtext("magR")),
            mag_i=_number(star.findtext("magI")),
            spectral_type=kind[1] if kind else None,
            luminosity_class=(kind[2] or None) if kind else None,
            teff=_number(star.findtext("temperature")),
        )


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def _sexagesimal(parts: Sequence[str]) -> float:
    first, minutes, seconds = parts
    value = abs(float(first)) + float(minutes) / 60.0 + float(seconds) / 3600.0
    return -value if first.startswith("-") else value
