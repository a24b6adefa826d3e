"""Which processes use a data folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from pathlib import Path


def processes_of(data_dir: Path) -> list[str]:
    """List the command lines that name a data folder, or where its database really lies."""
    places = {str(data_dir), str((data_dir / "postgres").resolve())}
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or ())
        if process.pid != os.getpid() and any(place in line for place in places):
            found.append(line)
    return found
