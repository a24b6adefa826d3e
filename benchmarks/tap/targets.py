"""What is aimed at, and how far it is reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_COPY = {
    "votable/b2": 0.5, "parquet": 0.5, "arrow": 0.5, "votable": 0.15, "csv": 0.2, "fits": 0.2,
}  # fmt: skip
"""The least part of COPY's speed each format is to have."""

FIRST_BYTE = 3.0
"""Most times of the trivial query's first byte that the whole table's may take."""
GROWTH = 64 * 2**20
POLLING = 2.0
MOST_OF_DACHS = {"cone": 1 / 10, "match": 1 / 5, "job": 1 / 15, "publish": 1 / 5}
"""The greatest part of DaCHS's time each question may take."""
RATE_OF_DACHS = 15.0
"""Times DaCHS's requests per second, with 16 clients."""

DACHS = {
    "trivial": 0.051, "cone": 0.089, "match": 2.63, "job": 2.06, "publish": 224.0,
    "requests_per_s": {"1": 15.2, "4": 19.6, "16": 16.2},
}  # fmt: skip
"""DaCHS 2.7 with this table on a machine of this kind, for when it is not beside us (seconds)."""


@dataclass(frozen=True, slots=True)
class Target:
    """A figure, its bound, and whether it must stay below that or reach it."""

    name: str
    found: float
    bound: float
    below: bool = True

    @property
    def met(self) -> bool:
        """Whether it is within its bound."""
        return self.found <= self.bound if self.below else self.found >= self.bound


def targets(found: dict[str, Any], dachs: dict[str, Any]) -> Iterator[Target]:
    """Hold all figures against their bounds.

    Parameters
    ----------
    found
        Those of a run.
    dachs
        DaCHS's.
    """
    for form, bound in OF_COPY.items():
        if form in found["downloads"]:
            run = found["downloads"][form]
            yield Target(f"{form}: part of COPY's speed", run["ratio"], bound, below=False)
            yield Target(f"{form}: first byte / trivial query", run["first_ratio"], FIRST_BYTE)
    for form, grown in found.get("memory", {}).items():
        yield Target(f"{form}: MiB grown over ten tables", grown / 2**20, GROWTH / 2**20)
    for name, bound in MOST_OF_DACHS.items():
        ours = found["publish"] if name == "publish" else found["small"][name]
        theirs = dachs.get(name, DACHS[name])
        yield Target(f"{name}: part of DaCHS's time", ours / theirs, bound)
    rates = found["small"]["requests_per_s"]["16"], dachs["requests_per_s"]["16"]
    yield Target("16 clients: times DaCHS's rate", rates[0] / rates[1], RATE_OF_DACHS, below=False)
    polling = found["polling"]
    for name in ("old", "busy"):
        yield Target(f"polling, {name} / quiet", polling[name] / polling["quiet"], POLLING)
