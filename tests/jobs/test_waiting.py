"""Many requests that wait for jobs, and those that must not wait for them."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import requests

from tests.jobs.client import UWS, JobClient
from tests.support.server import running_server, running_worker

if TYPE_CHECKING:
    from vo_server.config import Settings

WAITERS = 1000 if os.environ.get("VO_TEST_SOAK") == "1" else 20
PLACES = 8


def test_waiters_starve_nobody(jobs_settings: Settings) -> None:
    settings = jobs_settings.model_copy(update={"workers": 1, "waiters": PLACES})
    with (
        running_server(settings) as url,
        requests.Session() as session,
        running_worker(settings),
    ):
        jobs = JobClient(f"{url}/tap/async", session)
        job = jobs.create()
        phases: list[str] = []
        threads = [threading.Thread(target=_wait, args=(job, phases)) for _ in range(WAITERS)]
        for thread in threads:
            thread.start()
        _until_answered(phases)
        # All places are taken: who asks now is told at once, and everything else is answered.
        assert jobs.document(job, WAIT="-1").findtext(f"{UWS}phase") == "PENDING"
        for _ in range(20):
            assert jobs.phase(job) == "PENDING"
            assert session.get(f"{url}/tap/sync", params=QUERY).status_code == 200
        assert phases.count("PENDING") == WAITERS - PLACES
        jobs.post(f"{job}/phase", PHASE="RUN")
        for thread in threads:
            thread.join(60)
        assert len(phases) == WAITERS
        assert phases.count("PENDING") == WAITERS - PLACES


QUERY = {"LANG": "ADQL", "QUERY": "SELECT TOP 1 run_code FROM corot.runs"}


def _wait(job: str, phases: list[str]) -> None:
    """Ask once with WAIT and note the phase that is told."""
    with requests.Session() as session:
        phases.append(session.get(f"{job}/phase", params={"WAIT": "-1"}, timeout=100).text)


def _until_answered(phases: list[str]) -> None:
    """Let all those be answered that find no place to wait at."""
    deadline = time.monotonic() + 100
    while len(phases) < WAITERS - PLACES:
        assert time.monotonic() < deadline
        time.sleep(0.05)
