"""Reading CoRoT products: FITS files of the format families the mission released.

:func:`read_product` is the one entry; it finds the family by the structure of
the file and gives a :class:`Product`, or a :class:`ingest.errors.ProductError`
that says what is wrong.
"""

from __future__ import annotations

from ingest.errors import ProductError
from ingest.fits.product import Product, Series, Statistics, Target
from ingest.fits.reader import read_product

__all__ = ["Product", "ProductError", "Series", "Statistics", "Target", "read_product"]
