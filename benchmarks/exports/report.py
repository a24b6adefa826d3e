"""What is aimed at, and how far it is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

OF_COPY: Final = 5.0
"""Most times of COPY's time that an edition may take: it is written, hashed and stored."""
LINEAR: Final = 1.25
"""Most times of the time for each product that it may take among many."""
MEMORY: Final = 1.25
"""Most times of the growth with few products that it may grow by with many."""


def bounds(few: dict[str, Any], many: dict[str, Any]) -> Iterator[tuple[str, float, float]]:
    """Give each figure that has a bound, and the bound."""
    for found in (few, many):
        name = f"an edition of {found['products']:,} / COPY"
        yield name, found["again"] / found["copy"], OF_COPY
    for kind in ("first", "again"):
        times = [found[kind] / found["products"] for found in (few, many)]
        yield f"time for each product, {kind}: many / few", times[1] / times[0], LINEAR
    yield "growth of memory: many / few", many["grown"] / few["grown"], MEMORY


def report(found: list[dict[str, Any]], console: Console) -> None:
    """Print all figures, and those that have a bound beside it."""
    times = Table("products", "COPY s", "first s", "again s", "again, ms/1,000", "MB", "grown MiB")
    for one in found:
        times.add_row(
            f"{one['products']:,}", f"{one['copy']:.2f}", f"{one['first']:.2f}",
            f"{one['again']:.2f}", f"{one['again'] / one['products'] * 1e6:.1f}",
            f"{one['bytes'] / 1e6:.0f}", f"{one['grown'] / 2**20:.0f}",
        )  # fmt: skip
    console.print(times)
    table = Table("figure", "found", "at most", "", title="Bounds")
    for name, value, bound in bounds(found[0], found[-1]):
        table.add_row(name, f"{value:.2f}", f"{bound:g}", "" if value <= bound else "MISSED")
    console.print(table)
