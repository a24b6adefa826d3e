"""The table measured: made as a file, and published."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from vo_server.wiring import publish_service

if TYPE_CHECKING:
    from sqlalchemy import Engine

MAKER = Path(__file__).parents[3] / "shared" / "bench" / "make_catalogue.py"
DECLARATION = Path(__file__).with_name("star.toml")
NAME = "bench.star"


def csv_file(rows: int, folder: Path) -> Path:
    """Make the file, when it is not there yet."""
    path = folder / f"star-{rows}.csv"
    if not path.exists():
        command = [sys.executable, str(MAKER), "--rows", str(rows), "--out", str(path)]
        subprocess.run(command, check=True)  # noqa: S603 # our own interpreter
    return path


def publish(owner: Engine, file: Path) -> float:
    """Publish the file as ``vo-server publish`` does; give the seconds it took."""
    service = publish_service(owner)
    # Replacing waits for readers of what was there.
    if any(listed.name == NAME for listed in service.published()):
        service.unpublish(NAME)
    started = time.perf_counter()
    service.publish(DECLARATION, file)
    return time.perf_counter() - started
