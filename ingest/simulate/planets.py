"""Hosts of planets CoRoT found: facts from ``planets.toml`` as stars and transit models."""

from __future__ import annotations

import functools
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.simulate.models import Transits
from ingest.simulate.plan import Star

if TYPE_CHECKING:
    from datetime import datetime

    from ingest.names import ProductType

_SOLAR_RADII_PER_AU = 215.032  # IAU 2015 resolution B3: 695 700 km
_SOLAR_RADII_PER_JUPITER = 0.102763  # 71 492 km

_STAR_FACTS = (
    "corot_id",
    "name",
    "ra",
    "dec",
    "mag_b",
    "mag_v",
    "mag_r",
    "mag_i",
    "spectral_type",
    "luminosity_class",
    "teff",
)


@dataclass(frozen=True, slots=True)
class Host:
    """A star with a planet, as it was observed; start and end are None when not known."""

    star: Star
    transits: Transits
    run_code: str
    product_type: ProductType
    start: datetime | None
    end: datetime | None


@functools.cache
def load_hosts() -> tuple[Host, ...]:
    """Read the hosts of ``planets.toml``, in the order of the file."""
    text = Path(__file__).with_name("planets.toml").read_text(encoding="utf-8")
    return tuple(_host(entry) for entry in tomllib.loads(text)["host"])


def _host(entry: dict[str, Any]) -> Host:
    return Host(
        star=Star(**{fact: entry[fact] for fact in _STAR_FACTS if fact in entry}),
        transits=_transits(entry),
        run_code=entry["run"],
        product_type=entry["product_type"],
        start=entry.get("start"),
        end=entry.get("end"),
    )


def _transits(entry: dict[str, float]) -> Transits:
    """Scale the orbit and the planet to the star's radius."""
    radius = entry["stellar_radius"]
    axis = entry["semi_major_axis"] * _SOLAR_RADII_PER_AU / radius
    return Transits(
        period=entry["period"],
        epoch=entry["epoch"],
        radius_ratio=entry["planet_radius"] * _SOLAR_RADII_PER_JUPITER / radius,
        impact_parameter=axis * math.cos(math.radians(entry["inclination"])),
        scaled_axis=axis,
    )
