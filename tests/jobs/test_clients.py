"""Jobs as STILTS makes them, against a server process and a worker process."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from astropy.io.votable import parse_single_table

from tests.jobs.client import QUICK
from tests.support.validity import stilts

if TYPE_CHECKING:
    from pathlib import Path


def run_stilts(*arguments: str) -> str:
    done = subprocess.run(
        [stilts(), *arguments], capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_stilts_runs_a_job(jobs_url: str, tmp_path: Path) -> None:
    out = tmp_path / "out.vot"
    run_stilts(
        *("tapquery", "sync=false", "poll=100", f"tapurl={jobs_url}", f"adql={QUICK}"),
        *("delete=finished", f"out={out}", "ofmt=votable"),
    )
    assert len(parse_single_table(out).array) == 3


def test_stilts_uploads_with_a_job(jobs_url: str, tmp_path: Path) -> None:
    mine, out = tmp_path / "mine.csv", tmp_path / "out.vot"
    mine.write_text("run_code,n\nLRa01,1\nIRa01,2\nnone,3\n")
    run_stilts(
        *("tapquery", "sync=false", "poll=100", f"tapurl={jobs_url}", "nupload=1"),
        *(f"upload1={mine}", "upname1=mine", "ufmt1=csv"),
        "adql=SELECT r.run_code, m.n FROM corot.runs r JOIN TAP_UPLOAD.mine m"
        " ON r.run_code = m.run_code ORDER BY m.n",
        *(f"out={out}", "ofmt=votable"),
    )
    assert list(parse_single_table(out).array["n"]) == [1, 2]
