"""Run the measurements, print tables, and write the figures as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import psutil
from rich.console import Console

from benchmarks.auth.databases import on_cube, on_pgsphere
from benchmarks.auth.measure import Askers, keeps_index, medians
from benchmarks.auth.questions import CONES, SCANS, sql
from benchmarks.auth.report import report
from benchmarks.auth.tokens import measure_token
from tests.support.debian_postgres import debian_has_pgsphere

if TYPE_CHECKING:
    from benchmarks.auth.databases import Archive


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--rounds", default=9, show_default=True, help="Of each scan, at least.")
@click.option("--seconds", default=60, show_default=True, help="For each scan, at least.")
@click.option("--cones", default=101, show_default=True, help="Rounds of each cone.")
@click.option("--requests", default=400, show_default=True, help="With a token, and without.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var/bench"))
def main(  # noqa: PLR0913 # an option each
    *, rows: int, rounds: int, seconds: int, cones: int, requests: int, folder: Path
) -> None:
    """Measure what rights cost, on either geometry back end that there is."""
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "rows": rows,
        "cores": psutil.cpu_count(), "load": psutil.getloadavg()[0],
    }  # fmt: skip
    with on_cube((folder / "auth").resolve(), rows) as archive:
        found["cube"] = _measured(archive, rounds, seconds, cones)
        found["token"] = measure_token(archive.settings, requests)
    if debian_has_pgsphere():
        with on_pgsphere(rows) as archive:
            found["pgsphere"] = _measured(archive, rounds, seconds, cones)
    report(found, Console())
    (folder / "auth.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _measured(archive: Archive, rounds: int, seconds: int, cones: int) -> dict[str, Any]:
    with Askers(archive) as askers:
        translated = {name: sql(adql, archive.backend) for name, adql in CONES.items()}
        return {
            "scans": {
                name: medians(askers, sql(adql, archive.backend), rounds, seconds)
                for name, adql in SCANS.items()
            },
            "cones": {name: medians(askers, query, cones) for name, query in translated.items()},
            "index": {name: keeps_index(askers, query) for name, query in translated.items()},
        }


if __name__ == "__main__":
    main()
