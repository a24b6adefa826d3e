"""Open a product file, find its format family, and read it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning

from ingest.errors import ProductError
from ingest.fits import n2v4
from ingest.names import parse_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.fits.product import Product
    from ingest.names import ProductName

_FITS_BLOCK = 2880
_HEADER_BYTES = bytes(range(0x20, 0x7F))
_FITS_BEGINS = b"SIMPLE  ="


@dataclass(frozen=True, slots=True)
class Family:
    """One family of format versions, with how to recognise and read it."""

    name: str
    marks: frozenset[str]
    """Names of extensions that only this family has."""
    read: Callable[[ProductName, fits.HDUList], Product]
    """Reads a product from its name and the astropy HDU list; raises `ProductError`."""


FAMILIES = (Family("N2-4", frozenset({"BAR", "BARFILL", "BARREG", "SYSTEMATIC"}), n2v4.read),)
"""Every family that can be read; a reader for the releases before N2-4 is one more entry."""


def read_product(path: Path, file_name: str | None = None) -> Product:
    """Read and check one product file.

    Parameters
    ----------
    path
        Where the file lies.
    file_name
        Name of the product when the file lies under another name.

    Raises
    ------
    ProductError
        When the name, the structure, the header or the values are not those
        of a product; the reason is one sentence that names the file.
    OSError
        When the file cannot be reached: that is no fault of the product.
    """
    name = parse_name(file_name or path.name)
    try:
        # The file is opened here because astropy leaves it open when it fails.
        with path.open("rb") as stream, warnings.catch_warnings():
            # What astropy only warns about is either checked here or harmless.
            warnings.simplefilter("ignore", AstropyWarning)
            _check_is_fits(stream, name.file_name)
            with fits.open(stream, memmap=False, lazy_load_hdus=False) as hdus:
                _check_length(path, name.file_name, hdus)
                _check_headers(stream, name.file_name, hdus)
                return _family(name, hdus).read(name, hdus)
    except (ProductError, MemoryError):
        raise
    except Exception as error:
        # A damaged file makes astropy and numpy fail in many ways; an errno means the disk.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ProductError(
            f"{name.file_name}: damaged FITS file ({type(error).__name__}: {error})"
        ) from error


def _family(name: ProductName, hdus: fits.HDUList) -> Family:
    extensions = [hdu.name for hdu in hdus[1:]]
    for family in FAMILIES:
        if family.marks.intersection(extensions):
            return family
    known = "; ".join(f"{family.name}: {', '.join(sorted(family.marks))}" for family in FAMILIES)
    raise ProductError(
        f"{name.file_name}: no known format has the extensions "
        f"{', '.join(extensions) or 'none'}; expected some of {known}"
    )


def _check_is_fits(stream: BinaryIO, file_name: str) -> None:
    begin = stream.read(len(_FITS_BEGINS))
    stream.seek(0)
    if begin != _FITS_BEGINS:
        raise ProductError(f"{file_name}: not a FITS file; it begins with {begin!r}")


def _check_length(path: Path, file_name: str, hdus: fits.HDUList) -> None:
    size = path.stat().st_size
    last = hdus[-1].fileinfo()
    end = last["datLoc"] + last["datSpan"]
    if size != end or size % _FITS_BLOCK:
        state = "truncated" if size < end else "followed by other data"
        raise ProductError(f"{file_name}: {state}: {size} bytes; expected {end} by its headers")


def _check_headers(stream: BinaryIO, file_name: str, hdus: fits.HDUList) -> None:
    """Refuse header bytes that no FITS file may have (FITS 4.0, section 3.2)."""
    for hdu in hdus:
        place = hdu.fileinfo()
        stream.seek(place["hdrLoc"])
        header = stream.read(place["datLoc"] - place["hdrLoc"])
        if foreign := header.translate(None, delete=_HEADER_BYTES):
            raise ProductError(
                f"{file_name}: damaged header of {hdu.name or 'an extension'}: it holds the byte"
                f" {foreign[0]:#04x}, where only printable ASCII may stand"
            )
