"""Queries to click on the front page, and links that run them."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from schemas.corot.examples import EXAMPLES

FRONT_EXAMPLES: Final = EXAMPLES[:3]
"""Those with room on the front page; ``/tap/examples`` has all."""

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
