"""Run the measurements, print tables, and write the figures as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import psutil
from rich.console import Console

from benchmarks.exports.archive import archive
from benchmarks.exports.measure import measure
from benchmarks.exports.report import report


@click.command()
@click.option("--few", default=25_000, show_default=True, help="Products.")
@click.option("--many", default=100_000, show_default=True, help="Products.")
@click.option("--rounds", default=3, show_default=True, help="Of editions after the first.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var/bench"))
def main(few: int, many: int, rounds: int, folder: Path) -> None:
    """Measure what editions of the exports cost, of few products and of many."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    sizes: list[dict[str, Any]] = []
    for products in (few, many):
        with archive(folder, products) as settings:
            sizes.append({"products": products, **measure(settings, rounds)})
    found = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "cores": psutil.cpu_count(),
        "load": psutil.getloadavg()[0], "sizes": sizes,
    }  # fmt: skip
    report(sizes, Console())
    (folder / "exports.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
