"""A crossmatch with an uploaded table goes by the index, under row-level security."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from astropy.table import Table

from schemas.arrow_session import ArrowDatabase
from schemas.engine import OWNER, READER
from schemas.migrate import upgrade
from schemas.session import PUBLIC
from tap.parameters import Parameters
from tap.uploads.loader import UploadLoader
from tap.uploads.model import InlineFile
from tests.support.rows import Products, insert_products
from vo_server import wiring
from vo_server.database import uri_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from tap.service import TapService
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

ROWS = 20_000
NEAR = 50
EXPLAINED = """
    CREATE FUNCTION pg_temp.explained(query text) RETURNS SETOF text LANGUAGE plpgsql
    AS $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END $$
"""
"""The reader's connection takes SELECTs only."""
MOMENT = timedelta(seconds=60)


@pytest.fixture(scope="module")
def cube(make_database: DatabaseMaker) -> Settings:
    settings = make_database("upload-plans", migrate=True)
    fill(make_database.engine(settings, OWNER))
    return settings


@pytest.fixture(scope="module")
def pgsphere(cube: Settings, request: pytest.FixtureRequest) -> Settings:
    debian = request.getfixturevalue("debian")
    debian.make_database("upload-plans")
    upgrade(debian.engine("upload-plans", OWNER))
    fill(debian.engine("upload-plans", OWNER))
    return cube.model_copy(update={"database_url": debian.url("upload-plans")})


def fill(owner: Engine) -> None:
    with owner.begin() as connection:
        insert_products(connection, Products(first=1, count=ROWS, release_date="2009-01-01"))
        # What the public may not see must not be what makes the index good.
        insert_products(
            connection,
            Products(
                first=ROWS + 1, count=ROWS, level="N1", version="N1-1.0", release_date="2099-01-01"
            ),
        )
    with owner.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")


@pytest.fixture(scope="module", params=["cube", "pgsphere"])
def settings(request: pytest.FixtureRequest) -> Settings:
    made: Settings = request.getfixturevalue(request.param)
    return made


@dataclass(frozen=True)
class Served:
    """A TAP service, and the reader's connections to its database."""

    tap: TapService
    database: ArrowDatabase
    backend: str

    def explained(self, adql: str, content: bytes) -> tuple[str, int]:
        """Explain a query as it is run with an uploaded table, and count its rows."""
        parameters = Parameters([("LANG", "ADQL"), ("QUERY", adql), ("UPLOAD", "mine,param:f")])
        uploads = self.tap.uploads.read(parameters, {"f": InlineFile(io.BytesIO(content))})
        sql = self.tap.prepare(parameters, PUBLIC, uploads).translation.sql
        with self.database.transaction(PUBLIC, timeout=MOMENT, read_only=False) as connection:
            UploadLoader(self.backend)(connection, uploads=uploads, sql=sql)
            connection.execute(EXPLAINED)
            connection.execute("SET TRANSACTION READ ONLY")
            [batch] = connection.query(f"SELECT pg_temp.explained($query${sql}$query$)")
            rows = sum(found.num_rows for found in connection.query(sql))
        return "\n".join(batch.column(0).to_pylist()), rows


@pytest.fixture(scope="module")
def served(settings: Settings) -> Iterator[Served]:
    database = ArrowDatabase(uri_of(settings, READER), settings.identity, size=1)
    backend = wiring.geometry_backend(wiring.reader_database(settings))
    yield Served(wiring.tap_service(settings, database, backend), database, backend)
    database.close()


def positions(longitude: str, latitude: str, ucds: tuple[str, str] | None) -> bytes:
    """Write 500 positions, every tenth of them near a product."""
    table = Table(
        {
            longitude: [100 + (n % 200) * 0.01 + (0 if n % 10 == 0 else 180) for n in range(500)],
            latitude: [-1.0 + n // 200 * 0.01 for n in range(500)],
        }
    )
    file = io.BytesIO()
    table.write(file, format="votable")
    content = file.getvalue()
    for name, ucd in zip((longitude, latitude), ucds or (), strict=False):
        content = content.replace(
            f'name="{name}"'.encode(), f'name="{name}" unit="deg" ucd="{ucd}"'.encode()
        )
    return content


UCDS = ("pos.eq.ra;meta.main", "pos.eq.dec;meta.main")
MATCH = (
    "SELECT p.corot_id, m.{lon} FROM corot.products AS p JOIN TAP_UPLOAD.mine AS m"
    " ON DISTANCE(POINT(p.ra, p.dec), POINT(m.{lon}, m.{lat})) < 1/3600."
)
MATCHES = {
    "products": MATCH.format(lon="x", lat="y"),
    "obscore": "SELECT o.obs_id FROM ivoa.obscore AS o JOIN TAP_UPLOAD.mine AS m"
    " ON 1 = CONTAINS(POINT(m.x, m.y), CIRCLE(o.s_ra, o.s_dec, 1/3600.))",
    "stars": "SELECT s.corot_id FROM TAP_UPLOAD.mine AS m JOIN corot.stars AS s"
    " ON 1 = CONTAINS(POINT(s.ra, s.dec), CIRCLE(m.x, m.y, 1/3600.))",
    "numbers": "SELECT p.corot_id FROM corot.products AS p, TAP_UPLOAD.mine AS m"
    " WHERE DISTANCE(m.x, m.y, p.ra, p.dec) < 1/3600.",
    "groups": "SELECT m.x, COUNT(*) AS n FROM TAP_UPLOAD.mine AS m JOIN corot.products AS p"
    " ON DISTANCE(POINT(p.ra, p.dec), POINT(m.x, m.y)) < 1/3600. GROUP BY m.x, m.y",
}


@pytest.mark.parametrize(
    ("longitude", "latitude", "ucds"),
    [
        ("x", "y", UCDS),
        ("x", "y", ("pos.eq.ra", "pos.eq.dec")),
        ("x", "y", ("POS_EQ_RA_MAIN", "POS_EQ_DEC_MAIN")),
        ("RAJ2000", "DEJ2000", None),
    ],
    ids=["main", "not main", "UCD1", "names"],
)
def test_positions_are_found(
    served: Served, longitude: str, latitude: str, ucds: tuple[str, str] | None
) -> None:
    adql = MATCH.format(lon=longitude, lat=latitude)
    explained, rows = served.explained(adql, positions(longitude, latitude, ucds))
    conditions = [line for line in explained.splitlines() if "Index Cond:" in line]
    assert any("pos_0" in line for line in conditions), explained
    assert "Seq Scan on product_listing" not in explained
    assert "open_from <=" in explained, "the policy holds"
    assert rows == NEAR


@pytest.mark.parametrize("what", MATCHES)
def test_every_match_goes_by_an_index(served: Served, what: str) -> None:
    explained, rows = served.explained(MATCHES[what], positions("x", "y", UCDS))
    assert "Index Cond:" in explained, explained
    assert rows == NEAR


def test_without_positions_there_is_no_index_to_use(served: Served) -> None:
    """Proves that the tests above can fail."""
    explained, rows = served.explained(MATCH.format(lon="a", lat="b"), positions("a", "b", None))
    assert "pos_0" not in explained
    assert rows == NEAR
