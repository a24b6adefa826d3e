"""The whole server on PostgreSQL 15 with pgSphere answers as on the embedded one with cube."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest.simulate import write_deliveries
from schemas.engine import OWNER, READER
from schemas.facts import differences, expected_facts, facts
from schemas.migrate import upgrade
from tests.support.deliveries import small_deliveries
from vo_server.app import create_app
from vo_server.wiring import ingest_service

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.support.debian_postgres import DebianPostgres
    from vo_server.config import Settings

CONE = "CIRCLE(100.9, -0.9, 5)"


@pytest.fixture(scope="module")
def sphere(
    debian: DebianPostgres, archive: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Settings of the archive's products on the other back end."""
    debian.make_database("sphere")
    settings = archive.model_copy(
        update={"database_url": debian.url("sphere"), "data_dir": tmp_path_factory.mktemp("sphere")}
    )
    owner = debian.engine("sphere", OWNER)
    upgrade(owner)
    service = ingest_service(settings, owner)
    for folder in write_deliveries(small_deliveries(), tmp_path_factory.mktemp("deliveries")):
        assert not service.ingest(folder).rejected
    return settings


@pytest.fixture(scope="module")
def clients(sphere: Settings, archive: Settings) -> tuple[FlaskClient, FlaskClient]:
    made = [
        create_app(settings.model_copy(update={"owner_password": None})).test_client()
        for settings in (sphere, archive)
    ]
    return made[0], made[1]


def test_the_database_is_as_declared(debian: DebianPostgres, sphere: Settings) -> None:
    del sphere
    with debian.engine("sphere", READER).connect() as connection:
        assert differences(connection) == []
        assert facts(connection) == expected_facts("pgsphere")


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT obs_publisher_did FROM ivoa.obscore WHERE 1=CONTAINS(POINT(s_ra, s_dec), {CONE})",
        f"SELECT obs_publisher_did FROM ivoa.obscore WHERE 1=INTERSECTS(s_region, {CONE})",
        "SELECT corot_id FROM corot.stars WHERE DISTANCE(POINT(ra, dec), POINT(290, 1)) < 2",
        (
            "SELECT corot_id FROM corot.products WHERE 1=CONTAINS(POINT(ra, dec),"
            " POLYGON(100, -3, 104, -3, 104, 1, 100, 1))"
        ),
        (
            "SELECT s.corot_id FROM corot.stars AS s JOIN corot.products AS p"
            " ON DISTANCE(POINT(s.ra, s.dec), POINT(p.ra, p.dec)) < 0.001"
        ),
        "SELECT corot_id, DISTANCE(ra, dec, 100, 0) FROM corot.stars",
        "SELECT obs_publisher_did, s_region, s_fov FROM ivoa.obscore",
    ],
)
def test_tap_answers_alike(clients: tuple[FlaskClient, FlaskClient], query: str) -> None:
    bodies = []
    for client in clients:
        answer = client.post("/tap/sync", data={"LANG": "ADQL", "FORMAT": "csv", "QUERY": query})
        assert answer.status_code == 200, answer.text
        bodies.append(sorted(answer.text.splitlines()))
    assert len(bodies[0]) > 1
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("size", ["0", "0.001", "10", "360"])
def test_ssa_answers_alike(clients: tuple[FlaskClient, FlaskClient], size: str) -> None:
    found = []
    for client in clients:
        text = client.get(f"/ssa?POS=102.1946387,-0.6727693&SIZE={size}").text
        found.append(sorted(part for part in text.split("<TD>") if part.startswith("ivo://")))
    assert found[0]
    assert found[0] == found[1]
