"""What is aimed at, and how far it is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

from benchmarks.auth.archive import BYPASS, CALLERS, FEW, MANY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

SCAN: Final = 1.15
CONE: Final = 2.0
"""Most times of the bypassing role's time, of a scan and of a cone."""
GRANTS: Final = 1.1
"""Most times of the time with five grants that thousands may take: no more, but for noise."""
CHECK: Final = 0.1
"""Most of the time of a trivial query that the check of a token may take."""


def bounds(found: dict[str, Any]) -> Iterator[tuple[str, float, float]]:
    """Give each figure that has a bound, and the bound."""
    for backend in ("cube", "pgsphere"):
        for kind, bound in (("scans", SCAN), ("cones", CONE)):
            for name, times in found.get(backend, {}).get(kind, {}).items():
                worst = max(times[who] / times[BYPASS] for who in CALLERS)
                yield f"{backend}, {kind[:-1]} of {name}: dearest tier", worst, bound
                for many in MANY:
                    yield (
                        f"{backend}, {kind[:-1]} of {name}: {many} / {FEW}",
                        times[many] / times[FEW],
                        GRANTS,
                    )
    token = found["token"]
    yield "check of a token / trivial query", token["check"] / token["public"], CHECK


def report(found: dict[str, Any], console: Console) -> None:
    """Print all figures, and those that have a bound beside it."""
    for backend in ("cube", "pgsphere"):
        if backend in found:
            console.print(_times(backend, found[backend]))
    token = found["token"]
    console.print(
        f"Trivial query {token['public'] * 1e3:.2f} ms, with a token {token['token'] * 1e3:.2f} ms"
    )
    table = Table("figure", "found", "at most", "", title="Bounds")
    for name, value, bound in bounds(found):
        table.add_row(name, f"{value:.3f}", f"{bound:g}", "" if value <= bound else "MISSED")
    console.print(table)


def _times(backend: str, found: dict[str, Any]) -> Table:
    table = Table("query", f"{BYPASS}, ms", *CALLERS, "index", title=f"Rights, {backend}")
    for kind in ("scans", "cones"):
        for name, times in found[kind].items():
            shares = (f"{times[who] / times[BYPASS]:.2f}" for who in CALLERS)
            kept = {True: "kept", False: "LOST", None: ""}[
                found["index"].get(name) if kind == "cones" else None
            ]
            table.add_row(f"{kind[:-1]} of {name}", f"{times[BYPASS] * 1e3:,.2f}", *shares, kept)
    return table
