"""What is asked: scans of whole tables, and cones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.published import CATALOGUE
from tap.adql import translate
from vo_server.wiring import UDFS

if TYPE_CHECKING:
    from schemas.backends import Backend

SCANS: Final = {
    "listing, aggregates": "SELECT COUNT(*) AS n, AVG(mag_r) AS mean FROM corot.products",
    "data, aggregates": "SELECT COUNT(*) AS n, AVG(lc_mean_white) AS mean FROM corot.products",
    "listing, a condition": "SELECT corot_id, run_code FROM corot.products WHERE mag_r > 15.98",
    "listing, all rows": (
        "SELECT corot_id, run_code, ra, dec, mag_r, n_points, release_date FROM corot.products"
    ),
    "data, all rows": (
        "SELECT corot_id, run_code, ra, dec, lc_mean_white, lc_rms_white FROM corot.products"
    ),
}

_CONE: Final = "1 = CONTAINS(POINT('ICRS', {0}ra, {0}dec), CIRCLE('ICRS', 100.1, 0.2, 0.1))"

CONES: Final = {
    "listing": f"SELECT corot_id, run_code, ra, dec FROM corot.products WHERE {_CONE.format('')}",
    "data": f"SELECT corot_id, ra, dec, lc_mean_white FROM corot.products WHERE {_CONE.format('')}",
    "all columns": f"SELECT * FROM corot.products WHERE {_CONE.format('')}",
    "stars": f"SELECT corot_id, ra, dec, mag_r FROM corot.stars WHERE {_CONE.format('')}",
    "obscore": f"SELECT * FROM ivoa.obscore WHERE {_CONE.format('s_')}",
}

INDEX: Final = "product_listing_pos_idx"
"""Serves cones."""


def sql(adql: str, backend: Backend) -> str:
    """Write a query as the TAP service does."""
    return translate(adql, CATALOGUE, udfs=UDFS, backend=backend, row_limit=10**9).sql
