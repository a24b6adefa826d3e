"""How much the jobs of a person keep, in the storage and in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

_KEPT = text(
    """
    SELECT
        (SELECT coalesce(sum(r.size), 0) FROM uws.results r JOIN uws.jobs j USING (job_id)
            WHERE j.owner = :owner)
        + (SELECT coalesce(sum(CAST(f.value ->> 'size' AS bigint)), 0)
            FROM uws.jobs j, jsonb_each(j.files) f WHERE j.owner = :owner)
        + coalesce(sum(pg_column_size(parameters)), 0) AS size,
        extract(epoch FROM min(destruction) - now()) AS left
    FROM uws.jobs WHERE owner = :owner
    """
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of somebody."""

    size: int
    """Bytes of parameters, uploads and results."""
    seconds: int
    """Until the first of these jobs is deleted; at least 1."""


def kept_of(connection: Connection, owner: str) -> Kept:
    """Add up what is kept of a person; of all the public, where the name is empty."""
    row = connection.execute(_KEPT, {"owner": owner}).one()
    return Kept(int(row.size), max(1, int(row.left or 1)))
