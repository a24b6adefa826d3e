"""A scratch PostgreSQL with the table, and a web server on it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.tap.catalogue import csv_file, publish
from schemas.engine import OWNER
from schemas.migrate import upgrade
from vo_server.config import Settings
from vo_server.database import engine_of, prepare
from vo_server.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Scratch:
    """The database, and how long publishing the table took."""

    settings: Settings
    publish_seconds: float


@contextmanager
def scratch_database(folder: Path, rows: int) -> Iterator[Scratch]:
    """Run PostgreSQL in a folder, migrated, and publish the table in it."""
    file = csv_file(rows, folder)
    with EmbeddedPostgres(folder / "archive", durable=False).running() as postgres:
        prepare(postgres)
        settings = Settings(
            database_url=postgres.url,
            owner_password=postgres.secrets.owner,
            app_password=postgres.secrets.app,
            reader_password=postgres.secrets.reader,
            port=_free_port(),
            data_dir=folder / "data",
            sync_timeout=3600,  # type: ignore[arg-type] # pydantic takes seconds
            default_maxrec=10**9,
            hard_maxrec=10**9,
        )
        with engine_of(settings, OWNER) as owner:
            upgrade(owner)
            seconds = publish(owner, file)
        yield Scratch(settings.model_copy(update={"owner_password": None}), seconds)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def web_server(settings: Settings) -> Iterator[int]:
    """Run gunicorn as ``vo-server serve`` does; give its process id."""
    command = [
        *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{settings.port}"),
        *("--worker-class", "gthread", "--workers", str(settings.workers)),
        *("--threads", str(settings.threads), "--log-level", "warning"),
        "vo_server.app:served_app()",
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VO_")}
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / "server.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 # ours
            command, env={**kept, **settings.environment()}, stderr=log
        )
    try:
        _await(f"http://127.0.0.1:{settings.port}/tap/availability")
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _await(url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 # our own
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
