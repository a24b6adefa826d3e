"""Where jobs keep their files: a local disk, and S3 as moto plays it."""

from __future__ import annotations

import io
import json
import urllib.request
from typing import TYPE_CHECKING

import pytest
import requests
from moto.server import ThreadedMotoServer

from tap.jobs.storage import JobStorage
from tests.jobs.client import JobClient
from tests.support.server import running_server, running_worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.databases import DatabaseMaker

BUCKET = "s3://corot-jobs/tap"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """Play S3; give the endpoint's URL."""
    with pytest.MonkeyPatch.context() as patch:
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        patch.setenv("AWS_ENDPOINT_URL", endpoint)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        request = urllib.request.Request(f"{endpoint}/corot-jobs", method="PUT")
        urllib.request.urlopen(request, timeout=30).close()
        yield endpoint
        server.stop()


@pytest.fixture(params=["disk", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> JobStorage:
    if request.param == "disk":
        return JobStorage((tmp_path / "jobs").as_uri())
    request.getfixturevalue("s3")
    return JobStorage(BUCKET)


def test_a_file_comes_back_as_it_was(storage: JobStorage) -> None:
    storage.check()
    content = bytes(range(256)) * 50_000
    assert storage.put("one/a", io.BytesIO(content)) == len(content)
    with storage.open("one/a") as file:
        assert file.read() == content
        file.seek(256 * 10_000 + 7)
        assert file.read(3) == b"\x07\x08\x09"
    with storage.writing("one/empty"):
        pass
    with storage.open("one/empty") as file:
        assert file.read() == b""


def test_half_a_file_is_not_left(storage: JobStorage) -> None:
    def fail() -> None:
        with storage.writing("two/half") as file:
            file.write(b"x" * 10_000)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with pytest.raises(FileNotFoundError):
        storage.open("two/half")


def test_the_files_of_a_job_are_removed_together(storage: JobStorage) -> None:
    for key in ("three/1.result", "three/2.result", "threefold/1.result"):
        storage.put(key, io.BytesIO(b"rows"))
    storage.remove("three/2.result")
    storage.remove("three/2.result")
    storage.remove_job("three")
    storage.remove_job("three")
    with pytest.raises(FileNotFoundError):
        storage.open("three/1.result")
    with storage.open("threefold/1.result") as file:
        assert file.read() == b"rows"


def test_jobs_run_with_s3(make_database: DatabaseMaker, s3: str) -> None:
    made = make_database("jobs-s3", migrate=True)
    settings = made.model_copy(update={"async_storage": BUCKET})
    with (
        running_worker(settings),
        running_server(settings) as url,
        requests.Session() as session,
    ):
        jobs = JobClient(f"{url}/tap/async", session)
        job = jobs.create(PHASE="RUN", RESPONSEFORMAT="json")
        assert jobs.finished(job) == "COMPLETED"
        whole = session.get(f"{job}/results/result")
        assert json.loads(whole.content)
        part = session.get(f"{job}/results/result", headers={"Range": "bytes=5-9"})
        assert (part.status_code, part.content) == (206, whole.content[5:10])
        session.delete(job)
    listed = urllib.request.urlopen(f"{s3}/corot-jobs?prefix=tap/{job[-32:]}", timeout=30)
    with listed:
        assert b"<Key>" not in listed.read()
