"""The table in HTML as headless Chromium shows and sorts it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html

from schemas.declaration import Column
from tap.output.html_table import SCRIPT, html_table
from tests.output.tables import COLUMNS as MANY_COLUMNS
from tests.output.tables import ROWS as MANY_ROWS
from tests.output.tables import result

if TYPE_CHECKING:
    from collections.abc import Sequence

ASSETS = Path(__file__).parents[2] / "tap" / "assets"

COLUMNS = (
    Column("n", "long"),
    Column("x", "double", unit="deg"),
    Column("name", "unicodeChar", arraysize="*"),
    Column("when", "char", arraysize="*", xtype="timestamp"),
)
ROWS = (
    (2**62 + 1, 10.0, "zwei 10", "2009-01-31T12:00:00"),
    (None, float("nan"), "Zwei 9", None),
    (2**62, -1e300, "<b>eins</b>", "1999-12-31T00:00:00"),
    (-3, float("inf"), None, "2009-01-31T12:00:00.5"),
    (20, None, "\u00c4", "2030-01-01T00:00:00"),
)

REPORT = """
<script type="module">
const click = (n) => document.querySelectorAll("thead th")[n].click();
const cells = (n) => [...document.querySelectorAll("tbody tr")].map(
  (row) => row.cells[n].textContent);
const report = {
  columns: [0, 1, 2, 3].map((n) => {
    const found = [];
    for (const turn of [1, 2]) {
      click(n);
      found.push([document.querySelector("[aria-sort]").ariaSort, cells(n)]);
    }
    return found;
  }),
  sorted: document.querySelectorAll("[aria-sort]").length,
};
const first = document.querySelector("thead th");
first.focus();
first.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
report.focused = document.activeElement === first;
report.byKey = cells(0);
report.pageWidth = document.documentElement.scrollWidth;
report.windowWidth = window.innerWidth;
const pane = document.querySelector(".rows");
report.paneScrolls = pane.scrollWidth > pane.clientWidth;
pane.scrollTop = 100;
const top = document.querySelector("thead th").getBoundingClientRect().top;
report.headingStays = Math.abs(top - pane.getBoundingClientRect().top) < 2;
document.body.innerHTML = "";
document.body.textContent = JSON.stringify(report);
</script>
"""


def chromium() -> str:
    """Find Chromium; without it the test is skipped, or fails under CI."""
    found = shutil.which("chromium")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is missing: tests/install-tools.sh installs it")
        pytest.skip("chromium is not installed (Debian package chromium)")
    return found


def shown(
    rows: Sequence[tuple[object, ...]], columns: tuple[Column, ...], folder: Path, width: int = 800
) -> dict[str, Any]:
    """Open an answer, do what :data:`REPORT` does, and give what it found."""
    page = b"".join(html_table(result(tuple(rows), columns))).decode()
    local = page.replace(f"https://vo.example.org/tap/assets/{SCRIPT}", f"file://{ASSETS / SCRIPT}")
    assert local != page
    file = folder / "answer.html"
    file.write_text(local + REPORT, encoding="utf-8")
    command = [
        *(chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
        *(f"--user-data-dir={folder / 'profile'}", f"--window-size={width},900", f"file://{file}"),
    ]
    run = subprocess.run(command, capture_output=True, check=True, timeout=120)
    body = html.document_fromstring(run.stdout.decode()).findtext("body") or ""
    told: dict[str, Any] = json.loads(body)
    return told


def test_a_click_on_a_heading_sorts(tmp_path: Path) -> None:
    report = shown(ROWS, COLUMNS, tmp_path)
    assert report["sorted"] == 1
    ascending = [
        ["-3", "20", str(2**62), str(2**62 + 1), ""],
        ["-1e+300", "10", "+Inf", "NaN", ""],
        ["<b>eins</b>", "\u00c4", "Zwei 9", "zwei 10", ""],
        ["1999-12-31T00:00:00", "2009-01-31T12:00:00", "2009-01-31T12:00:00.500000",
         "2030-01-01T00:00:00", ""],
    ]  # fmt: skip
    for found, wanted in zip(report["columns"], ascending, strict=True):
        there = [value for value in wanted if value not in ("", "NaN")]
        rest = wanted[len(there) :]  # nothing comes last in either order
        assert found == [["ascending", wanted], ["descending", [*there[::-1], *rest]]]
    assert report["focused"]
    assert report["byKey"] == ascending[0]


@pytest.mark.parametrize("width", [500, 1280])
def test_a_wide_table_scrolls_in_itself(tmp_path: Path, width: int) -> None:
    report = shown(MANY_ROWS * 30, MANY_COLUMNS, tmp_path, width)
    assert report["windowWidth"] == width
    assert report["pageWidth"] <= width
    assert report["paneScrolls"]
    assert report["headingStays"]
