"""Run the measurements, print tables, and write the figures as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import psutil
from rich.console import Console

from benchmarks.tap.catalogue import NAME, csv_file
from benchmarks.tap.client import Service
from benchmarks.tap.downloads import FORMATS, measure_downloads, measure_memory, measure_reader
from benchmarks.tap.polling import measure_polling
from benchmarks.tap.report import report
from benchmarks.tap.scratch import job_worker, scratch_database, web_server
from benchmarks.tap.small import measure_small, positions
from benchmarks.tap.targets import DACHS
from schemas.engine import READER
from vo_server.database import uri_of

_DACHS_TABLE = "corot.star"
_SECONDS = 4.0
"""For which requests are counted."""


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--memory/--no-memory", default=True, help="Also take ten times the table.")
@click.option("--dachs", help="URL of a DaCHS that has the table as corot.star, to run beside.")
@click.option("--format", "formats", multiple=True, help="Only these formats.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var/bench"))
def main(  # noqa: PLR0913 # options
    rows: int, rounds: int, folder: Path, dachs: str | None, formats: tuple[str, ...],
    *, memory: bool,
) -> None:  # fmt: skip
    """Measure TAP on a scratch database beside PostgreSQL's own COPY, and beside DaCHS."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        scratch_database(folder.resolve(), rows) as scratch,
        web_server(scratch.settings) as server,
        job_worker(scratch.settings),
    ):
        settings = scratch.settings
        ours = Service(f"{settings.base_url}/tap", NAME)
        services = [ours, *([Service(dachs, _DACHS_TABLE)] if dachs else [])]
        small = measure_small(services, positions(csv_file(rows, folder)), _SECONDS)
        found: dict[str, Any] = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"), "rows": rows,
            "cores": psutil.cpu_count(), "load": psutil.getloadavg()[0],
            "publish": scratch.publish_seconds,
            "small": small[0], "dachs": small[1] if dachs else None,
            "downloads": measure_downloads(
                ours, uri_of(settings, READER), server, rounds, formats or FORMATS
            ),
            "reader": measure_reader(ours, uri_of(settings, READER), rounds),
            "polling": measure_polling(ours, scratch.owner),
        }  # fmt: skip
        if memory:
            found["memory"] = measure_memory(ours, server)
    report(found, found["dachs"] or DACHS, Console())
    (folder / "tap.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
