"""Queries to click on the front page, and links that run them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Example:
    """A query with its explanation."""

    title: str
    text: str
    adql: str


EXAMPLES: Final = (
    Example(
        "Cone search",
        "Light curves within 5° of a point in the anticentre direction, near the run IRa01.",
        "SELECT TOP 100 obs_title, s_ra, s_dec, t_min, t_max, data_rights, access_url\n"
        "FROM ivoa.obscore\n"
        "WHERE 1 = CONTAINS(POINT(s_ra, s_dec), CIRCLE(100.9, -0.9, 5))",
    ),
    Example(
        "Products per run",
        "How many products each run has, and when they begin and end (MJD).",
        "SELECT run_code, COUNT(*) AS products, MIN(t_min) AS begins, MAX(t_max) AS ends\n"
        "FROM corot.products\n"
        "GROUP BY run_code\n"
        "ORDER BY run_code",
    ),
    Example(
        "Brightest stars",
        "The stars brightest in R, with their types.",
        "SELECT TOP 20 corot_id, star_name, ra, dec, mag_r, spectral_type, teff\n"
        "FROM corot.stars\n"
        "WHERE mag_r IS NOT NULL\n"
        "ORDER BY mag_r",
    ),
)

SSA_QUERY: Final = "REQUEST=queryData&POS=100.9,-0.9&SIZE=10"
"""An SSA search that finds the same light curves as the cone search."""


def sync_query(adql: str, response_format: str) -> str:
    """Compose the query part of a ``/tap/sync`` URL."""
    return urlencode({"LANG": "ADQL", "RESPONSEFORMAT": response_format, "QUERY": adql})


def run_query(run_code: str) -> str:
    """Compose the query part of the ``/tap/sync`` URL that lists a run's products."""
    quoted = run_code.replace("'", "''")
    columns = "corot_id, product_type, version, start_utc, end_utc, data_rights, access_url"
    condition = f"run_code = '{quoted}'"
    return sync_query(
        f"SELECT {columns} FROM corot.products WHERE {condition} ORDER BY corot_id",  # noqa: S608 - ADQL
        "csv",
    )
