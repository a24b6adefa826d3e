"""STILTS taplint, the validator of TAP services, on the whole server with its worker."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.server import running_worker
from tests.support.validity import stilts

if TYPE_CHECKING:
    from vo_server.config import Settings

STAGES = "TMV TME TMS TMC CPV CAP AVV QGE QPO QAS UWS MDQ OBS UPL EXA"
"""All of STILTS 3.4.7 but LOC, which looks for a table of plans (docs/validation.md)."""

DOCUMENTED = re.compile(
    r"W-CAP-CULF-\d+ Custom feature type"
    r' "ivo://(ivoa\.net/std/tapregext#features-[a-z-]+|org\.corot/tap#features-own)"'
    r" for language ADQL"
)


@pytest.fixture(scope="module")
def report(archive: Settings, server: str) -> str:
    """What it prints, of which it repeats nothing often enough to leave something out."""
    command = [stilts(), "taplint", f"tapurl={server}/tap"]
    with running_worker(archive):
        done = subprocess.run(
            [*command, f"stages={STAGES}", "maxrepeat=1000", "truncate=10000"],
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
    assert done.stdout, done.stderr
    return done.stdout


def test_every_stage_is_run_to_its_end(report: str) -> None:
    assert re.findall(r"^Section (\w+):", report, re.MULTILINE) == STAGES.split()
    submitted = re.findall(r"Successful/submitted TAP queries: (\d+)/(\d+)", report)
    assert submitted
    assert len(re.findall(r"^I-UPL-QJOB", report, re.MULTILINE)) > 1
    assert all(int(done) == int(asked) > 0 for done, asked in submitted), submitted
    assert "Execution success/attempt: 7/7" in report


def test_it_has_nothing_to_say_but_what_is_documented(report: str) -> None:
    said = re.findall(r"^[EWF]-.*", report, re.MULTILINE)
    assert [line for line in said if not DOCUMENTED.fullmatch(line)] == []
    assert "Totals: Errors: 0;" in report
    assert "Failures: 0" in report
    page = Path(__file__).parents[2] / "docs" / "validation.md"
    assert "`W-CAP-CULF`" in page.read_text(encoding="utf-8")
