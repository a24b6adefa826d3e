"""UWS 1.1 over HTTP, against a server process and a worker process."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from schemas.activity import running_queries
from schemas.engine import READER
from tests.jobs.client import NIL, QUICK, SLOW, UWS, XLINK
from tests.support.validity import assert_votlint_silent, parse_votable
from tests.tap.answers import statuses

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.jobs.client import JobClient
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

CIVIL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_the_document_of_a_new_job(jobs: JobClient) -> None:
    url = jobs.create(RUNID="night 7", RESPONSEFORMAT="csv")
    job = jobs.document(url)
    assert job.tag == f"{UWS}job"
    assert job.prefix == "uws"
    assert job.get("version") == "1.1"
    assert job.findtext(f"{UWS}jobId") == url.rpartition("/")[2]
    assert job.findtext(f"{UWS}runId") == "night 7"
    assert job.findtext(f"{UWS}phase") == "PENDING"
    for name in ("ownerId", "quote", "startTime", "endTime"):
        element = job.find(f"{UWS}{name}")
        assert element is not None
        assert (element.get(NIL), element.text) == ("true", None), name
    created = job.findtext(f"{UWS}creationTime") or ""
    destruction = job.findtext(f"{UWS}destruction") or ""
    assert CIVIL.fullmatch(created)
    assert CIVIL.fullmatch(destruction)
    kept = datetime.fromisoformat(destruction) - datetime.fromisoformat(created)
    assert kept == timedelta(days=7)
    assert job.findtext(f"{UWS}executionDuration") == "3600"
    assert {p.get("id"): p.text for p in job.iter(f"{UWS}parameter")} == {
        "LANG": "ADQL",
        "QUERY": QUICK,
        "RUNID": "night 7",
        "RESPONSEFORMAT": "csv",
    }
    assert [len(e) for e in job.iter(f"{UWS}results")] == [0]


def test_a_job_from_beginning_to_end(jobs: JobClient) -> None:
    url = jobs.create()
    assert jobs.sent_on(f"{url}/phase", PHASE="RUN") == url
    assert jobs.finished(url) == "COMPLETED"
    job = jobs.document(url)
    moments = [job.findtext(f"{UWS}{n}") or "" for n in ("creationTime", "startTime", "endTime")]
    assert moments == sorted(moments)
    assert all(CIVIL.fullmatch(moment) for moment in moments)
    result = job.find(f"{UWS}results/{UWS}result")
    assert result is not None
    assert result.get("id") == "result"
    assert result.get(f"{XLINK}href") == f"{url}/results/result"
    answer = jobs.session.get(f"{url}/results/result", allow_redirects=False)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/x-votable+xml"
    assert answer.headers["Content-Length"] == result.get("size") == str(len(answer.content))
    assert len(parse_votable(answer.content).get_first_table().array) == 3
    assert_votlint_silent(answer.content)
    listed = jobs.document(f"{url}/results")
    assert [e.get("id") for e in listed] == ["result"]
    assert jobs.session.get(f"{url}/error").status_code == 404
    assert jobs.session.get(f"{url}/results/other").status_code == 404


def test_a_job_runs_at_once_if_it_is_told_so(jobs: JobClient) -> None:
    url = jobs.create(PHASE="RUN")
    assert jobs.finished(url) == "COMPLETED"
    names = {p.get("id") for p in jobs.document(f"{url}/parameters")}
    assert names == {"LANG", "QUERY"}


@pytest.mark.parametrize("phase", ["ABORT", "HELD", "PENDING", "COMPLETED", "run now"])
def test_a_new_job_can_be_told_to_run_and_nothing_else(alice: JobClient, phase: str) -> None:
    answer = alice.post(alice.url, LANG="ADQL", QUERY=QUICK, PHASE=phase)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/x-votable+xml"
    [(value, text)] = statuses(answer.content)
    assert value == "ERROR"
    assert f"PHASE is '{phase}'; a new job can only be told to RUN" in text
    assert len(alice.document(alice.url)) == 0, "no job was made"


def test_a_phase_that_cannot_be_changes_nothing_of_a_job(jobs: JobClient) -> None:
    url = jobs.create(MAXREC="1")
    answer = jobs.post(url, MAXREC="2", PHASE="HELD")
    assert answer.status_code == 400
    assert "must be RUN or ABORT" in statuses(answer.content)[0][1]
    assert jobs.text(f"{url}/parameters/MAXREC") == "1"


def test_parts_of_a_result(jobs: JobClient) -> None:
    url = jobs.create(PHASE="RUN", RESPONSEFORMAT="csv")
    jobs.finished(url)
    result = f"{url}/results/result"
    whole = jobs.session.get(result)
    assert whole.headers["Content-Type"] == "text/csv;header=present;charset=utf-8"
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = jobs.session.get(result, headers={"Range": "bytes=3-7"})
    assert (part.status_code, part.content) == (206, whole.content[3:8])
    last = jobs.session.get(result, headers={"Range": "bytes=-4"})
    assert (last.status_code, last.content) == (206, whole.content[-4:])
    outside = jobs.session.get(result, headers={"Range": "bytes=100000-"})
    assert outside.status_code == 416
    assert outside.headers["Content-Range"] == f"bytes */{len(whole.content)}"
    same = jobs.session.get(result, headers={"If-None-Match": whole.headers["ETag"]})
    assert same.status_code == 304
    head = jobs.session.head(result)
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert head.content == b""


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"QUERY": "SELECT nosuch FROM corot.runs"}, "nosuch"),
        ({"QUERY": ""}, "QUERY is missing"),
        ({"LANG": "SQL"}, "'SQL' is unknown"),
        ({"RESPONSEFORMAT": "papyrus"}, "papyrus"),
        ({"MAXREC": "many"}, "MAXREC is 'many'"),
        ({"UPLOAD": "t,param:none"}, "'none'"),
        ({"QUERY": "SELECT 1 / (run_number - run_number) FROM corot.runs"}, "divides by zero"),
    ],
)
def test_what_is_wrong_shows_when_the_job_runs(
    jobs: JobClient, parameters: dict[str, str], reason: str
) -> None:
    url = jobs.create(**({"query": QUICK} | {"PHASE": "RUN"} | parameters))
    assert jobs.finished(url) == "ERROR"
    job = jobs.document(url)
    summary = job.find(f"{UWS}errorSummary")
    assert summary is not None
    assert (summary.get("type"), summary.get("hasDetail")) == ("fatal", "true")
    assert reason in (summary.findtext(f"{UWS}message") or "")
    assert [len(e) for e in job.iter(f"{UWS}results")] == [0]
    error = jobs.session.get(f"{url}/error")
    assert error.status_code == 200
    assert error.headers["Content-Type"] == "application/x-votable+xml"
    [(value, text)] = statuses(error.content)
    assert value == "ERROR"
    assert reason in text
    assert jobs.session.get(f"{url}/results/result").status_code == 404


def test_an_empty_job_is_filled_before_it_runs(jobs: JobClient) -> None:
    answer = jobs.post(jobs.url)
    url = answer.headers["Location"]
    assert jobs.sent_on(url, QUERY="SELECT 1", LANG="SQL") == url
    assert jobs.sent_on(f"{url}/parameters", query=QUICK, MAXREC="2") == url
    put = jobs.session.put(f"{url}/parameters/lang", data="ADQL", allow_redirects=False)
    assert put.status_code == 303
    found = {p.get("id"): p.text for p in jobs.document(f"{url}/parameters")}
    assert found == {"QUERY": QUICK, "MAXREC": "2", "LANG": "ADQL"}
    assert jobs.text(f"{url}/parameters/Query") == QUICK
    assert jobs.session.get(f"{url}/parameters/TOP").status_code == 404
    assert jobs.sent_on(url, PHASE="RUN") == url
    assert jobs.finished(url) == "COMPLETED"
    for refused in (jobs.post(url, MAXREC="1"), jobs.post(f"{url}/parameters", MAXREC="1")):
        assert refused.status_code == 403
        assert "PENDING" in statuses(refused.content)[0][1]


def test_times_are_set_and_limited(jobs: JobClient) -> None:
    url = jobs.create(EXECUTIONDURATION="77", DESTRUCTION="2030-01-01T00:00:00Z")
    assert jobs.text(f"{url}/executionduration") == "77"
    assert jobs.text(f"{url}/destruction") < "2030"
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    wanted = soon.isoformat().replace("+00:00", "Z")
    assert jobs.sent_on(f"{url}/destruction", DESTRUCTION=wanted) == url
    assert jobs.text(f"{url}/destruction") == wanted.replace("Z", ".000Z")
    assert jobs.sent_on(f"{url}/executionduration", EXECUTIONDURATION="0") == url
    assert jobs.text(f"{url}/executionduration") == "14400"
    assert jobs.post(f"{url}/destruction", DESTRUCTION="tomorrow").status_code == 400
    assert jobs.post(f"{url}/executionduration", EXECUTIONDURATION="-1").status_code == 400
    assert jobs.text(f"{url}/quote") == ""
    assert jobs.text(f"{url}/owner") == ""


def test_wait_ends_with_a_change(jobs: JobClient) -> None:
    url = jobs.create()
    assert jobs.document(url, WAIT="1").findtext(f"{UWS}phase") == "PENDING"
    assert jobs.document(url, WAIT="-1", PHASE="QUEUED").findtext(f"{UWS}phase") == "PENDING"
    jobs.post(f"{url}/phase", PHASE="RUN")
    assert jobs.finished(url) == "COMPLETED"
    assert jobs.document(url, WAIT="-1").findtext(f"{UWS}phase") == "COMPLETED"
    assert jobs.session.get(url, params={"WAIT": "soon"}).status_code == 400


def queries(make_database: DatabaseMaker, settings: Settings) -> list[str]:
    with make_database.engine(settings, READER).connect() as connection:
        return [query.sql for query in running_queries(connection)]


def test_abort_cancels_the_query(
    jobs: JobClient, make_database: DatabaseMaker, jobs_settings: Settings
) -> None:
    url = jobs.create(SLOW, PHASE="RUN")
    assert jobs.reached(url, {"EXECUTING"}) == "EXECUTING"
    _until(lambda: len(queries(make_database, jobs_settings)) == 1)
    assert jobs.sent_on(f"{url}/phase", PHASE="ABORT") == url
    assert jobs.phase(url) == "ABORTED"
    _until(lambda: queries(make_database, jobs_settings) == [], seconds=5)
    assert jobs.phase(url) == "ABORTED"
    assert jobs.sent_on(f"{url}/phase", PHASE="ABORT") == url
    assert jobs.post(f"{url}/phase", PHASE="RUN").status_code == 403


def test_an_expired_job_is_deleted_by_a_worker(jobs: JobClient) -> None:
    done, waiting, kept = jobs.create(PHASE="RUN"), jobs.create(), jobs.create()
    jobs.finished(done)
    for url in (done, waiting):
        assert jobs.sent_on(f"{url}/destruction", DESTRUCTION="2020-01-01T00:00:00Z") == url
    _until(lambda: jobs.session.get(done).status_code == 404)
    _until(lambda: jobs.session.get(waiting).status_code == 404)
    assert jobs.session.get(f"{done}/results/result").status_code == 404
    assert jobs.phase(kept) == "PENDING"


def test_delete_ends_a_job_that_runs(
    jobs: JobClient, make_database: DatabaseMaker, jobs_settings: Settings
) -> None:
    by_method, by_action = (jobs.create(SLOW, PHASE="RUN") for _ in range(2))
    for url in (by_method, by_action):
        jobs.reached(url, {"EXECUTING"})
    _until(lambda: len(queries(make_database, jobs_settings)) == 2)
    answer = jobs.session.delete(by_method, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, jobs.url)
    assert jobs.sent_on(by_action, ACTION="DELETE") == jobs.url
    _until(lambda: queries(make_database, jobs_settings) == [])
    for url in (by_method, by_action):
        gone = jobs.session.get(url)
        assert gone.status_code == 404
        assert "There is no job" in statuses(gone.content)[0][1]


def test_a_finished_job_keeps_its_phase(jobs: JobClient) -> None:
    url = jobs.create(PHASE="RUN")
    jobs.finished(url)
    for phase in ("RUN", "ABORT"):
        assert jobs.post(f"{url}/phase", PHASE=phase).status_code == 403
    assert jobs.post(f"{url}/phase", PHASE="HELD").status_code == 400
    assert jobs.post(f"{url}/phase").status_code == 400
    assert jobs.phase(url) == "COMPLETED"


def test_the_list_of_the_public_is_empty(jobs: JobClient) -> None:
    jobs.create()
    root = jobs.document(jobs.url)
    assert (root.tag, root.get("version"), len(root)) == (f"{UWS}jobs", "1.1", 0)
    assert jobs.session.get(jobs.url, params={"LAST": "0"}).status_code == 400
    assert jobs.session.get(jobs.url, params={"PHASE": "GONE"}).status_code == 400


def test_an_upload_is_kept_with_the_job(jobs: JobClient) -> None:
    answer = jobs.session.post(
        jobs.url,
        {"LANG": "ADQL", "QUERY": "SELECT * FROM TAP_UPLOAD.mine", "UPLOAD": "mine,param:part"},
        files={"part": ("rows.vot", VOTABLE.encode(), "application/x-votable+xml")},
        allow_redirects=False,
    )
    url = answer.headers["Location"]
    part = jobs.document(f"{url}/parameters").find(f"{UWS}parameter[@id='part']")
    assert part is not None
    assert part.get("byReference") == "true"
    assert part.text == f"{url}/parameters/part"
    stored = jobs.session.get(f"{url}/parameters/part")
    assert stored.content == VOTABLE.encode()
    assert stored.headers["Content-Type"] == "application/x-votable+xml"
    jobs.post(f"{url}/phase", PHASE="RUN")
    assert jobs.finished(url) == "COMPLETED"
    table = parse_votable(jobs.session.get(f"{url}/results/result").content).get_first_table()
    assert list(table.array["n"]) == [4, 5]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("text/html", "application/octet-stream"),
        ("application/xhtml+xml", "application/octet-stream"),
        ("application/xml", "application/octet-stream"),
        ("text/javascript", "application/octet-stream"),
        ("text/csv", "text/csv"),
        ("application/x-votable+xml", "application/x-votable+xml"),
    ],
)
def test_no_browser_runs_what_somebody_uploaded(jobs: JobClient, sent: str, told: str) -> None:
    script = b"<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>"
    answer = jobs.session.post(
        jobs.url, {"LANG": "ADQL"}, files={"part": ("x", script, sent)}, allow_redirects=False
    )
    stored = jobs.session.get(f"{answer.headers['Location']}/parameters/part")
    assert stored.content == script
    wanted = {
        "Content-Type": told,
        "Content-Disposition": "attachment",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    assert {name: stored.headers.get(name) for name in wanted} == wanted


VOTABLE = """<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
<RESOURCE><TABLE><FIELD name="n" datatype="int"/><DATA><TABLEDATA>
<TR><TD>4</TD></TR><TR><TD>5</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"""


def _until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
