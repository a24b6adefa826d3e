"""A scratch PostgreSQL with the table, and a web server on it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg2

from benchmarks.tap.catalogue import load
from vo_server.config import Settings
from vo_server.database import prepare
from vo_server.embedded import EmbeddedPostgres
from vo_server.embedded.cluster import DATABASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_START_SECONDS = 30


@contextmanager
def scratch_database(folder: Path, rows: int) -> Iterator[Settings]:
    """Run PostgreSQL in a folder; the table is made when it is not there yet."""
    with EmbeddedPostgres(folder / "cluster", durable=False).running() as postgres:
        prepare(postgres)
        url = postgres.superuser_url(DATABASE).set(drivername="postgresql")
        superuser = psycopg2.connect(url.render_as_string(hide_password=False))
        superuser.autocommit = True
        with superuser.cursor() as cursor:
            cursor.execute("SELECT to_regclass('bench.star')")
            if cursor.fetchone() == (None,):
                load(superuser, rows, folder)
        superuser.close()
        yield Settings(
            database_url=postgres.url,
            app_password=postgres.secrets.app,
            reader_password=postgres.secrets.reader,
            port=_free_port(),
            data_dir=folder / "data",
            sync_timeout=3600,  # type: ignore[arg-type] # pydantic takes seconds
        )


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
        "benchmarks.tap.served:create()",
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VO_")}
    process = subprocess.Popen(command, env={**kept, **settings.environment()})  # noqa: S603 # ours
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
