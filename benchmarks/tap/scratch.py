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
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from benchmarks.tap.catalogue import csv_file, publish
from schemas.engine import OWNER
from schemas.migrate import upgrade
from vo_server.config import Settings
from vo_server.database import engine_of, prepare
from vo_server.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

_START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Scratch:
    """The database, its owner's engine, and how long publishing the table took."""

    settings: Settings
    owner: Engine
    publish_seconds: float


@contextmanager
def scratch_database(folder: Path, rows: int) -> Iterator[Scratch]:
    """Run PostgreSQL in a folder, migrated, and publish the table in it."""
    file = csv_file(rows, folder)
    with EmbeddedPostgres(folder / "archive", durable=False).running() as postgres:
        prepare(postgres)
        port = _free_port()
        settings = Settings(
            database_url=postgres.url,
            owner_password=postgres.secrets.owner,
            app_password=postgres.secrets.app,
            reader_password=postgres.secrets.reader,
            port=port,
            base_url=f"http://127.0.0.1:{port}",
            data_dir=folder / "data",
            sync_timeout=3600,  # type: ignore[arg-type] # pydantic takes seconds
            default_maxrec=10**9,
            hard_maxrec=10**9,
            async_short_places=18,
            async_short_timeout=3600,  # type: ignore[arg-type] # pydantic takes seconds
        )
        with engine_of(settings, OWNER) as owner:
            upgrade(owner)
            seconds = publish(owner, file)
            yield Scratch(settings.model_copy(update={"owner_password": None}), owner, seconds)


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
    with _running(command, settings, "server.log") as process:
        _await(f"{settings.base_url}/tap/availability")
        yield process


@contextmanager
def job_worker(settings: Settings) -> Iterator[None]:
    """Run ``vo-server worker``, with a place for each of the long queries."""
    program = Path(sys.executable).with_name("vo-server")
    log = settings.data_dir / "worker.log"
    with _running([str(program), "worker"], settings, log.name) as process:
        _await_ready(process, log)
        yield


@contextmanager
def _running(command: list[str], settings: Settings, log: str) -> Iterator[int]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VO_")}
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / log).open("wb") as file:
        process = subprocess.Popen(  # noqa: S603 # ours
            command,
            env={**kept, **settings.environment()},
            stdout=file,
            stderr=file,
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _await_ready(process: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while "Ready." not in log.read_text(encoding="utf-8").splitlines():
        status = psutil.Process(process).status()
        if status == psutil.STATUS_ZOMBIE or time.monotonic() > deadline:
            raise RuntimeError(f"the worker did not start: see {log}")
        time.sleep(0.1)


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
