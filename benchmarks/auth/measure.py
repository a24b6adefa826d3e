"""The same query as each tier and by the role that bypasses the policies, in turn."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Final

import psycopg2

from benchmarks.auth.archive import BYPASS, CALLERS
from benchmarks.auth.questions import INDEX
from benchmarks.nowhere import Nowhere
from schemas.engine import KEEP_MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from benchmarks.auth.databases import Archive

_SETTINGS = (
    "SELECT set_config('vo.principal', %s, true),"
    " set_config('vo.base_url', 'http://127.0.0.1', true),"
    " set_config('vo.authority', 'org.corot', true),"
    " set_config('statement_timeout', '10min', true)"
)

WHO: Final = (BYPASS, *CALLERS)


class Askers:
    """One connection of each role, like those of the server."""

    def __init__(self, archive: Archive) -> None:
        self._reader = psycopg2.connect(archive.reader)
        self._bypass = psycopg2.connect(archive.bypass)
        for connection in (self._reader, self._bypass):
            connection.cursor().execute(KEEP_MEMORY)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()
        self._bypass.close()

    def seconds(self, who: str, sql: str) -> float:
        """Time a query, its plan and all rows; not the beginning of its transaction."""
        with self._begun(who) as cursor:
            started = time.perf_counter()
            cursor.copy_expert(f"COPY ({sql}) TO STDOUT (FORMAT binary)", Nowhere())
            return time.perf_counter() - started

    def plan(self, who: str, sql: str) -> str:
        """Explain a query."""
        with self._begun(who) as cursor:
            cursor.execute(f"EXPLAIN {sql}")
            return "\n".join(line for (line,) in cursor.fetchall())

    def _begun(self, who: str) -> psycopg2.extensions.cursor:
        connection = self._bypass if who == BYPASS else self._reader
        connection.rollback()
        cursor = connection.cursor()
        cursor.execute("SET TRANSACTION READ ONLY")
        cursor.execute(_SETTINGS, (CALLERS.get(who, ""),))
        return cursor


def medians(askers: Askers, sql: str, rounds: int, seconds: float = 0) -> dict[str, float]:
    """Ask in turn, after one round that counts for nothing; give seconds by who asked.

    There are more rounds where these do not take so many seconds.
    """
    started, runs = time.monotonic(), list[dict[str, float]]()
    while len(runs) <= rounds or time.monotonic() - started < seconds:
        runs.append(dict(_round(askers, sql, len(runs))))
    return {who: statistics.median(run[who] for run in runs[1:]) for who in WHO}


def _round(askers: Askers, sql: str, number: int) -> Iterator[tuple[str, float]]:
    """Ask as everybody, in another order each time."""
    start = number % len(WHO)
    for who in (*WHO[start:], *WHO[:start]):
        yield who, askers.seconds(who, sql)


def keeps_index(askers: Askers, sql: str) -> bool:
    """Whether the index of positions serves a query whoever asks, and no table is scanned."""
    plans = [askers.plan(who, sql) for who in CALLERS]
    return all(INDEX in plan and "Seq Scan on product_" not in plan for plan in plans)
