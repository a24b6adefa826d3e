"""What the front page counts, asked as everybody else asks: through the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_RUNS = text(
    "SELECT run_code, run_type, direction, exo_start, exo_end, seismo_start, seismo_end"
    " FROM corot.runs ORDER BY least(exo_start, seismo_start), run_code"
)
_PRODUCTS = text(
    "SELECT run_code, obs_collection, count(*) AS listed,"
    " count(*) FILTER (WHERE data_rights = 'public') AS public"
    " FROM corot.products WHERE is_latest = 1 GROUP BY run_code, obs_collection"
)
_STARS = text("SELECT count(*) FROM corot.stars")


@dataclass(frozen=True, slots=True)
class Run:
    """A run and when each of its channels observed (UTC, without a zone)."""

    code: str
    run_type: str
    direction: str
    exo_start: datetime | None
    exo_end: datetime | None
    seismo_start: datetime | None
    seismo_end: datetime | None


@dataclass(frozen=True, slots=True)
class ProductCount:
    """How many products of a run and collection there are, in their latest versions."""

    run_code: str
    collection: str
    listed: int
    public: int
    """Of those listed, how many can be downloaded by everyone."""


class PortalStore:
    """Reads the published tables."""

    def runs(self, connection: Connection) -> tuple[Run, ...]:
        """Give all runs, the earliest first."""
        return tuple(Run(*row) for row in connection.execute(_RUNS))

    def products(self, connection: Connection) -> tuple[ProductCount, ...]:
        """Count the products that the caller may see."""
        return tuple(ProductCount(*row) for row in connection.execute(_PRODUCTS))

    def stars(self, connection: Connection) -> int:
        """Count the stars that the caller may know of."""
        return int(connection.execute(_STARS).scalar_one())
