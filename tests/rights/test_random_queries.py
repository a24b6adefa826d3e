"""The public finds no hidden value by queries drawn at random on all published tables.

Seeded; ``make test`` asks 2,000 queries, ``VO_TEST_SOAK=1`` 100,000. Every tenth is asked of an
archive without the hidden rows, too, which must answer the same, and as the staff, which shows
that the queries would find the hidden values if they could.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from schemas.engine import OWNER
from schemas.session import PUBLIC, Caller
from tests.rights.random_queries import SeededWalk, is_exact, rows_of, told
from tests.rights.twins import NUMBER, TEXT, has_canary, populate
from vo_server import wiring
from vo_server.database import arrow_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap.service import TapService
    from tests.support.databases import DatabaseMaker

QUERIES = 100_000 if os.environ.get("VO_TEST_SOAK") == "1" else 2_000
STAFF = Caller("staff1", "staff")
TENTH = 10


@dataclass(frozen=True)
class Found:
    """What came of a query; None where it was not asked."""

    query: str
    runs: bool
    leak: str = ""
    staff_finds: bool | None = None
    staff_differs: bool | None = None


@pytest.fixture(scope="module")
def archives(make_database: DatabaseMaker) -> Iterator[tuple[TapService, TapService]]:
    """TAP on an archive with hidden rows, and on one without."""
    services, databases = [], []
    for name, hidden in (("hidden", True), ("twin", False)):
        settings = make_database(f"random-{name}", migrate=True)
        with make_database.engine(settings, OWNER).begin() as owner:
            populate(owner, hidden=hidden)
        database = arrow_database(settings)
        backend = wiring.geometry_backend(make_database.reader(settings))
        services.append(wiring.tap_service(settings, database, backend))
        databases.append(database)
    yield services[0], services[1]
    for database in databases:
        database.close()


def look(archives: tuple[TapService, TapService], seed: int) -> Found:
    """Ask a query as the public, and see whether the answer has a canary in it."""
    hidden, twin = archives
    query = SeededWalk(seed).statement()
    answer = told(hidden, query, PUBLIC)
    runs = "Error: " not in answer
    if has_canary(answer):
        # Digits of a visible value may be so by chance: then they are in the other archive, too.
        return Found(query, runs, "" if has_canary(told(twin, query, PUBLIC)) else answer)
    if seed % TENTH:
        return Found(query, runs)
    staff = told(hidden, query, STAFF)
    differs, leak = None, ""
    rows = rows_of(answer)
    if is_exact(query) and rows is not None:
        differs = rows_of(staff) != rows
        other = told(twin, query, PUBLIC)
        same = rows_of(other) in (None, rows)
        leak = "" if same else f"{answer}, but without them: {other}"
    return Found(query, runs, leak, has_canary(staff), differs)


@pytest.mark.timeout(4 * 3600)
def test_no_random_query_of_the_public_finds_a_hidden_value(
    archives: tuple[TapService, TapService],
) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda seed: look(archives, seed), range(QUERIES)))
    leaks = [(one.query, one.leak[:1000]) for one in found if one.leak]
    assert leaks == []
    assert share([one.runs for one in found]) > 0.9, "the queries are not valid"
    assert share([one.staff_finds for one in found]) > 0.15, "they are not sharp"
    assert share([one.staff_differs for one in found]) > 0.3, "they are not sharp"


def share(outcomes: list[bool | None]) -> float:
    """Tell how often something was so, among where it was looked at."""
    known = [outcome for outcome in outcomes if outcome is not None]
    return sum(known) / len(known)


@pytest.mark.parametrize("text", [f"{NUMBER}", "7.654321e+06", "176.54321", f"-{NUMBER}.5", TEXT[0],
                                  "x CANARY_1.fits", "0007654321001"])  # fmt: skip
def test_a_canary_is_told_in_any_form(text: str) -> None:
    assert has_canary(f"a,b\r\n1,{text}\r\n")
    assert not has_canary("a,b\r\n1,7654320\r\n")
