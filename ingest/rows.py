"""From what a product file says to the rows that describe it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from ingest.store import ProductRows

if TYPE_CHECKING:
    from datetime import datetime

    from ingest.delivery import Delivery
    from ingest.fits import Product
    from ingest.product_store import StoredFile
    from ingest.store import Row

MEDIA_TYPE = "application/fits"
_SIMULATED = " simulated"


def product_key(product: Product, version: str) -> str:
    """Compose the key of a product, as the database generates it."""
    name = product.name
    return f"{name.corot_id:010d}/{product.run_code}/{name.product_type}/{version}"


def collection(product: Product, level: str) -> str:
    """Name the collection of a product; a simulated one says so."""
    return f"CoRoT {level}{_SIMULATED if product.simulated else ''}"


def product_rows(
    product: Product,
    delivery: Delivery,
    release: datetime,
    stored: StoredFile,
) -> ProductRows:
    """Give the rows of a product.

    Parameters
    ----------
    product
        What the file says.
    delivery
        The delivery it came with.
    release
        When its data become public; UTC, without zone.
    stored
        Its file in the store.
    """
    listing: Row = {
        **_star(product),
        **_observation(product),
        **asdict(product.series),
        "product_level": delivery.level,
        "version": delivery.version,
        "release_date": release,
        "delivery_id": delivery.delivery_id,
        "obs_collection": collection(product, delivery.level),
        "checksum": stored.checksum,
        "file_size": stored.size,
    }
    data: Row = {
        **asdict(product.statistics),
        "activity_level": product.target.activity_level,
        "storage_path": stored.path,
        "media_type": MEDIA_TYPE,
    }
    return ProductRows(
        product_key(product, delivery.version),
        listing,
        data,
    )


def _star(product: Product) -> Row:
    target = product.target
    return {
        "corot_id": product.name.corot_id,
        "star_name": target.name,
        "ra": target.ra,
        "dec": target.dec,
        "mag_b": target.mag_b,
        "mag_v": target.mag_v,
        "mag_r": target.mag_r,
        "mag_i": target.mag_i,
        "b_v": target.color_bv,
        "spectral_type": target.spectral_type,
        "luminosity_class": target.luminosity_class,
        "teff": target.teff,
    }


def _observation(product: Product) -> Row:
    name, target = product.name, product.target
    return {
        "run_code": product.run_code,
        "product_type": name.product_type,
        "channel": name.channel,
        "ccd_half": target.ccd_half,
        "start_utc": name.start.replace(tzinfo=None),
        "end_utc": name.end.replace(tzinfo=None),
        "degree_chrom": target.chromatic_degree,
        "contamination": target.contamination,
        "n_hot_pixels": target.hot_pixels,
        "x_ccd": target.x_ccd,
        "y_ccd": target.y_ccd,
        "x_window": target.x_window,
        "y_window": target.y_window,
        "file_name": name.file_name,
    }
