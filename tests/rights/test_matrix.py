"""Every endpoint by every tier by every kind of row, on a real server process."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from tests.rights.probes import Visit
from tests.rights.table import TABLE
from tests.rights.world import RIGHTS, kinds_in
from vo_server.app import create_app

if TYPE_CHECKING:
    from requests import Session

    from tests.rights.probes import Probe
    from vo_server.config import Settings


def test_every_method_of_every_route_has_a_line(world: Settings) -> None:
    app = create_app(world.model_copy(update={"owner_password": None}))
    # OPTIONS reaches no view, and has a test of its own.
    routes = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"OPTIONS"}
    }
    lines = {
        (route, method)
        for route, probes in TABLE.items()
        for probe in probes
        for method in probe.methods
    }
    assert routes == lines, "give each method of a route a line in tests/rights/table.py"


def test_options_tell_nothing_of_rows(
    world_url: str, sessions: dict[str, Session], job: str
) -> None:
    for route in TABLE:
        path = re.sub("<[^>]*>", "4711", route.replace("<job_id>", job.rpartition("/")[2]))
        for caller in ("", "coi1"):
            answer = sessions[caller].options(world_url + path, timeout=60)
            # Pages and parts of the API for administrators are closed as a whole.
            assert answer.status_code in {200, 204, 401, 403}, path
            assert not kinds_in(answer.text + str(answer.headers)), path


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
