"""What operators see and do of jobs: the log and ``vo-server queries``."""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
import requests

from tests.jobs.client import QUICK, SLOW, UWS, JobClient
from tests.support.server import VO_SERVER, environment, running_server, running_worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings


@pytest.fixture(scope="module")
def settings(make_database: DatabaseMaker) -> Settings:
    made = make_database("jobs-seen", migrate=True)
    return made.model_copy(update={"owner_password": None, "workers": 1})


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("jobs-seen") / "log"


@pytest.fixture(scope="module")
def seen(settings: Settings, log: Path) -> Iterator[JobClient]:
    """Speak to a service whose worker writes its log into a file."""
    with (
        log.open("wb") as errors,
        running_worker(settings, errors),
        running_server(settings) as url,
        requests.Session() as session,
    ):
        yield JobClient(f"{url}/tap/async", session)


def test_each_job_is_one_line_of_the_log(seen: JobClient, log: Path) -> None:
    good = seen.create(PHASE="RUN", RUNID="night 7", RESPONSEFORMAT="csv")
    assert seen.finished(good) == "COMPLETED"
    bad = seen.create("SELECT 1 / (run_number - run_number) FROM corot.runs", PHASE="RUN")
    assert seen.finished(bad) == "ERROR"
    unknown = seen.create("SELECT nosuch FROM corot.runs", PHASE="RUN", RUNID="night 8")
    assert seen.finished(unknown) == "ERROR"
    lines = [json.loads(line) for line in log.read_bytes().splitlines()]
    found = [(line["who"], line.get("runid"), line["outcome"]) for line in lines]
    assert found == [
        ("public", "night 7", "ok"),
        ("public", None, "rejected"),
        ("public", "night 8", "rejected"),
    ]
    assert (lines[0]["adql"], lines[0]["rows"]) == (QUICK, 3)
    assert lines[0]["ms"] > 0
    assert "LIMIT 3" in lines[0]["sql"]
    assert "nosuch" in lines[2]["error"]


def operate(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [VO_SERVER, "queries", *arguments],
        env=environment(settings), capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_query_of_a_job_is_listed_and_cancelled(
    seen: JobClient, settings: Settings, log: Path
) -> None:
    job = seen.create(SLOW, PHASE="RUN")
    seen.reached(job, {"EXECUTING"})
    deadline = time.monotonic() + 30
    while not (listed := operate(settings, "list").stdout):
        assert time.monotonic() < deadline
    number, _, who, state, sql = listed.rstrip("\n").split("\t")
    assert (who, state) == ("public", "active")
    assert "corot.runs" in sql
    assert operate(settings, "cancel", number).returncode == 0
    assert seen.finished(job) == "ERROR"
    message = seen.document(job).findtext(f"{UWS}errorSummary/{UWS}message") or ""
    assert "cancel" in message.lower()
    assert "SQL" not in message
    assert operate(settings, "list").stdout == ""
    assert json.loads(log.read_bytes().splitlines()[-1])["outcome"] == "cancelled"
