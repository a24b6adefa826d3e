"""FITS files as tables."""

from tap.readers.fits.table import fits_source

__all__ = ["fits_source"]
