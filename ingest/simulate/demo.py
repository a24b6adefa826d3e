"""The demonstration: all runs, both channels, a few full-length series, five deliveries."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from ingest.names import ProductName
from ingest.simulate import choices
from ingest.simulate.models import Constant, EclipsingBinary, Pulsator
from ingest.simulate.plan import DeliveryPlan, ProductPlan, Star
from ingest.simulate.planets import load_hosts
from schemas.corot.runs import load_runs, run_named

if TYPE_CHECKING:
    from datetime import datetime

    from ingest.names import ProductType
    from ingest.simulate.plan import Model
    from ingest.simulate.planets import Host
    from schemas.corot.runs import Run

CHROMATIC_PER_RUN: Final = 8
"""Products EN2_STAR_CHR of every run; hosts of planets are among them."""

MONOCHROMATIC_PER_RUN: Final = 2
"""Products EN2_STAR_MON of every run."""

BRIGHT_PER_RUN: Final = 2
"""Products AN2_STAR of every run."""

EXO_DAYS: Final = 3.0
"""Length of an ordinary exoplanet-channel series: short, so that all is built in seconds."""

SEISMO_DAYS: Final = 1.0
"""Length of a bright-star series."""

HOST_PERIODS: Final = 2.2
"""A planet's series is long enough for two transits."""

FULL_LENGTH: Final = {"CoRoT-2": 70.0, "CoRoT-7": 59.0, "CoRoT-9": 72.0}
"""Series of full length, and the day from which they are oversampled: 200,000 points each."""

OVERSAMPLED_EVERY: Final = 6
"""One of so many short series is oversampled on its last half day."""

RE_OBSERVED: Final = 3
"""Stars of IRa01 that LRa01 observes again, as 555 real ones were."""

EARLIER_VERSION_RUN: Final = "IRa01"
"""The run that is in two versions, N2-4.3 and N2-4.4."""

EARLIER_END: Final = timedelta(hours=7, minutes=6)
"""By how much the series of that run end earlier in N2-4.3, as four real names do."""

UNRELEASED_RUNS: Final = ("LRc10", "LRa07")
"""Runs delivered a month ago, so that they are not public yet."""

ALERT_RUN: Final = "LRa07"
"""The run of which there are products of levels N1A (Exo Alert) and N1, delivered a week ago."""

ALERT_PRODUCTS: Final = 4
"""How many of each."""

_LATEST_AGE, _ALERT_AGE = timedelta(days=30), timedelta(days=7)
_EARLIER_DELIVERED = date(2013, 6, 20)
_LEGACY_DELIVERED = date(2016, 3, 23)  # the date of the real release N2-4.4
_SECOND_CCD = timedelta(seconds=96)
_CCD_HALVES = ("1L", "1R", "2L", "2R")


def demo_deliveries(today: date, seed: int = 0) -> list[DeliveryPlan]:
    """Plan the deliveries of the demonstration.

    Parameters
    ----------
    today
        The latest runs and the alert products are delivered shortly before,
        so that they are not public yet.
    seed
        Chooses stars and noise.

    Returns
    -------
    list of DeliveryPlan
        N2-4.3 of one run; N2-4.4 of all runs but two; N2-4.4 of the two
        latest; and a few products of levels N1 and N1A.
    """
    runs = {run.code: _run_products(run, seed) for run in load_runs()}
    legacy = [plan for code in runs if code not in UNRELEASED_RUNS for plan in runs[code]]
    latest = [plan for code in UNRELEASED_RUNS for plan in runs[code]]
    earlier = [plan.ending(plan.name.end - EARLIER_END) for plan in runs[EARLIER_VERSION_RUN]]
    alert, corrected = runs[ALERT_RUN][:ALERT_PRODUCTS], runs[ALERT_RUN][2 : ALERT_PRODUCTS + 2]
    sets = (
        ("simulated-n2-4.3", "N2-4.3", _EARLIER_DELIVERED, earlier),
        ("simulated-n2-4.4", "N2-4.4", _LEGACY_DELIVERED, legacy),
        ("simulated-n2-4.4-latest", "N2-4.4", today - _LATEST_AGE, latest),
        ("simulated-n1", "N1-1.0", today - _ALERT_AGE, corrected),
        ("simulated-n1-alert", "N1A-1.0", today - _ALERT_AGE, alert),
    )
    return [
        DeliveryPlan(
            id=name,
            version=version,
            level=version.partition("-")[0],
            delivered=delivered,
            products=tuple(products),
            seed=seed,
        )
        for name, version, delivered, products in sets
    ]


def _run_products(run: Run, seed: int) -> list[ProductPlan]:
    hosts = [host for host in load_hosts() if host.run_code == run.code]
    plans = [_host_plan(run, host) for host in hosts]
    wanted: list[tuple[ProductType, int]] = [
        ("EN2_STAR_CHR", CHROMATIC_PER_RUN),
        ("EN2_STAR_MON", MONOCHROMATIC_PER_RUN),
        ("AN2_STAR", BRIGHT_PER_RUN),
    ]
    for product_type, count in wanted:
        have = sum(host.product_type == product_type for host in hosts)
        plans += [_star_plan(run, product_type, index, seed) for index in range(count - have)]
    return plans


def _host_plan(run: Run, host: Host) -> ProductPlan:
    start = host.start or run.exo_start
    end, oversampled = host.end or run.exo_end, None
    if host.star.name in FULL_LENGTH:
        oversampled = start + timedelta(days=FULL_LENGTH[host.star.name])
    else:
        end = min(end, start + timedelta(days=max(EXO_DAYS, HOST_PERIODS * host.transits.period)))
    return ProductPlan(
        name=ProductName(host.star.corot_id, host.product_type, start, _whole(end)),
        run_code=run.code,
        star=host.star,
        ccd_half="E1L",
        model=host.transits,
        oversampled_from=oversampled,
    )


def _star_plan(run: Run, product_type: ProductType, index: int, seed: int) -> ProductPlan:
    bright = product_type == "AN2_STAR"
    # Stars observed again are drawn as stars of the run that saw them first.
    again = run.code == "LRa01" and product_type == "EN2_STAR_CHR" and index < RE_OBSERVED
    home = run_named("IRa01") if again else run
    number = load_runs().index(home) * 100 + index + _OFFSETS[product_type]
    rng = np.random.default_rng([seed, number])
    star = _star(home, number, bright=bright, rng=rng)
    model = _seismo_model(rng) if bright else _exo_model(index, home, rng)
    half = _CCD_HALVES[index % len(_CCD_HALVES)]
    start = _start(run, half, bright=bright)
    end = start + timedelta(days=SEISMO_DAYS if bright else EXO_DAYS)
    oversampled = not bright and index % OVERSAMPLED_EVERY == OVERSAMPLED_EVERY - 1
    return ProductPlan(
        name=ProductName(star.corot_id, product_type, start, end),
        run_code=run.code,
        star=star,
        ccd_half=("A" if bright else "E") + half,
        model=model,
        oversampled_from=end - timedelta(hours=12) if oversampled else None,
    )


_OFFSETS: Final[dict[ProductType, int]] = {
    "EN2_STAR_CHR": 0,
    "EN2_STAR_MON": 40,
    "EN2_STAR_IMAG": 60,
    "AN2_STAR": 80,
}
"""Where the numbers of the invented stars of a type begin within the hundred of their run."""


def _start(run: Run, half: str, *, bright: bool) -> datetime:
    start = (run.seismo_start or run.exo_start) if bright else run.exo_start
    return start + (_SECOND_CCD if half.startswith("2") else timedelta(0))


def _star(run: Run, number: int, *, bright: bool, rng: np.random.Generator) -> Star:
    centre, extent = choices.FIELD_CENTRES[run.code], choices.FIELD
    ra = centre[0] + rng.uniform(-0.5, 0.5) * extent[0]
    dec = centre[1] + rng.uniform(-0.5, 0.5) * extent[1]
    temperature = rng.uniform(4800.0, 7500.0)
    colour = 8.0 * (4000.0 / temperature) ** 2 - 1.9  # B - V of a dwarf, by eye
    mag_v = rng.uniform(5.7, 9.3) if bright else rng.uniform(11.8, 15.6)
    magnitudes = [mag_v + colour, mag_v, mag_v - 0.55 * colour, mag_v - 1.1 * colour]
    known = rng.random(len(magnitudes)) >= (0.0 if bright else choices.MISSING_VALUES)
    mag_b, mag_v_or_none, mag_r, mag_i = (
        round(value, 3) if is_known else None
        for value, is_known in zip(magnitudes, known, strict=True)
    )
    first = choices.FIRST_SEISMO_ID if bright else choices.FIRST_EXO_ID
    return Star(
        corot_id=first + number,
        ra=round(ra % 360.0, 6),
        dec=round(dec, 6),
        name=f"Simulated {first + number}" if bright else None,
        mag_b=mag_b,
        mag_v=mag_v_or_none,
        mag_r=mag_r,
        mag_i=mag_i,
        spectral_type=_spectral_type(temperature),
        luminosity_class="V" if rng.random() < choices.DWARFS else "III",
        teff=round(temperature, 0) if rng.random() >= choices.MISSING_VALUES else None,
    )


def _spectral_type(temperature: float) -> str:
    for coolest, letter in ((7300.0, "A"), (6000.0, "F"), (5200.0, "G")):
        if temperature >= coolest:
            return f"{letter}{5 if letter != 'A' else 9}"
    return "K2"


def _exo_model(index: int, run: Run, rng: np.random.Generator) -> Model:
    kind = index % 3
    if kind == 0:
        return EclipsingBinary(
            period=float(rng.uniform(0.6, 2.8)),
            epoch=2_440_587.5 + run.exo_start.timestamp() / 86_400.0 + float(rng.random()),
            primary_depth=float(rng.uniform(0.05, 0.4)),
            secondary_depth=float(rng.uniform(0.01, 0.05)),
            width=float(rng.uniform(0.06, 0.16)),
        )
    if kind == 1:
        return _pulsator(rng, "GDOR", (0.4, 3.0), 0.008)
    return Constant()


def _seismo_model(rng: np.random.Generator) -> Model:
    return _pulsator(rng, "DSCUT", (8.0, 45.0), 0.004)


def _pulsator(
    rng: np.random.Generator, variability: str, range_: tuple[float, float], amplitude: float
) -> Pulsator:
    count = int(rng.integers(4, 9))
    return Pulsator(
        frequencies=tuple(rng.uniform(*range_, count).tolist()),
        amplitudes=tuple((amplitude * rng.exponential(0.5, count)).tolist()),
        phases=tuple(rng.random(count).tolist()),
        variability=variability,
    )


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
