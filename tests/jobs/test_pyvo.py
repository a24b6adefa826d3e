"""Jobs as pyvo makes them, against a server process and a worker process."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
import requests
from pyvo.dal import AsyncTAPJob, DALQueryError, DALServiceError, TAPService

if TYPE_CHECKING:
    from collections.abc import Iterator

QUERY = "SELECT TOP 3 run_code FROM corot.runs ORDER BY run_code"


# pyvo leaves connections to the collector, which complains.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as made:
        yield made
    gc.collect()


@pytest.fixture
def tap(jobs_url: str, session: requests.Session) -> TAPService:
    return TAPService(jobs_url, session=session)


def test_run_async(tap: TAPService) -> None:
    rows = tap.run_async(QUERY)
    assert len(rows) == 3
    assert rows.query_status == "OK"


def test_a_job_step_by_step(tap: TAPService, session: requests.Session) -> None:
    job = tap.submit_job(QUERY, maxrec=2)
    assert job.phase == "PENDING"
    assert job.query == QUERY
    job.execution_duration = 120
    assert job.execution_duration.sec == 120
    job.run().wait(phases=["COMPLETED", "ERROR"], timeout=60)
    assert job.phase == "COMPLETED"
    assert len(job.fetch_result()) == 2
    assert job.results[0].id_ == "result"
    url = job.url
    job.delete()
    with pytest.raises(DALServiceError, match="404"):
        AsyncTAPJob(url, session=session)


def test_a_wrong_query_is_an_error_with_its_reason(tap: TAPService) -> None:
    job = tap.submit_job("SELECT nosuch FROM corot.runs")
    job.run().wait(phases=["COMPLETED", "ERROR"], timeout=60)
    assert job.phase == "ERROR"
    assert "nosuch" in job.job.errorsummary.message.content
    with pytest.raises(DALQueryError, match="nosuch"):
        job.raise_if_error()


def test_the_public_have_no_list(tap: TAPService) -> None:
    tap.submit_job(QUERY)
    assert tap.get_job_list() == []
