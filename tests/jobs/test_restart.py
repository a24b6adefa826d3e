"""The database is restarted, or stays away, under a worker and what it runs."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest
import requests

from tests.jobs.client import SLOW, JobClient
from tests.support.own_postgres import OwnPostgres
from tests.support.server import running_server, running_worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vo_server.config import Settings

pytestmark = pytest.mark.timeout(300)

LONG = "SELECT COUNT(*) AS n FROM (SELECT TOP 4 run_code FROM corot.runs) AS few, " + ", ".join(
    f"corot.runs {name}" for name in "abcde"
)
"""47,525,504 rows to count: some seconds of work."""


@pytest.fixture
def postgres(tmp_path: Path) -> OwnPostgres:
    return OwnPostgres(tmp_path)


def prepared(postgres: OwnPostgres) -> Settings:
    return postgres.prepared().model_copy(
        update={"async_silence": "PT2S", "async_short_places": 1, "async_long_places": 1}
    )


@contextmanager
def speaking(settings: Settings) -> Iterator[JobClient]:
    with running_server(settings) as url, requests.Session() as session:
        yield JobClient(f"{url}/tap/async", session)


def test_no_job_is_lost_when_the_database_is_restarted(
    postgres: OwnPostgres, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with ExitStack() as kept:
        with postgres.running():
            settings = prepared(postgres)
            client = kept.enter_context(speaking(settings))
            errors = kept.enter_context(log.open("wb"))
            kept.enter_context(running_worker(settings, errors))
            done = client.create(PHASE="RUN")
            assert client.finished(done) == "COMPLETED"
            running = client.create(LONG, PHASE="RUN", FORMAT="csv")
            client.reached(running, {"EXECUTING"})
            waiting = client.create(PHASE="RUN")
            assert client.phase(waiting) == "QUEUED"
        away = client.session.get(f"{running}/phase")
        assert (away.status_code, away.headers["Retry-After"]) == (503, "30")
        time.sleep(3)
        with postgres.running():
            assert client.finished(waiting, 120) == "COMPLETED"
            assert client.finished(running, 120) == "COMPLETED"
            result = client.session.get(f"{running}/results/result")
            assert result.text == f"n\r\n{4 * 26**5}\r\n"
            assert client.phase(done) == "COMPLETED"
            kept.close()
    assert "was left behind by its worker" in log.read_text()


def test_a_worker_can_be_stopped_while_the_database_is_away(postgres: OwnPostgres) -> None:
    with ExitStack() as kept:
        with postgres.running():
            settings = prepared(postgres)
            client = kept.enter_context(speaking(settings))
            kept.enter_context(running_worker(settings))
            client.reached(client.create(SLOW, PHASE="RUN"), {"EXECUTING"})
        # running_worker gives it 30 seconds to end, and wants its code to be 0.
        kept.close()
