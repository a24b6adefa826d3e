"""Run the measurements, print a table, and write them as JSON."""

from __future__ import annotations

import json
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import psutil
import psycopg2
from rich.console import Console
from rich.table import Table

from benchmarks.tap.client import Client, requests_per_second
from benchmarks.tap.memory import PeakMemory
from benchmarks.tap.scratch import scratch_database, web_server
from schemas.engine import READER
from vo_server.database import uri_of

if TYPE_CHECKING:
    from vo_server.config import Settings

ALL = "SELECT * FROM bench.star"
TRIVIAL = "SELECT TOP 1 corot_id FROM bench.star"
CONE = "SELECT * FROM bench.star WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(285.5, 0.5, 0.1))"

FORMATS = {
    "votable/b2": 0.5, "parquet": 0.5, "arrow": 0.5, "votable": 0.15, "csv": 0.2, "fits": 0.2,
    "votable/b": None, "tsv": None, "json": None, "html": None, "text": None,
}  # fmt: skip
"""Formats, and the least part of COPY's speed each is to have."""

_COPIES = 10
"""Times the table is taken for the measurement of memory."""


class _Nowhere:
    """A file that forgets."""

    def write(self, part: bytes) -> int:
        return len(part)


def copy_seconds(uri: str) -> float:
    """Time COPY … TO STDOUT (FORMAT binary), what comes being thrown away."""
    connection = psycopg2.connect(uri)
    columns = (
        "obs_id, corot_id, run, ra, dec, mag_r, mag_b, mag_v, teff, sptype, t_min, t_max,"
        " n_points, period, amplitude, access_url, release_date"
    )
    with connection.cursor() as cursor:
        started = time.perf_counter()
        cursor.copy_expert(f"COPY bench.star ({columns}) TO STDOUT (FORMAT binary)", _Nowhere())
        taken = time.perf_counter() - started
    connection.close()
    return taken


def measure_downloads(settings: Settings, server: int, rounds: int) -> dict[str, Any]:
    """Time whole answers in each format, COPY before each of them."""
    uri = uri_of(settings, READER)
    found: dict[str, list[dict[str, float]]] = {form: [] for form in FORMATS}
    copy_seconds(uri)
    for form in FORMATS:
        for _ in range(4 * settings.workers):  # every worker has seen every format
            Client(settings.port).get(TRIVIAL, form)
    for _ in range(rounds):
        for form, runs in found.items():
            copied = copy_seconds(uri)
            with PeakMemory(server) as memory:
                # The server keeps an idle connection for less time than COPY takes.
                timing = Client(settings.port).get(ALL, form)
            runs.append({
                "copy_s": copied, "total_s": timing.total, "first_s": timing.first,
                "bytes": timing.size, "ratio": copied / timing.total, "grown": memory.grown,
            })  # fmt: skip
    return {
        form: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for form, runs in found.items()
    }


def measure_small(settings: Settings, seconds: float) -> dict[str, Any]:
    """Time the trivial query and a cone, and count requests."""
    client = Client(settings.port)
    latency = {
        name: statistics.median(client.get(query).total for _ in range(200))
        for name, query in (("trivial", TRIVIAL), ("cone", CONE))
    }
    rates = {
        clients: requests_per_second(settings.port, TRIVIAL, clients, seconds)
        for clients in (1, 4, 16)
    }
    return {"latency_s": latency, "requests_per_s": rates}


def measure_memory(settings: Settings, server: int) -> dict[str, int]:
    """See by how much the server grows over an answer ten times as long."""
    query = " UNION ALL ".join([ALL] * _COPIES)
    grown = {}
    for form in ("votable/b2", "votable", "parquet", "fits"):
        with PeakMemory(server) as memory:
            Client(settings.port).get(query, form)
        grown[form] = memory.grown
    return grown


def report(found: dict[str, Any], rows: int, console: Console) -> None:
    """Print a table."""
    trivial = found["small"]["latency_s"]["trivial"]
    table = Table("format", "rows/s", "of COPY", "aim", "first byte / trivial", "MB", "grown MiB")
    for form, run in found["downloads"].items():
        aim = FORMATS[form]
        table.add_row(
            form, f"{rows / run['total_s']:,.0f}", f"{run['ratio']:.2f}",
            "" if aim is None else f"{aim:.2f}", f"{run['first_s'] / trivial:.1f}",
            f"{run['bytes'] / 1e6:.0f}", f"{run['grown'] / 2**20:.0f}",
        )  # fmt: skip
    console.print(table)
    console.print(f"published, with indexes, in {found['publish_s']:.1f} s")
    rates = ", ".join(f"{n}: {r:.0f}" for n, r in found["small"]["requests_per_s"].items())
    latency = found["small"]["latency_s"]
    console.print(
        f"trivial query {latency['trivial'] * 1e3:.1f} ms, cone of 0.1 degrees"
        f" {latency['cone'] * 1e3:.1f} ms; requests/s by clients: {rates}"
    )
    for form, grown in found.get("memory", {}).items():
        console.print(f"{rows * _COPIES:,} rows as {form}: grown by {grown / 2**20:.0f} MiB")


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--memory/--no-memory", default=True, help="Also take ten times the table.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var/bench"))
def main(rows: int, rounds: int, folder: Path, *, memory: bool) -> None:
    """Measure TAP on a scratch database beside PostgreSQL's own COPY."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        scratch_database(folder.resolve(), rows) as scratch,
        web_server(scratch.settings) as server,
    ):
        settings = scratch.settings
        found: dict[str, Any] = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"), "rows": rows,
            "cores": psutil.cpu_count(), "load": psutil.getloadavg()[0],
            "publish_s": scratch.publish_seconds,
            "small": measure_small(settings, 3),
            "downloads": measure_downloads(settings, server, rounds),
        }  # fmt: skip
        if memory:
            found["memory"] = measure_memory(settings, server)
    report(found, rows, Console())
    (folder / "tap.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
