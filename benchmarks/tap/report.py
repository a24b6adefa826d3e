"""Prints the figures for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from benchmarks.tap.targets import targets

if TYPE_CHECKING:
    from rich.console import Console


def report(found: dict[str, Any], dachs: dict[str, Any], console: Console) -> None:
    """Print tables: the downloads, the small questions, and what is aimed at."""
    console.print(_downloads(found))
    console.print(_small(found, dachs))
    aims = Table("aim", "found", "bound", "")
    for target in targets(found, dachs):
        sign = "≤" if target.below else "≥"
        verdict = "met" if target.met else "[red]missed[/red]"
        aims.add_row(target.name, f"{target.found:.3f}", f"{sign} {target.bound:.3f}", verdict)
    console.print(aims)


def _downloads(found: dict[str, Any]) -> Table:
    table = Table(
        "format", "rows/s", "s", "COPY s", "of COPY", "CPU s", "of COPY, cores always busy",
        "first byte ms", "MB", "grown MiB",
    )  # fmt: skip
    for form, run in found["downloads"].items():
        table.add_row(
            form, f"{found['rows'] / run['total_s']:,.0f}", f"{run['total_s']:.2f}",
            f"{run['copy_s']:.2f}", f"{run['ratio']:.2f}", f"{run['busy_s']:.2f}",
            f"{run['best_ratio']:.2f}", f"{run['first_s'] * 1e3:.1f}",
            f"{run['bytes'] / 1e6:.0f}", f"{run['grown'] / 2**20:.0f}",
        )  # fmt: skip
    reader = found["reader"]
    table.add_row(
        "reading alone", f"{found['rows'] / reader['total_s']:,.0f}",
        f"{reader['total_s']:.2f}", f"{reader['copy_s']:.2f}", f"{reader['ratio']:.2f}",
        f"{reader['cpu_s']:.2f} (its own)",
    )  # fmt: skip
    return table


def _small(found: dict[str, Any], dachs: dict[str, Any]) -> Table:
    beside = found["dachs"] is not None
    table = Table("question", "ms", f"DaCHS ms ({'beside' if beside else 'as recorded'})")
    ours = found["small"]
    for name in ("trivial", "cone", "match", "job"):
        table.add_row(name, f"{ours[name] * 1e3:.1f}", f"{dachs[name] * 1e3:.0f}")
    for clients, rate in ours["requests_per_s"].items():
        theirs = dachs["requests_per_s"][clients]
        table.add_row(f"requests/s, {clients} clients", f"{rate:.0f} /s", f"{theirs:.0f} /s")
    for name, seconds in found["polling"].items():
        table.add_row(f"phase of a job, {name}", f"{seconds * 1e3:.2f}", "")
    table.add_row("publishing", f"{found['publish'] * 1e3:,.0f}", "")
    return table
