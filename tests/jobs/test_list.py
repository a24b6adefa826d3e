"""The list of a person's jobs, and that nobody else has anything to do with them."""

from __future__ import annotations

import gc
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
import requests
from pyvo.dal import TAPService

from tests.jobs.client import NIL, QUICK, UWS, XLINK

if TYPE_CHECKING:
    from tests.jobs.client import JobClient


@pytest.fixture
def made(alice: JobClient) -> list[str]:
    """URLs of four jobs, the oldest first: one each of PENDING, COMPLETED, ERROR and ABORTED."""
    pending = alice.create(RUNID="night 7")
    completed = alice.create(PHASE="RUN")
    failed = alice.create("SELECT nosuch FROM corot.runs", PHASE="RUN")
    aborted = alice.create()
    alice.sent_on(f"{aborted}/phase", PHASE="ABORT")
    assert (alice.finished(completed), alice.finished(failed)) == ("COMPLETED", "ERROR")
    return [pending, completed, failed, aborted]


def listed(client: JobClient, query: str = "") -> list[str]:
    """Give the URLs that the list has, in its order."""
    return [one.get(f"{XLINK}href", "") for one in client.document(f"{client.url}{query}")]


def test_the_list_says_what_each_job_is(alice: JobClient, made: list[str]) -> None:
    root = alice.document(alice.url)
    assert (root.tag, root.get("version")) == (f"{UWS}jobs", "1.1")
    assert root.prefix == "uws"
    assert listed(alice) == made[::-1]
    phases = [one.findtext(f"{UWS}phase") for one in root]
    assert phases == ["ABORTED", "ERROR", "COMPLETED", "PENDING"]
    oldest = root[-1]
    assert oldest.get("id") == made[0].rpartition("/")[2]
    assert oldest.findtext(f"{UWS}runId") == "night 7"
    owner = oldest.find(f"{UWS}ownerId")
    assert owner is not None
    assert (owner.get(NIL), owner.text) == (None, alice.text(f"{made[0]}/owner"))
    times = [one.findtext(f"{UWS}creationTime") or "" for one in root]
    assert times == sorted(times, reverse=True)
    assert all(time.endswith("Z") for time in times)


def test_the_list_can_be_narrowed(alice: JobClient, made: list[str]) -> None:
    pending, completed, failed, aborted = made
    assert listed(alice, "?PHASE=PENDING") == [pending]
    assert listed(alice, "?PHASE=ERROR&PHASE=COMPLETED") == [failed, completed]
    assert listed(alice, "?phase=aborted") == [aborted]
    assert listed(alice, "?PHASE=ARCHIVED") == []
    assert listed(alice, "?LAST=2") == [aborted, failed]
    assert listed(alice, "?LAST=100") == made[::-1]
    created = alice.document(completed).findtext(f"{UWS}creationTime") or ""
    assert datetime.fromisoformat(created).tzinfo is not None
    # To the millisecond the job is not later than itself, but it may be within that one.
    assert listed(alice, f"?AFTER={created}")[:2] == [aborted, failed]
    assert pending not in listed(alice, f"?AFTER={created}")
    assert listed(alice, f"?AFTER={created}&LAST=1&PHASE=ERROR") == [failed]
    assert listed(alice, "?AFTER=2099-01-01T00:00:00Z") == []
    for wrong in ("PHASE=DONE", "AFTER=yesterday", "LAST=0", "LAST=-1", "LAST=x"):
        assert alice.session.get(f"{alice.url}?{wrong}").status_code == 400, wrong


def test_what_is_deleted_leaves_the_list(alice: JobClient, made: list[str]) -> None:
    answer = alice.session.delete(made[1])  # and follows to the list
    assert (answer.status_code, answer.url) == (200, alice.url)
    assert listed(alice) == [made[3], made[2], made[0]]


def test_other_peoples_jobs(
    alice: JobClient, bob: JobClient, jobs: JobClient, made: list[str]
) -> None:
    del alice
    for stranger in (bob, jobs):
        assert listed(stranger) == []
        for url in made:
            for child in ("", "/phase", "/parameters", "/results", "/error", "/owner", "/quote",
                          "/destruction", "/executionduration", "/results/result"):  # fmt: skip
                answer = stranger.session.get(url + child, allow_redirects=False)
                assert answer.status_code == 403, url + child
                assert QUICK not in answer.text
            for phase in ("RUN", "ABORT"):
                assert stranger.post(f"{url}/phase", PHASE=phase).status_code == 403
            assert stranger.session.delete(url, allow_redirects=False).status_code == 403


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_pyvo_lists_jobs(jobs_url: str, tokens: dict[str, str], made: list[str]) -> None:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {tokens['alice']}"
        tap = TAPService(jobs_url, session=session)
        ids = [url.rpartition("/")[2] for url in made]
        assert [job.jobid for job in tap.get_job_list()] == ids[::-1]
        assert [job.jobid for job in tap.get_job_list(phases=["ERROR", "PENDING"])] == [
            ids[2],
            ids[0],
        ]
        assert [job.jobid for job in tap.get_job_list(last=1)] == ids[-1:]
        assert tap.get_job_list(after=datetime(2099, 1, 1)) == []  # noqa: DTZ001 # as it wants it
    gc.collect()
