"""The declared structure of the N2-4.x products: what is written and what is accepted.

Names, FITS formats and units of the exoplanet products are those printed from
a real chromatic file of release N2-4.4. The monochromatic table is the same
without the colours. Of the bright-star tables the names are known, the formats
and units only from the releases before (Legacy Book II.4, appendix 5.2): a
column that is not ``confirmed`` is written as declared, and read with either
floating format and any unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.names import ProductType

JULIAN_DAY_ZERO = 2_400_000.0
"""Julian date of value 0 of every time column of the N2-4.x family (**not** MJD)."""

_JULIAN_DAY = "JULIAN DAY"
_PER_32S = "ELECTRONS PER 32s"
_PER_SECOND = "electron/s"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a binary table: TTYPE, TFORM and TUNIT (FITS 4.0, section 7.3.1)."""

    name: str
    form: str
    unit: str = ""
    confirmed: bool = True

    def accepts_form(self, found: str) -> bool:
        """Say whether a TFORM value, without a repeat count of 1, is this column's."""
        return found == self.form or (not self.confirmed and {found, self.form} <= {"D", "E"})

    def accepts_unit(self, found: str) -> bool:
        """Say whether a TUNIT value (empty when the column has none) is this column's."""
        return found == self.unit or not self.confirmed


@dataclass(frozen=True, slots=True)
class Extension:
    """One binary table: EXTNAME and its columns in order."""

    name: str
    fields: tuple[Field, ...]

    @property
    def time_columns(self) -> tuple[str, ...]:
        """Columns that hold Julian days, which must be finite and increase."""
        return tuple(field.name for field in self.fields if field.unit == _JULIAN_DAY)


@dataclass(frozen=True, slots=True)
class Structure:
    """The binary tables of a product, and the columns the series facts come from."""

    extensions: tuple[Extension, ...]
    native: str
    """Extension with the points as observed, with the column DATETT."""
    barycentric: str
    """Extension with DATEBARTT and the fluxes the statistics are computed from."""
    status: str
    """Status column of `barycentric`."""
    fluxes: dict[str, str]
    """Flux column of `barycentric` by colour: b, g, r, white."""
    exposures: str | None
    """Extension with the exposure time of each point, None when all are 32 s."""

    def extension(self, name: str) -> Extension:
        """Find a table by its EXTNAME."""
        return next(found for found in self.extensions if found.name == name)


def _flux(colour: str) -> tuple[Field, Field]:
    return Field(f"{colour}FLUX", "E", _PER_32S), Field(f"{colour}FLUXDEV", "E", _PER_32S)


_TIMES = (
    Field("DATE", "23A", "yyyy-mm-jjThh:mi:ss"),
    Field("DATETT", "D", _JULIAN_DAY),
    Field("DATEBARTT", "D", _JULIAN_DAY),
    Field("STATUS", "J"),
)
_WHITE = Field("WHITEFLUX", "E", _PER_32S)
_BACKGROUND = Field("BG", "E", "ELECTRONS PER PIXEL PER 32s")
_BARFILL = Extension(
    "BARFILL",
    (
        Field("DATETT", "D", _JULIAN_DAY),
        Field("DATEBARTT", "D", _JULIAN_DAY),
        Field("WHITEFLUXFIL", "E", _PER_32S),
        Field("STATUSFIL", "J"),
        Field("T_EXP", "I"),
    ),
)
_SYSTEMATIC = Extension(
    "SYSTEMATIC",
    (
        Field("DATEBARTT", "D", _JULIAN_DAY),
        Field("WHITEFLUXSYS", "E", _PER_32S),
        Field("STATUSSYS", "J"),
    ),
)


def _seismo(name: str, time: str, flux: tuple[str, str], status: str, *more: Field) -> Extension:
    fluxes = (Field(column, "D", _PER_SECOND, confirmed=False) for column in flux)
    return Extension(name, (Field(time, "D", _JULIAN_DAY), *fluxes, Field(status, "J"), *more))


CHROMATIC = Structure(
    extensions=(
        Extension(
            "BAR",
            (*_TIMES, *_flux("RED"), *_flux("GREEN"), *_flux("BLUE"), _WHITE, _BACKGROUND),
        ),
        _BARFILL,
        _SYSTEMATIC,
    ),
    native="BAR",
    barycentric="BAR",
    status="STATUS",
    fluxes={"b": "BLUEFLUX", "g": "GREENFLUX", "r": "REDFLUX", "white": "WHITEFLUX"},
    exposures="BARFILL",
)
MONOCHROMATIC = Structure(
    extensions=(
        Extension("BAR", (*_TIMES, *_flux("WHITE"), _BACKGROUND)),
        _BARFILL,
        _SYSTEMATIC,
    ),
    native="BAR",
    barycentric="BAR",
    status="STATUS",
    fluxes={"white": "WHITEFLUX"},
    exposures="BARFILL",
)
BRIGHT_STAR = Structure(
    extensions=(
        _seismo(
            "RAW",
            "DATETT",
            ("RAWFLUX", "RAWFLUXDEV"),
            "RAWSTATUS",
            Field("BG", "E", "electron/px/s", confirmed=False),
        ),
        _seismo("BAR", "DATEBARTT", ("FLUXBAR", "FLUXDEVBAR"), "STATUSBAR"),
        _seismo("BARREG", "DATEBARREGTT", ("FLUXBARREG", "FLUXDEVBARREG"), "STATUSBARREG"),
    ),
    native="RAW",
    barycentric="BAR",
    status="STATUSBAR",
    fluxes={"white": "FLUXBAR"},
    exposures=None,
)

STRUCTURES: dict[ProductType, Structure] = {
    "EN2_STAR_CHR": CHROMATIC,
    "EN2_STAR_MON": MONOCHROMATIC,
    "AN2_STAR": BRIGHT_STAR,
}
"""By product type. The N2-4.x tables of EN2_STAR_IMAG are not known, so it is refused."""
