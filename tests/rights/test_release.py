"""A product is everyone's from its second on, on every endpoint, without a job having to run."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from requests import Session
from sqlalchemy import text

from schemas.engine import OWNER
from tests.rights.world import write_file
from tests.support.rows import Products, insert_products

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

LISTED, HIDDEN = 999_000_001, 999_000_002
"""A product of level N2, which is listed before its release, and one of level N1, which is not."""

_PLACE = {LISTED: "IRa01/EN2_STAR_CHR/N2-4.4", HIDDEN: "IRa01/EN2_STAR_CHR/N1-1.0"}


@dataclass(frozen=True)
class Release:
    """Two products that are released at a moment of the near future."""

    url: str
    moment: datetime

    def tap(self, query: str) -> str:
        form = {"LANG": "ADQL", "RESPONSEFORMAT": "csv", "QUERY": query}
        with Session() as session:
            answer = session.post(f"{self.url}/tap/sync", form, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.text.split("\r\n", 1)[1].strip('\r\n"')

    def get(self, path: str) -> str:
        with Session() as session:
            return session.get(f"{self.url}{path}", timeout=60).text

    def status(self, star: int) -> int:
        with Session() as session:
            address = f"{self.url}/products/{star:010d}/{_PLACE[star]}"
            return session.get(address, timeout=60).status_code


ASKED: dict[str, tuple[Callable[[Release], object], object, object]] = {
    "flux by TAP": (
        lambda r: r.tap(f"SELECT lc_mean_white FROM corot.products WHERE corot_id = {LISTED}"),
        "", "12345",
    ),
    "rights by TAP": (
        lambda r: r.tap(f"SELECT data_rights FROM ivoa.obscore WHERE obs_id LIKE '%{LISTED}'"),
        "proprietary", "public",
    ),
    "row by TAP": (
        lambda r: r.tap(f"SELECT corot_id FROM corot.products WHERE corot_id = {HIDDEN}"),
        "", str(HIDDEN),
    ),
    "star by TAP": (
        lambda r: r.tap(f"SELECT COUNT(*) FROM corot.stars WHERE corot_id = {HIDDEN}"), "0", "1",
    ),
    "row by SSA": (
        lambda r: str(HIDDEN) in r.get("/ssa?REQUEST=queryData&POS=222,22&SIZE=1"), False, True,
    ),
    "rights by SSA": (
        lambda r: "proprietary" in r.get("/ssa?REQUEST=queryData&POS=222,11&SIZE=1"), True, False,
    ),
    "download of what is listed": (lambda r: r.status(LISTED), 403, 200),
    "download of what is not": (lambda r: r.status(HIDDEN), 404, 200),
}  # fmt: skip
"""What is asked, with the answers before and after."""


@pytest.fixture
def owner(make_database: DatabaseMaker, world: Settings) -> Engine:
    return make_database.engine(world, OWNER)


@pytest.fixture
def release(world_url: str, world: Settings, owner: Engine) -> Iterator[Release]:
    """Two products, whose release is so far ahead that everything can be asked before."""
    began = datetime.now(UTC)
    for ask, _, _ in ASKED.values():
        ask(Release(world_url, began))
    ahead = max(timedelta(seconds=4), 4 * (datetime.now(UTC) - began))
    with owner.begin() as connection:
        moment = datetime.now(UTC) + ahead
        date = moment.replace(tzinfo=None).isoformat()
        for star, level, dec in ((LISTED, "N2", 11), (HIDDEN, "N1", 22)):
            version = _PLACE[star].rpartition("/")[2]
            insert_products(
                connection,
                Products(star, 1, level, version, release_date=date, ra=222, dec=dec),
            )
            write_file(connection, world.store, star, b"flux\n")
    yield Release(world_url, moment)
    with owner.begin() as connection:
        connection.execute(
            text("DELETE FROM corot.product_listing WHERE corot_id IN (:one, :other)"),
            {"one": LISTED, "other": HIDDEN},
        )


def test_a_product_becomes_public_at_its_second(release: Release) -> None:
    before, after = dict.fromkeys(ASKED, 0), dict.fromkeys(ASKED, 0)
    while datetime.now(UTC) < release.moment + timedelta(seconds=1) or not all(after.values()):
        for name, (ask, proprietary, public) in ASKED.items():
            began = datetime.now(UTC)
            answer = ask(release)
            if datetime.now(UTC) < release.moment:
                assert answer == proprietary, name
                before[name] += 1
            elif began >= release.moment:
                assert answer == public, name
                after[name] += 1
            else:  # the moment came while it was answered
                assert answer in (proprietary, public), name
        time.sleep(0.01)
    assert min(before.values()) > 0
