"""UWS documents of jobs in every phase, by the standard's schema."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from tap.uws.documents import (
    job_document,
    jobs_document,
    parameters_document,
    results_document,
)
from tap.uws.job import Job, JobError, JobReference, StoredFile
from tap.uws.phases import Phase
from tests.jobs.client import NIL, UWS, XLINK
from tests.support.validity import assert_valid_xml

URL = "https://vo.example.org/tap/async"
NOW = datetime(2026, 1, 31, 12, 30, 15, 250_000, UTC)
ODD = "SELECT \"a\" FROM t WHERE b < 1 AND c = '& ]]> é 🔭'\r\n\tORDER BY 1"
EMPTY = Job("0a1b", "", Phase.PENDING, NOW, NOW + timedelta(days=7), timedelta(hours=1))
FULL = replace(
    EMPTY,
    owner="7",
    run_id="night <7> & more",
    parameters=(("LANG", "ADQL"), ("QUERY", ODD), ("UPLOAD", "a,param:b"), ("UPLOAD", "c,param:d")),
    files={"b & <b>": StoredFile("0a1b/b", "text/csv", 7)},
)
STARTED = replace(FULL, phase=Phase.EXECUTING, started=NOW)
ENDED = replace(STARTED, ended=NOW + timedelta(seconds=1))
JOBS = {
    "nothing given": EMPTY,
    "PENDING": FULL,
    "QUEUED": replace(FULL, phase=Phase.QUEUED),
    "EXECUTING": STARTED,
    "COMPLETED": replace(
        ENDED,
        phase=Phase.COMPLETED,
        results={"result": StoredFile("0a1b/result", 'text/csv;header="present"', 2**40)},
    ),
    "ERROR": replace(
        ENDED, phase=Phase.ERROR, error=JobError("no < such & column", transient=False)
    ),
    "ERROR for now": replace(ENDED, phase=Phase.ERROR, error=JobError("busy", transient=True)),
    "ABORTED": replace(ENDED, phase=Phase.ABORTED),
    "aborted before it ran": replace(FULL, phase=Phase.ABORTED, ended=NOW),
}


def test_there_is_a_job_in_every_phase() -> None:
    assert {job.phase for job in JOBS.values()} == set(Phase)


@pytest.mark.parametrize("what", JOBS)
def test_a_job_is_written_as_the_schema_has_it(what: str) -> None:
    job = JOBS[what]
    document = job_document(job, f"{URL}/{job.job_id}")
    assert_valid_xml(document)
    root = etree.fromstring(document)
    assert root.findtext(f"{UWS}phase") == job.phase
    parameters = [(one.get("id"), one.text) for one in root.iter(f"{UWS}parameter")]
    assert tuple(parameters[: len(job.parameters)]) == job.parameters
    nil = {etree.QName(one).localname for one in root if one.get(NIL) == "true"}
    expected = {"quote": True, "ownerId": not job.owner, "startTime": job.started is None,
                "endTime": job.ended is None}  # fmt: skip
    assert nil == {name for name, absent in expected.items() if absent}
    assert root.findtext(f"{UWS}creationTime") == "2026-01-31T12:30:15.250Z"
    summary = root.find(f"{UWS}errorSummary")
    assert (summary is None) == (job.error is None)
    if job.error is not None and summary is not None:
        assert summary.findtext(f"{UWS}message") == job.error.message
        assert summary.get("type") == ("transient" if job.error.transient else "fatal")
    assert_valid_xml(parameters_document(job, URL))
    assert_valid_xml(results_document(job, URL))


def test_a_file_is_a_parameter_by_reference() -> None:
    root = etree.fromstring(parameters_document(FULL, URL))
    by_reference = root.findall(f"{UWS}parameter[@byReference='true']")
    assert [one.get("id") for one in by_reference] == ["b & <b>"]
    assert by_reference[0].text == f"{URL}/parameters/b%20%26%20%3Cb%3E"


@pytest.mark.parametrize("count", [0, 1, len(JOBS)])
def test_a_list_is_written_as_the_schema_has_it(count: int) -> None:
    references = [
        JobReference(f"{number}", job.owner, job.phase, job.created, job.run_id)
        for number, job in enumerate(JOBS.values())
    ][:count]
    document = jobs_document(references, URL)
    assert_valid_xml(document)
    root = etree.fromstring(document)
    assert [one.get(f"{XLINK}href") for one in root] == [f"{URL}/{n}" for n in range(count)]
    assert [one.findtext(f"{UWS}phase") for one in root] == [one.phase for one in references]
