"""Every operation of astroquery's TapPlus on TAP, against a server process and a worker process."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from schemas.engine import APP
from vo_server.auth.account_service import AccountService
from vo_server.auth.model import Account

if TYPE_CHECKING:
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

PASSWORD = "correct horse battery"

SCRIPT = """
import json, sys, tempfile
from http.client import HTTPConnection
from pathlib import Path

from astropy.table import Table
from astroquery.utils.tap.conn import tapconn
from astroquery.utils.tap.core import TapPlus
from astroquery.utils.tap.model.filter import Filter

url, password = sys.argv[1:]
tap_port = int(url.split(":")[2].split("/")[0])
query = "SELECT TOP 3 run_code FROM corot.runs ORDER BY run_code"
tap = TapPlus(url=url)
told = {}


def said(call, *arguments, **named):
    try:
        return call(*arguments, **named)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


tables = {table.name: table for table in tap.load_tables()}
told["tables"] = sorted(tables)
told["columns"] = [c.name for c in tables["corot.runs"].columns][:3]
told["names only"] = [len(t.columns) for t in tap.load_tables(only_names=True)]
one = tap.load_table("corot.runs")
told["one"] = [one.get_qualified_name(), one.columns[0].name, one.columns[0].data_type]
told["absent"] = said(tap.load_table, "corot.absent") is None

sync = tap.launch_job(query)
told["sync"] = [list(sync.get_results()["run_code"]), sync.async_, sync.get_phase()]
told["maxrec"] = len(tap.launch_job("SELECT * FROM corot.runs", maxrec=4).get_results())
for form in ("votable", "csv", "json"):
    told[form] = said(lambda: len(tap.launch_job(query, output_format=form).get_results()))
with tempfile.TemporaryDirectory() as folder:
    out = Path(folder) / "out.csv"
    tap.launch_job(query, output_file=str(out), output_format="csv", dump_to_file=True)
    told["file"] = out.read_text().split()[0]
    # It reads FITS only from the disk: in memory it does not go back to where that begins.
    tap.launch_job(query, output_file=str(out) + ".fits", output_format="fits", dump_to_file=True)
    told["fits"] = len(Table.read(str(out) + ".fits.gz", format="fits"))  # as it renames it
    mine = Path(folder) / "mine.vot"
    Table({"code": ["LRa01", "none"]}).write(mine, format="votable")
    joined = "SELECT run_code FROM corot.runs JOIN tap_upload.mine ON run_code = code"
    for launch in (tap.launch_job, tap.launch_job_async):
        job = launch(joined, upload_resource=str(mine), upload_table_name="mine")
        told[f"upload {launch.__name__}"] = list(job.get_results()["run_code"])
told["wrong"] = said(tap.launch_job, "SELECT nothing FROM corot.runs")

job = tap.launch_job_async(query)
told["async"] = [len(job.get_results()), job.get_phase(update=True)]
told["loaded"] = len(tap.load_async_job(jobid=job.jobid).get_results())
waiting = tap.launch_job_async(query, autorun=False)
told["waiting"] = waiting.get_phase(update=True)
waiting.start()
told["started"] = len(waiting.get_results())
zero = "SELECT 1 / (run_number - run_number) AS x FROM corot.runs"
failing = tap.launch_job_async(zero, background=True)
failing.wait_for_job_end()
told["failed"] = [failing.get_phase(update=True), said(failing.get_error)]
told["public list"] = [len(tap.list_async_jobs()), len(tap.search_async_jobs())]

# It logs in, and sends its cookie, by https alone. This stands for a proxy that ends that.
tapconn.httplib.HTTPSConnection = lambda host, port: HTTPConnection(host, tap_port)
tap.login(user="kim", password=password)
told["wrong password"] = said(TapPlus(url=url).login, user="kim", password="wrong")
named = tap.launch_job_async(query, name="mine")
other = tap.launch_job_async(query)
both = sorted([named.jobid, other.jobid])
told["listed"] = sorted(j.jobid for j in tap.list_async_jobs()) == both
told["listed phases"] = [j._phase for j in tap.list_async_jobs()]
told["searched"] = sorted(j.jobid for j in tap.search_async_jobs()) == both
chosen = Filter()
chosen.limit = 1
told["limited"] = len(tap.search_async_jobs(jobfilter=chosen))
told["by name"] = tap.load_async_job(name="mine").jobid == named.jobid
tap.remove_jobs([named.jobid, other.jobid])
told["after removal"] = len(tap.list_async_jobs())
kept = tap.launch_job_async(query)
tap.logout()
told["after logging out"] = said(tap.list_async_jobs)
print(json.dumps(told, default=str))
"""


@pytest.fixture(scope="module")
def told(jobs_url: str, jobs_settings: Settings, make_database: DatabaseMaker) -> dict[str, Any]:
    """Run all of it in a process of its own: its connections are left to the collector."""
    AccountService(make_database.engine(jobs_settings, APP)).add(Account("kim"), PASSWORD, "test")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, jobs_url, PASSWORD],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_tables(told: dict[str, Any]) -> None:
    assert {"corot.corot.runs", "corot.runs"} & set(told["tables"])
    assert told["columns"][0] == "run_code"
    assert set(told["names only"]) == {0}
    assert told["one"] == ["corot.runs", "run_code", "char"]
    assert told["absent"]


def test_synchronous_queries(told: dict[str, Any]) -> None:
    codes, is_async, phase = told["sync"]
    assert (len(codes), is_async, phase) == (3, False, "COMPLETED")
    assert told["maxrec"] == 4
    for form in ("votable", "csv", "fits", "json"):
        assert told[form] == 3, form
    assert told["file"] == "run_code"
    assert "nothing" in told["wrong"]


def test_uploads(told: dict[str, Any]) -> None:
    assert told["upload launch_job"] == told["upload launch_job_async"] == ["LRa01"]


def test_jobs(told: dict[str, Any]) -> None:
    assert told["async"] == [3, "COMPLETED"]
    assert told["loaded"] == 3
    assert (told["waiting"], told["started"]) == ("PENDING", 3)
    assert told["failed"][0] == "ERROR"
    assert "divides by zero" in told["failed"][1]


def test_lists_of_jobs(told: dict[str, Any]) -> None:
    assert told["public list"] == [0, 0]
    assert told["listed"]
    assert told["listed phases"] == ["COMPLETED", "COMPLETED"]
    assert told["searched"]
    assert told["limited"] == 1
    assert told["by name"]
    assert told["after removal"] == 0


def test_logging_in_and_out(told: dict[str, Any]) -> None:
    assert "HTTPError" in told["wrong password"]
    assert "HTTPError" in told["after logging out"]
