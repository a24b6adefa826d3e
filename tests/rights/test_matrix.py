"""Every endpoint by every tier by every kind of row, on a real server process."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.rights.table import TABLE, Visit
from tests.rights.world import RIGHTS
from vo_server.app import create_app

if TYPE_CHECKING:
    from requests import Session

    from tests.rights.table import Probe
    from vo_server.config import Settings


def test_every_route_has_a_line(world: Settings) -> None:
    app = create_app(world.model_copy(update={"owner_password": None}))
    routes = {rule.rule for rule in app.url_map.iter_rules()}
    assert routes == TABLE.keys(), "give each route a line in tests/rights/table.py"


@pytest.fixture(scope="module")
def job(world_url: str, sessions: dict[str, Session]) -> str:
    """URL of a job of coi1's that has a result."""
    form = {"LANG": "ADQL", "QUERY": "SELECT corot_id FROM corot.stars", "PHASE": "RUN"}
    session = sessions["coi1"]
    made = session.post(f"{world_url}/tap/async", form, allow_redirects=False, timeout=60)
    url = str(made.headers["Location"])
    deadline = time.monotonic() + 60
    while session.get(f"{url}/phase", timeout=60).text != "COMPLETED":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return url


@pytest.mark.parametrize("caller", RIGHTS)
@pytest.mark.parametrize(
    "probe",
    [
        pytest.param(probe, id=f"{route} {probe.name}")
        for route, probes in TABLE.items()
        for probe in probes
    ],
)
def test_each_tier_finds_what_is_theirs(
    world_url: str, sessions: dict[str, Session], job: str, probe: Probe, caller: str
) -> None:
    visit = Visit(caller, sessions[caller], world_url, job)
    assert probe.ask(visit) == probe.expected(visit, RIGHTS[caller])
