"""Measures the translation of ADQL; see the package's docstring."""

from __future__ import annotations

import importlib
import statistics
import sys
from time import perf_counter, perf_counter_ns
from typing import TYPE_CHECKING

from tap.adql import parse, translate
from tests.adql.sky import SKY

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 300

QUERY = """
SELECT TOP 100 s.id, s.ra, s.dec, s.mag - t.mag AS dmag, AVG(v.flux) AS f, COUNT(*) AS n
FROM sky.stars AS s JOIN sky.visits AS v ON v.star_id = s.id
JOIN sky.stars AS t ON DISTANCE(POINT(s.ra, s.dec), POINT(t.ra, t.dec)) < 0.01
LEFT JOIN sky.visits AS w ON w.star_id = t.id AND w.flux > 2.5 * v.flux
WHERE 1 = CONTAINS(POINT('ICRS', s.ra, s.dec), CIRCLE('ICRS', 101.28, -16.71, 1.5))
  AND s.mag BETWEEN 10 AND 15.5 AND (t.mag < 14 OR t.mag IS NULL) AND s.name LIKE 'CoRoT%'
GROUP BY s.id, s.ra, s.dec, s.mag, t.mag HAVING COUNT(*) > 2 ORDER BY dmag DESC
"""

LONG: dict[str, Callable[[int], str]] = {
    "list of numbers": lambda size: (
        f"SELECT id FROM sky.stars WHERE id IN ({', '.join(map(str, range(size // 8)))})"
    ),
    "conditions": lambda size: (
        "SELECT id FROM sky.stars WHERE "
        + " OR ".join(f"(id = {number} AND mag < 3)" for number in range(size // 26))
    ),
    "one string": lambda size: f"SELECT '{'x' * size}' AS s FROM sky.one",
    "an error at the end": lambda size: (
        f"SELECT n FROM sky.one WHERE {'n = 1 AND ' * (size // 10)}"
    ),
}


def main() -> None:
    """Print all measurements."""
    translate(QUERY, SKY)
    say(f"{len(QUERY)} characters, {ROUNDS} rounds, milliseconds: median, least")
    say(f"cached                     {table_row(lambda _: translate(QUERY, SKY))}")
    # A row limit of its own makes each round another query to the cache.
    ours, yardstick = [], []
    other = foreign()
    for number in range(ROUNDS):
        ours.append(timed(lambda: translate(QUERY, SKY, row_limit=number + 1)))  # noqa: B023
        yardstick.append(timed(other))
    say(f"parse, resolve, generate   {shown(ours)}")
    say(f"sqlglot parse, generate    {shown(yardstick)}")
    say(f"parse alone                {table_row(lambda _: parse(QUERY))}")
    for name, make in LONG.items():
        say(f"\n{name}: characters, seconds, microseconds per kB")
        for size in (1_000, 10_000, 100_000, 1_000_000):
            adql = make(size)
            seconds = min(timed(lambda: attempt(adql)) for _ in range(3))  # noqa: B023
            say(f"{len(adql):9d} {seconds:9.4f} {seconds / len(adql) * 1e9:8.0f}")


def attempt(adql: str) -> None:
    """Translate a text, right or wrong, past the cache."""
    try:
        translate(adql, SKY, row_limit=perf_counter_ns() % 1_000_000_000)
    except ValueError:
        return


def foreign() -> Callable[[], object]:
    """Give sqlglot's translation of the same query."""
    try:
        sqlglot = importlib.import_module("sqlglot")
    except ImportError:
        sys.exit("sqlglot is missing: pip install -e '.[bench]'")
    # T-SQL, of the dialects it knows, has TOP.
    transpile: Callable[..., object] = sqlglot.transpile
    return lambda: transpile(QUERY, read="tsql", write="postgres")


def timed(run: Callable[[], object]) -> float:
    """Give the seconds a call takes."""
    started = perf_counter()
    run()
    return perf_counter() - started


def table_row(run: Callable[[None], object]) -> str:
    """Measure many rounds of a call."""
    return shown([timed(lambda: run(None)) for _ in range(ROUNDS)])


def shown(seconds: list[float]) -> str:
    """Write median and least in milliseconds."""
    return f"{statistics.median(seconds) * 1e3:8.4f} {min(seconds) * 1e3:8.4f}"


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


main()
