"""Whether the tables of a file are those its product type declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ingest.errors import ProductError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astropy.io import fits
    from numpy.typing import NDArray

    from ingest.fits.structure import Extension, Field, Structure

FEWEST_POINTS = 2
"""A series of one point has no cadence."""


def check_structure(file_name: str, hdus: fits.HDUList, structure: Structure) -> None:
    """Compare the binary tables of a file with the declared ones.

    Parameters
    ----------
    file_name
        For the message.
    hdus
        All astropy HDUs of the file, the primary one first.
    structure
        What the product type declares.

    Raises
    ------
    ProductError
        At the first difference: tables, columns, formats (TFORM), units
        (TUNIT), or a table with fewer than two rows.
    """
    found = tuple(hdu.name for hdu in hdus[1:])
    expected = tuple(extension.name for extension in structure.extensions)
    if found != expected:
        raise ProductError(
            f"{file_name}: extensions are {_list(found)}; expected {_list(expected)}"
        )
    for hdu, extension in zip(hdus[1:], structure.extensions, strict=True):
        _check_table(file_name, hdu, extension)


def check_times(file_name: str, extension: str, column: str, days: NDArray[np.float64]) -> None:
    """Require that the times of a table are finite and increase.

    Parameters
    ----------
    file_name, extension, column
        For the message.
    days
        Times, shape (n,).

    Raises
    ------
    ProductError
        With the first row (counted from 1) that is wrong.
    """
    where = f"{file_name}: {column} of {extension}"
    wrong = np.flatnonzero(~np.isfinite(days))
    if wrong.size:
        raise ProductError(f"{where} is {days[wrong[0]]} in row {wrong[0] + 1}; expected a date")
    wrong = np.flatnonzero(np.diff(days) <= 0)
    if wrong.size:
        row = int(wrong[0]) + 1
        raise ProductError(
            f"{where} goes from {days[row - 1]:.6f} in row {row} to {days[row]:.6f} in row "
            f"{row + 1}; expected increasing times"
        )


def _check_table(file_name: str, hdu: fits.BinTableHDU, extension: Extension) -> None:
    where = f"{file_name}: extension {extension.name}"
    columns = getattr(hdu, "columns", None)
    if columns is None:
        raise ProductError(f"{where} is {hdu.header.get('XTENSION')!r}; expected a BINTABLE")
    expected = tuple(field.name for field in extension.fields)
    if tuple(columns.names) != expected:
        raise ProductError(
            f"{where} has the columns {_list(columns.names)}; expected {_list(expected)}"
        )
    for column, field in zip(columns, extension.fields, strict=True):
        _check_column(where, field, str(column.format), str(column.unit or ""))
    rows = int(hdu.header["NAXIS2"])
    if rows < FEWEST_POINTS:
        raise ProductError(f"{where} has {rows} rows; expected at least {FEWEST_POINTS}")


def _check_column(where: str, field: Field, form: str, unit: str) -> None:
    scalar = form.removeprefix("1") if len(form) == len("1D") else form
    if not field.accepts_form(scalar):
        raise ProductError(f"{where}: {field.name} has format {form}; expected {field.form}")
    if not field.accepts_unit(unit):
        raise ProductError(f"{where}: {field.name} has unit {unit!r}; expected {field.unit!r}")


def _list(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "none"
