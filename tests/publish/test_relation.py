"""What the database makes of further tables: indexes, names, and readers while it changes."""

from __future__ import annotations

import io
import threading
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io.votable import parse_single_table
from sqlalchemy import text

from ingest.publish.errors import PublishError
from ingest.publish.service import PublishService
from ingest.publish.store import PublishStore
from schemas.engine import OWNER, READER
from schemas.facts import differences
from schemas.further import with_further
from schemas.further.rows import further_tables
from schemas.migrate import upgrade
from schemas.published import CATALOGUE
from tap.adql import translate
from tests.publish.client import eventually_known
from tests.tap.answers import ask, cells

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient
    from sqlalchemy import Engine

    from tests.publish.conftest import Bench
    from tests.support.databases import DatabaseMaker
    from tests.support.debian_postgres import DebianPostgres
    from vo_server.config import Settings

SKY = """
[schema]
name = "lab"
[table]
name = "sky"
[[columns]]
name = "ra"
datatype = "double"
[[columns]]
name = "dec"
datatype = "double"
[[columns]]
name = "shape"
datatype = "double"
arraysize = "3"
[[positions]]
longitude = "ra"
latitude = "dec"
[[regions]]
column = "shape"
shape = "circle"
"""

CONES = (
    "SELECT ra, dec FROM lab.sky WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(10, 21, 0.5))",
    "SELECT ra, dec FROM lab.sky WHERE 1 = INTERSECTS(shape, CIRCLE(10, 21, 0.5))",
)


def _sky_rows() -> str:
    places = [(lon / 2, lat / 2) for lon in range(0, 720, 4) for lat in range(-178, 180, 4)]
    lines = [f"{ra},{dec},{ra} {dec} 0.1" for ra, dec in places]
    # Neither null nor not-a-number has a place on the sky, nor may it spoil the index.
    return "\n".join(["ra,dec,shape", ",1,", "nan,1,nan 1 1", "inf,2,", *lines])


def _check_sky(owner: Engine, reader: Engine, backend: str, folder: Path) -> None:
    declaration, file = folder / "sky.toml", folder / "sky.csv"
    declaration.write_text(SKY, "utf-8")
    file.write_text(_sky_rows(), "utf-8")
    service = PublishService(PublishStore(owner, CATALOGUE), linger=0)
    assert service.publish(declaration, file).rows == 180 * 90 + 3
    with reader.connect() as connection:
        published = with_further(CATALOGUE, further_tables(connection))
        for cone in CONES:
            sql = translate(cone, published, backend).sql
            run = partial(connection.exec_driver_sql, execution_options={"no_parameters": True})
            plan = "\n".join(row[0] for row in run(f"EXPLAIN (COSTS OFF) {sql}"))
            assert "Seq Scan" not in plan, plan
            assert "Index" in plan
            assert [(row[0], row[1]) for row in run(sql)] == [(10.0, 21.0)]
        assert differences(connection) == []
    service.unpublish("lab.sky")


def test_cones_use_the_index(make_database: DatabaseMaker, tmp_path: Path) -> None:
    settings = make_database("publish sky", migrate=True)
    owner, reader = (make_database.engine(settings, role) for role in (OWNER, READER))
    _check_sky(owner, reader, "cube", tmp_path)


def test_cones_use_the_index_of_pgsphere(debian: DebianPostgres, tmp_path: Path) -> None:
    debian.make_database("published")
    owner = debian.engine("published", OWNER)
    upgrade(owner)
    _check_sky(owner, debian.engine("published", READER), "pgsphere", tmp_path)


def test_odd_names(bench: Bench, client: FlaskClient) -> None:
    names = ["u", "U", "select", 'a"b', "per %s cent", ":colon", "it's", "pos", "Über", "x.y", "~"]
    rows = pa.table({name: pa.array([number]) for number, name in enumerate(names)})
    file = io.BytesIO()
    pq.write_table(rows, file)
    longest = "select \"%s':x." + "é" * 24
    declaration = f"""
[schema]
name = "odd \\"schema\\" %"
[table]
name = '{longest.replace("'", "")}'
primary_key = ['a"b', "per %s cent"]
[[indexes]]
columns = ["U", "x.y"]
[[positions]]
longitude = "pos"
latitude = "Über"
[[foreign_keys]]
target_table = "corot.stars"
columns = {{"it's" = "corot_id"}}
"""
    name = '"odd ""schema"" %"."{}"'.format(longest.replace("'", "").replace('"', '""'))
    bench.publish(declaration, file.getvalue())
    bench.publish(declaration, file.getvalue(), replace=True)
    eventually_known(client, name)
    answer = ask(client, f"SELECT * FROM {name}")
    table = parse_single_table(io.BytesIO(answer.data))
    # An answer's names differ in more than case.
    assert [field.name for field in table.fields if field.name[0] != "U"] == [
        name for name in names if name != "U"
    ]
    assert cells(answer.data) == [[str(number) for number in range(len(names))]]
    chosen = ask(client, f'SELECT "a""b" FROM {name} WHERE "U" = 1 AND "u" = 0')
    assert cells(chosen.data) == [["3"]], chosen.text
    with bench.owner.connect() as connection:
        assert differences(connection) == []
    bench.service.unpublish(bench.service.published()[-1].name)


def _version(number: int) -> str:
    return "\n".join(["version", *[str(number)] * (100 + number)])


VERSIONED = '[schema]\nname = "lab"\n[table]\nname = "versions"\n[[columns]]\nname = "version"\n'


def test_replacing_under_queries(bench: Bench, client: FlaskClient) -> None:
    """Every answer is that of one publication, and none is an error."""
    declaration = VERSIONED + 'datatype = "int"\n'
    bench.publish(declaration, _version(0))
    eventually_known(client, "lab.versions")
    seen: list[tuple[int, list[list[str]]]] = []
    over = threading.Event()

    def read() -> None:
        own = client.application.test_client()
        while not over.is_set():
            answer = ask(own, "SELECT version FROM lab.versions")
            seen.append((answer.status_code, cells(answer.data)))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for number in range(1, 4):
            bench.publish(declaration, _version(number), replace=True)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert {status for status, _ in seen} == {200}
    versions = {rows[0][0] for _, rows in seen}
    assert versions == {"0", "1", "2", "3"}
    for _, rows in seen:
        assert rows == [rows[0]] * (100 + int(rows[0][0]))
    bench.service.unpublish("lab.versions")


def test_what_is_still_read_is_dropped_later(
    bench: Bench, publish_settings: Settings, make_database: DatabaseMaker
) -> None:
    declaration = VERSIONED.replace("versions", "slow") + 'datatype = "int"\n'
    bench.publish(declaration, _version(1))
    there = text("SELECT to_regclass('lab.slow') IS NOT NULL")
    with make_database.engine(publish_settings, READER).connect() as reader:
        assert reader.scalar(text("SELECT count(*) FROM lab.slow")) == 101
        report = bench.publish(declaration, _version(2), replace=True)
        assert report.still_read == ("lab.slow",)
        assert reader.scalar(text("SELECT count(*) FROM lab.slow")) == 101
    with bench.owner.connect() as connection:
        assert connection.scalar(there)
        assert differences(connection) == []
    assert bench.service.unpublish("lab.slow").still_read == ()
    with bench.owner.connect() as connection:
        assert not connection.scalar(there)


@pytest.mark.parametrize("name", ["stars", "runs"])
def test_what_the_server_declares_is_not_replaced(bench: Bench, name: str) -> None:
    declaration = VERSIONED.replace("versions", name).replace('"lab"', '"corot"')
    with pytest.raises(PublishError, match=f"line 4: table.name corot.{name} is a table of the"):
        bench.publish(declaration + 'datatype = "int"\n', _version(1), replace=True)
