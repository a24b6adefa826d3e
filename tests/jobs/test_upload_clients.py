"""Tables that pyvo, astroquery and STILTS send along, with synchronous queries and with jobs."""

from __future__ import annotations

import gc
import io
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
import requests
from astropy.table import Table
from pyvo.dal import DALQueryError, TAPService
from typing_extensions import override

from tests.jobs.test_clients import run_stilts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pyvo.dal import TAPResults

MATCH = (
    "SELECT r.run_code, m.n FROM corot.runs AS r JOIN TAP_UPLOAD.mine AS m"
    " ON r.run_code = m.run_code ORDER BY m.n"
)
BOTH = (
    "SELECT r.run_code, m.n, o.n AS other FROM corot.runs AS r"
    " JOIN TAP_UPLOAD.mine AS m ON r.run_code = m.run_code"
    " JOIN TAP_UPLOAD.others AS o ON r.run_code = o.run_code ORDER BY m.n"
)
FOUND = [("LRa01", 1), ("IRa01", 2)]
FORMATS = {"votable": "vot", "fits": "fits", "csv": "csv", "parquet": "parquet"}
"""Names of astropy's, and endings of files."""

# pyvo leaves connections to the collector, which complains.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def table(first: int = 1) -> Table:
    codes = ["LRa01", "IRa01", "none"]
    return Table({"run_code": codes, "n": [first, first + 1, first + 2]})


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the table in every format."""
    folder: Path = tmp_path_factory.mktemp("mine")
    for name, ending in FORMATS.items():
        table().write(folder / f"mine.{ending}", format=name)
    return folder


class Quiet(SimpleHTTPRequestHandler):
    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def shelf(files: Path) -> Iterator[str]:
    """Serve the folder; its URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=files)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture(params=["run_sync", "run_async"])
def run(request: pytest.FixtureRequest, jobs_url: str) -> Iterator[Callable[..., TAPResults]]:
    """Run a query as pyvo does, either way."""
    with requests.Session() as session:
        yield getattr(TAPService(jobs_url, session=session), request.param)
    gc.collect()


def rows(results: TAPResults) -> list[tuple[str, int]]:
    return [(str(row["run_code"]), int(row["n"])) for row in results]


@pytest.mark.parametrize("ending", FORMATS.values())
def test_pyvo_sends_files(run: Callable[..., TAPResults], files: Path, ending: str) -> None:
    path = files / f"mine.{ending}"
    # It opens files as text, which those of Parquet never are.
    mine = io.BytesIO(path.read_bytes()) if ending == "parquet" else str(path)
    assert rows(run(MATCH, uploads={"mine": mine})) == FOUND


def test_pyvo_sends_tables_and_results(run: Callable[..., TAPResults], files: Path) -> None:
    assert rows(run(MATCH, uploads={"mine": table()})) == FOUND
    file = io.BytesIO((files / "mine.csv").read_bytes())
    first = run(MATCH, uploads={"mine": file})
    again = run("SELECT * FROM TAP_UPLOAD.mine ORDER BY n", uploads={"mine": first})
    assert rows(again) == FOUND


def test_pyvo_sends_a_file_and_a_url(
    run: Callable[..., TAPResults], shelf: str, files: Path
) -> None:
    uploads = {"mine": f"{shelf}/mine.fits", "others": str(files / "mine.vot")}
    results = run(BOTH, uploads=uploads)
    assert rows(results) == FOUND
    assert list(results["other"]) == [1, 2]


def test_pyvo_shows_what_is_wrong_with_a_table(run: Callable[..., TAPResults]) -> None:
    with pytest.raises(DALQueryError, match="table mine cannot be read: line 2: 1 values"):
        run(MATCH, uploads={"mine": io.BytesIO(b"run_code,n\nLRa01\n")})


def test_pyvo_gives_a_job_a_table_afterwards(jobs_url: str, files: Path) -> None:
    with requests.Session() as session:
        job = TAPService(jobs_url, session=session).submit_job(BOTH)
        job.upload(mine=str(files / "mine.csv"))
        job.upload(others=io.BytesIO((files / "mine.parquet").read_bytes()))
        job.run().wait(phases=["COMPLETED", "ERROR"], timeout=60)
        job.raise_if_error()
        assert rows(job.fetch_result()) == FOUND
        job.delete()
    gc.collect()


@pytest.mark.parametrize("sync", ["true", "false"])
def test_stilts_sends_several_tables(jobs_url: str, files: Path, sync: str) -> None:
    printed = run_stilts(
        *("tapquery", f"sync={sync}", f"tapurl={jobs_url}", "nupload=2"),
        *(() if sync == "true" else ("poll=100",)),
        *(f"upload1={files / 'mine.fits'}", "upname1=mine"),
        *(f"upload2={files / 'mine.csv'}", "ufmt2=csv", "upname2=others"),
        *(f"adql={BOTH}", "ofmt=csv"),
    )
    assert printed.split() == ["run_code,n,other", "LRa01,1,1", "IRa01,2,2"]


@pytest.mark.parametrize("form", ["TABLEDATA", "BINARY", "BINARY2"])
def test_stilts_sends_every_form(jobs_url: str, files: Path, form: str) -> None:
    printed = run_stilts(
        *("tapquery", "sync=true", f"tapurl={jobs_url}", "nupload=1", f"upvotformat={form}"),
        *(f"upload1={files / 'mine.fits'}", "upname1=mine", f"adql={MATCH}", "ofmt=csv"),
    )
    assert printed.split() == ["run_code,n", "LRa01,1", "IRa01,2"]


def test_astroquery_sends_tables(jobs_url: str, files: Path) -> None:
    # In a process of its own: it leaves its connections to the collector, which complains.
    done = subprocess.run(
        [sys.executable, "-c", _ASTROQUERY, jobs_url, MATCH, files / "mine.vot"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    found = [line for line in done.stdout.splitlines() if line.startswith("found")]
    assert found == ["found LRa01 1 IRa01 2"] * 4, done.stderr


_ASTROQUERY = """
import sys
from astropy.table import Table
from astroquery.utils.tap.core import TapPlus

url, query, path = sys.argv[1:]
tap = TapPlus(url=url)
for launch in (tap.launch_job, tap.launch_job_async):
    for resource in (path, Table.read(path)):
        job = launch(query, upload_resource=resource, upload_table_name="mine")
        rows = job.get_results()
        print("found", *(f"{row['run_code']} {row['n']}" for row in rows))
"""
