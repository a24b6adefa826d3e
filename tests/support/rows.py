"""Rows written straight into the tables, where a test is about rows and not about files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LISTING = text(
    """
    INSERT INTO corot.product_listing (corot_id, run_code, product_type, product_level,
        channel, version, ra, dec, mag_r, start_utc, end_utc, n_points, cadence, total_exposure,
        t_min, t_max,
        bjd_tt_min, bjd_tt_max, obs_collection, release_date, file_name, file_size, checksum,
        delivery_id)
    SELECT :first + i, :run, 'EN2_STAR_CHR', :level, 'exoplanet', :version,
        :ra + (i % 200) * 0.01, :dec + (i / 200) * 0.01, 12 + (i % 4000) / 1000.0,
        '2007-02-03T13:05:53', '2007-04-02T07:01:58', 9600, 512, 4915200, 54134.5, 54192.3,
        2454135.0, 2454192.8, 'CoRoT test', :release_date,
        'EN2_STAR_CHR_' || lpad((:first + i)::text, 10, '0')
            || '_20070203T130553_20070402T070158.fits',
        1000000, repeat('0', 64), 'test'
    FROM generate_series(0, :count - 1) AS i
    """
)

_DATA = text(
    """
    INSERT INTO corot.product_data (product_id, lc_mean_white, var_class1, prob_var1,
        storage_path, media_type)
    SELECT product_id, 12345.0, 'ECL', 0.9, key, 'application/fits'
    FROM corot.product_listing l
    WHERE NOT EXISTS (SELECT FROM corot.product_data d WHERE d.product_id = l.product_id)
    """
)


@dataclass(frozen=True, slots=True)
class Products:
    """Some products alike: identifiers from ``first`` on, on a grid from (ra, dec)."""

    first: int
    count: int
    level: str = "N2"
    version: str = "N2-4.4"
    release_date: str = "2010-01-01"
    ra: float = 100.0
    dec: float = -1.0
    run: str = "IRa01"


def insert_products(owner: Connection, products: Products) -> None:
    """Insert listing and data rows."""
    insert_listing(owner, products)
    owner.execute(_DATA)


def insert_listing(owner: Connection, products: Products) -> None:
    """Insert rows of the listing, of products without data."""
    values = {name: getattr(products, name) for name in Products.__slots__}
    owner.execute(
        text(
            "INSERT INTO ingest.deliveries (delivery_id, product_level, version, source, delivered,"
            " release_date) VALUES ('test', 'N2', 'N2-4.4', '-', '2009-01-01', '2010-01-01')"
            " ON CONFLICT DO NOTHING"
        )
    )
    owner.execute(_LISTING, values)
