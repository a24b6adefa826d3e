"""Two archives that differ in hidden rows only: whatever the public is told must be the same.

In each text and number that it can be, a hidden value is a canary, which stands
nowhere else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select, text

from schemas.models import product_data, product_listing
from tests.support.accounts import TIERS, insert_account, insert_grant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

NUMBER: Final = 7_654_321
"""Exact in a column of any type; no other number has these digits but by chance."""
TEXT: Final = "¤¤ ¤"
"""Any part of it is told by its sign."""
STAR: Final = 7_654_321_000
"""The first star that hidden rows alone have."""
LATER: Final = "2999-01-01"

_CANARY = re.compile(f"{TEXT[0]}|{NUMBER}|CANARY")

_TEXTS = ("star_name", "spectral_type", "luminosity_class", "ccd_half")
_NUMBERS = (
    *("mag_b", "mag_v", "mag_r", "mag_i", "b_v", "teff", "exposure_time", "degree_chrom"),
    *("contamination", "n_hot_pixels", "x_ccd", "y_ccd", "x_window", "y_window"),
)
_TIMES = ("t_min", "bjd_tt_min", "n_points", "cadence", "total_exposure", "file_size")
_FLUX = tuple(
    f"lc_{what}_{colour}" for colour in ("b", "g", "r", "white") for what in ("mean", "rms")
)
_CLASSES = ("var_class1", "var_class2", "var_class3")
_PROBABILITIES = ("activity_level", "prob_var1", "prob_var2", "prob_var3")


def has_canary(answer: str) -> bool:
    """Tell whether a hidden value is in a text, with a point or sign within or not."""
    return _CANARY.search(re.sub(r"[.-]", "", answer)) is not None


def populate(owner: Connection, *, hidden: bool) -> None:
    """Write an archive: with hidden rows and the flux that is not public, or with neither.

    Whatever the public sees is the same.
    """
    owner.execute(
        text(
            "INSERT INTO ingest.deliveries (delivery_id, product_level, version, source, delivered,"
            " release_date) VALUES ('test', 'N2', 'N2-4.4', '-', '2009-01-01', '2010-01-01')"
        )
    )
    rows = list(_visible())
    if hidden:
        # Between the others, so that no scan ends before them.
        rows = [row for pair in zip(rows, _hidden(), strict=True) for row in pair]
    for listing, data in rows:
        _insert(owner, listing, data if hidden else _unlike(listing, data))
    for name, groups in TIERS.items():
        insert_account(owner, name, *groups)
    insert_grant(owner, account="guest1", stars=[STAR], product_level="N1")
    owner.execute(text("ANALYZE"))


def _insert(owner: Connection, listing: dict[str, Any], data: dict[str, Any]) -> None:
    number = owner.scalar(
        insert(product_listing).values(listing).returning(product_listing.c.product_id)
    )
    key = owner.scalar(select(product_listing.c.key).where(product_listing.c.product_id == number))
    place = {"product_id": number, "storage_path": key, "media_type": "application/fits"}
    owner.execute(insert(product_data).values(place | data))


def _unlike(listing: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """Give another flux where it is not public."""
    return data if listing["release_date"] < LATER else dict.fromkeys(data)


def _visible() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Give what everybody sees: released, listed before its release, and released of level N1."""
    for number in range(12):
        kind = number % 3
        listing = _listing(number, 1000 * (kind + 1) + number) | {
            "product_level": "N1" if kind == 2 else "N2",
            "version": "N1-1.0" if kind == 2 else "N2-4.4",
            "release_date": LATER if kind == 1 else "2010-01-01",
        }
        yield listing, _canary_data() if kind == 1 else _data(number)


def _hidden() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Give what the public does not see, of stars of its own and of stars that are visible."""
    later: dict[str, Any] = {"product_level": "N1", "version": "N1-7.654321", "release_date": LATER}
    alert = later | {"product_level": "N1A", "version": "N1A-7.654321"}
    mono = later | {"product_type": "EN2_STAR_MON"}
    withdrawn = {
        "product_level": "N2", "version": "N2-7.654321", "release_date": "2010-01-01",
        "withdrawn": True, "withdrawn_reason": TEXT,
    }  # fmt: skip
    # Newer than what is visible of the same star, or another product of it; or a star of their own.
    kinds = (
        withdrawn, later, later, alert, mono, withdrawn, mono, later, later, alert, alert, later
    )  # fmt: skip
    for number, kind in enumerate(kinds):
        star = STAR + number if number % 2 else 1000 * (number % 3 + 1) + number
        yield _listing(number, star) | _canaries(number) | kind, _canary_data()


def _listing(number: int, star: int) -> dict[str, Any]:
    return {
        "corot_id": star, "run_code": "IRa01" if number % 2 else "LRc01",
        "product_type": "EN2_STAR_CHR", "channel": "exoplanet",
        "ra": 100 + number / 4, "dec": -1 + number / 8,
        **{name: 12 + index + number / 16 for index, name in enumerate(_NUMBERS)},
        "n_hot_pixels": number, "star_name": f"CoRoT-Exo-{number}", "spectral_type": str(number),
        "luminosity_class": "V", "ccd_half": "L",
        "start_utc": "2007-02-03T13:05:53", "end_utc": "2007-04-02T07:01:58",
        "n_points": 9600 + number, "cadence": 512.0, "total_exposure": 512.0 * 9600,
        "t_min": 54134.5, "t_max": 54192.25, "bjd_tt_min": 2454135.0, "bjd_tt_max": 2454192.75,
        "obs_collection": "CoRoT test", "file_name": f"EN2_STAR_CHR_{star:010d}.fits",
        "file_size": 1_000_000 + number, "checksum": f"{star:064d}", "delivery_id": "test",
        "published_at": "2020-01-01",
    }  # fmt: skip


def _canaries(number: int) -> dict[str, Any]:
    return {
        "ra": 176.54321, "dec": -76.54321,
        **dict.fromkeys((*_NUMBERS, *_TIMES), NUMBER), **dict.fromkeys(_TEXTS, TEXT),
        "t_max": NUMBER + 0.5, "bjd_tt_max": NUMBER + 0.5, "obs_collection": TEXT,
        "file_name": f"CANARY_{number}.fits", "checksum": f"{NUMBER:064d}",
        "start_utc": "2017-06-05T04:03:21", "end_utc": "2017-06-05T04:03:22",
    }  # fmt: skip


def _data(number: int) -> dict[str, Any]:
    return (
        {name: 2.0 + index + number / 8 for index, name in enumerate(_FLUX)}
        | dict.fromkeys(_PROBABILITIES, 0.5 + number / 64)
        | dict.fromkeys(_CLASSES, "42")
    )


def _canary_data() -> dict[str, Any]:
    return dict.fromkeys((*_FLUX, *_PROBABILITIES), NUMBER) | dict.fromkeys(_CLASSES, TEXT)
