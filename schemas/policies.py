"""Row-level security, written from one statement of each right.

A policy looks at columns of its row and at what the caller is entitled to.
The latter stands in subqueries without a column, which PostgreSQL evaluates
once for each query, and only when a row comes to them: a released row costs
one comparison, of a column that stands first in its table
(:mod:`schemas.models`).
"""

from __future__ import annotations

_RELEASED = "open_from <= (SELECT vo.released_until())"

_GRANTED = """\
get_bit((SELECT vo.partly_granted_levels()), level_id) = 1
        AND corot_id <@ (SELECT vo.granted_stars()) AND (
            corot_id <@ ((SELECT vo.stars_by_level())::int8multirange[])[level_id]
            OR corot_id <@ ((SELECT vo.stars_by_window())::int8multirange[])[window_id]
        )"""

_RIGHTS = {("corot.product_listing", "see"): "seen", ("corot.product_data", "get"): "granted"}
"""What names the levels of which everything is the caller's, by table and right."""

_OTHERS = """\
-- What was delivered, and what became of it, is the staff's business.
ALTER TABLE ingest.deliveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY see ON ingest.deliveries FOR SELECT TO vo_reader
USING ((SELECT vo.sees_all()));
ALTER TABLE ingest.delivered_files ENABLE ROW LEVEL SECURITY;
CREATE POLICY see ON ingest.delivered_files FOR SELECT TO vo_reader
USING ((SELECT vo.sees_all()));
"""


def policies() -> str:
    """Give the SQL that enables row-level security and makes all policies."""
    return "\n".join([*(_policy(*key, levels) for key, levels in _RIGHTS.items()), _OTHERS])


def _policy(table: str, name: str, levels: str) -> str:
    return f"""\
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {name} ON {table} FOR SELECT TO vo_reader, vo_partner
USING (
    {_RELEASED}
    OR open_from < 'infinity' AND (
        get_bit((SELECT vo.{levels}_levels()), level_id) = 1
        OR {_GRANTED}
    )
    OR (SELECT vo.sees_all())
);
"""
