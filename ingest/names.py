"""Names of product files: ``EN2_STAR_CHR_0101086161_20070516T060226_20071005T074409.fits``.

The second part of the name is the CoRoT id in ten digits, then follow start
and end of this star's own series (UTC). The end can change between versions of
the same product, so a name is never a key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from ingest.errors import ProductError

ProductType = Literal["EN2_STAR_CHR", "EN2_STAR_MON", "EN2_STAR_IMAG", "AN2_STAR"]
Channel = Literal["exoplanet", "seismology"]

PRODUCT_TYPES: tuple[ProductType, ...] = get_args(ProductType)
SUFFIX = ".fits"
ID_DIGITS = 10

_PATTERN = re.compile(r"(?P<type>[A-Z0-9_]+?)_(?P<id>\d+)_(?P<start>[^_]*)_(?P<end>[^_]*)")
_EXPECTED = "<product type>_<CoRoT id, 10 digits>_<start>_<end>.fits"
_TIME = re.compile(r"\d{8}T\d{6}")


@dataclass(frozen=True, slots=True)
class ProductName:
    """What the name of a product file says; ``start`` and ``end`` are aware, in UTC."""

    corot_id: int
    product_type: ProductType
    start: datetime
    end: datetime

    @property
    def stem(self) -> str:
        """The name without its suffix."""
        times = f"{_compact(self.start)}_{_compact(self.end)}"
        return f"{self.product_type}_{self.corot_id:0{ID_DIGITS}d}_{times}"

    @property
    def file_name(self) -> str:
        """The name of the file."""
        return self.stem + SUFFIX

    @property
    def channel(self) -> Channel:
        """The channel that observed the star: the first letter of the name."""
        return "seismology" if self.product_type.startswith("A") else "exoplanet"


def parse_name(file_name: str) -> ProductName:
    """Take the name of a product file apart.

    Parameters
    ----------
    file_name
        Name with suffix, without any folder.

    Raises
    ------
    ProductError
        When the name does not follow the rule; says what is wrong with it.
    """
    stem = file_name.removesuffix(SUFFIX)
    found = _PATTERN.fullmatch(stem)
    if stem == file_name or found is None:
        raise ProductError(f"{file_name}: not a product name; expected {_EXPECTED}")
    if len(found["id"]) != ID_DIGITS or not found["id"].isascii():
        raise ProductError(
            f"{file_name}: the CoRoT id {found['id']} has {len(found['id'])} digits; "
            f"expected {ID_DIGITS}, with leading zeros"
        )
    start = _moment(file_name, "start", found["start"])
    end = _moment(file_name, "end", found["end"])
    if end <= start:
        raise ProductError(f"{file_name}: the end {end} is not after the start {start}")
    return ProductName(int(found["id"]), _product_type(file_name, found["type"]), start, end)


def _product_type(file_name: str, text: str) -> ProductType:
    for known in PRODUCT_TYPES:
        if text == known:
            return known
    raise ProductError(
        f"{file_name}: unknown product type {text}; expected {', '.join(PRODUCT_TYPES)}"
    )


def _moment(file_name: str, which: str, text: str) -> datetime:
    try:
        if not (text.isascii() and _TIME.fullmatch(text)):
            raise ValueError(text)  # noqa: TRY301 - strptime alone accepts fewer digits
        return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise ProductError(
            f"{file_name}: the {which} {text!r} is not a date and time; expected YYYYMMDDThhmmss"
        ) from error


def _compact(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%S")
