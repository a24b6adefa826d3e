"""What may be wrong with a product's file, and the means to make it so."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from astropy.io import fits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def edit(path: Path, change: Callable[[fits.HDUList], object]) -> None:
    """Change a FITS file in place."""
    with fits.open(path, memmap=False) as hdus:
        for hdu in hdus:
            hdu.data  # noqa: B018 - read it before the file is written again
        change(hdus)
        hdus.writeto(path, overwrite=True)


def set_cards(path: Path, **cards: object) -> None:
    """Set cards of the primary header; those of None are taken out."""

    def change(hdus: fits.HDUList) -> None:
        for keyword, value in cards.items():
            if value is None:
                del hdus[0].header[keyword]
            else:
                hdus[0].header[keyword] = value

    edit(path, change)


def recast(hdus: fits.HDUList, name: str, column: str, form: str) -> None:
    """Give a column of a table another format."""
    table = hdus[name]
    hdus[name] = fits.BinTableHDU.from_columns(
        [
            fits.Column(
                c.name,
                form if c.name == column else c.format,
                c.unit,
                array=np.array(table.data[c.name]),
            )
            for c in table.columns
        ],
        name=name,
    )


def _rename_column(hdus: fits.HDUList) -> None:
    hdus["BAR"].columns["BG"].name = "BACKGROUND"


def _change_unit(hdus: fits.HDUList) -> None:
    hdus["BAR"].columns["BG"].unit = "electron/s"


def _rename_table(hdus: fits.HDUList) -> None:
    hdus["BARFILL"].name = "BARFULL"


def _rename_all(hdus: fits.HDUList) -> None:
    for number, hdu in enumerate(hdus[1:]):
        hdu.name = f"BINTABLE{number}"


def _drop_table(hdus: fits.HDUList) -> None:
    del hdus["SYSTEMATIC"]


def _drop_tables(hdus: fits.HDUList) -> None:
    del hdus[1:]


def _image_for_table(hdus: fits.HDUList) -> None:
    hdus[3] = fits.ImageHDU(np.zeros((2, 2)), name="SYSTEMATIC")


def _swap_tables(hdus: fits.HDUList) -> None:
    bar = hdus.pop(1)
    hdus.append(bar)


def _double_flux(hdus: fits.HDUList) -> None:
    recast(hdus, "BARFILL", "WHITEFLUXFIL", "D")


def _no_rows(hdus: fits.HDUList) -> None:
    hdus["SYSTEMATIC"].data = hdus["SYSTEMATIC"].data[:0]


def _one_row(hdus: fits.HDUList) -> None:
    hdus["BAR"].data = hdus["BAR"].data[:1]


def _nan_time(hdus: fits.HDUList) -> None:
    hdus["BAR"].data["DATEBARTT"][4] = math.nan


def _infinite_time(hdus: fits.HDUList) -> None:
    hdus["SYSTEMATIC"].data["DATEBARTT"][-1] = math.inf


def _repeated_time(hdus: fits.HDUList) -> None:
    days = hdus["BAR"].data["DATETT"]
    days[5] = days[4]


def _exposure_of_64_s(hdus: fits.HDUList) -> None:
    hdus["BARFILL"].data["T_EXP"][2] = 64


def _an_hour_later(hdus: fits.HDUList) -> None:
    hdus["BAR"].data["DATETT"] += 1 / 24


def _half_the_series(hdus: fits.HDUList) -> None:
    hdus["BAR"].data = hdus["BAR"].data[:80]


def _half_a_day_off(hdus: fits.HDUList) -> None:
    hdus["BAR"].data["DATETT"] -= 0.5


FILE_FAULTS: list[tuple[Callable[[fits.HDUList], object], str]] = [
    (_rename_column, "extension BAR has the columns DATE, DATETT"),
    (_change_unit, "BG has unit 'electron/s'; expected 'ELECTRONS PER PIXEL PER 32s'"),
    (_rename_table, "extensions are BAR, BARFULL, SYSTEMATIC; expected BAR, BARFILL, SYSTEMATIC"),
    (_rename_all, "no known format has the extensions BINTABLE0, BINTABLE1, BINTABLE2"),
    (_drop_table, "extensions are BAR, BARFILL; expected"),
    (_drop_tables, "no known format has the extensions none"),
    (_image_for_table, "extension SYSTEMATIC is 'IMAGE'; expected a BINTABLE"),
    (_swap_tables, "extensions are BARFILL, SYSTEMATIC, BAR; expected"),
    (_double_flux, "WHITEFLUXFIL has format D; expected E"),
    (_no_rows, "extension SYSTEMATIC has 0 rows; expected at least 2"),
    (_one_row, "extension BAR has 1 rows; expected at least 2"),
    (_nan_time, "DATEBARTT of BAR is nan in row 5; expected a date"),
    (_infinite_time, "DATEBARTT of SYSTEMATIC is inf in row 169; expected a date"),
    (_repeated_time, "in row 5 to 54236.778511 in row 6; expected increasing times"),
    (_exposure_of_64_s, "T_EXP of BARFILL is 64 in row 3; expected 32 or 512"),
    (_an_hour_later, "the start in the name is 35"),
    (_half_the_series, "the end in the name is"),
    (_half_a_day_off, "the start in the name is 43"),
]
"""What is done to the file, and the reason it is refused for."""
