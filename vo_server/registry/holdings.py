"""What the public sees of a collection, asked as everybody else asks: through the reader."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from vo_server.registry.collections import Collection

_SUMMARY = text(
    "SELECT count(*) AS products, max(published_at)::date AS published,"
    " (array_agg(version ORDER BY version_order DESC))[1] AS version,"
    " count(*) FILTER (WHERE obs_collection ILIKE '%simulated%') AS simulated"
    " FROM corot.product_listing WHERE product_level = :level AND channel = :channel"
)
_TIMES = text(
    "SELECT min(t_min), max(t_max) FROM corot.product_listing"
    " WHERE product_level = :level AND channel = :channel GROUP BY run_code"
)
_POSITIONS = text(
    "SELECT DISTINCT ra, dec FROM corot.product_listing"
    " WHERE product_level = :level AND channel = :channel"
)

_STEPS = 100
"""Of a day, to which times are rounded: coverage need not be precise (VODataService 1.2, 3.2)."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What there is of a collection for everybody to find."""

    products: int
    simulated: int
    """How many of them are simulated."""
    published: date
    """When the last one was published."""
    version: str
    """The latest."""
    times: tuple[tuple[float, float], ...]
    """Intervals of MJD, apart from each other and in order."""
    positions: NDArray[np.float64]
    """Right ascensions and declinations in degrees (ICRS), of shape (stars, 2)."""


def read_holdings(connection: Connection, collection: Collection) -> Holdings | None:
    """Ask what there is of a collection; None if nothing.

    Parameters
    ----------
    connection
        In the public's name.
    """
    which = {"level": collection.level, "channel": collection.channel}
    summary = connection.execute(_SUMMARY, which).one()
    if not summary.products:
        return None
    positions = connection.execute(_POSITIONS, which).all()
    return Holdings(
        products=summary.products,
        simulated=summary.simulated,
        published=summary.published,
        version=summary.version,
        times=merged(tuple(row) for row in connection.execute(_TIMES, which)),
        positions=np.array(positions, dtype=np.float64).reshape(-1, 2),
    )


def merged(intervals: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Round intervals outwards and join those that overlap."""
    done: list[tuple[float, float]] = []
    for begin, end in sorted(intervals):
        first = math.floor(round(begin * _STEPS, 3)) / _STEPS
        last = math.ceil(round(end * _STEPS, 3)) / _STEPS
        if done and first <= done[-1][1]:
            done[-1] = (done[-1][0], max(done[-1][1], last))
        else:
            done.append((first, last))
    return tuple(done)
