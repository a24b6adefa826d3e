"""The embedded PostgreSQL, stopped at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.processes import processes_of
from tests.support.server import VO_SERVER
from vo_server.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("VO_")}


def upgrade(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [VO_SERVER, "db", "upgrade"],
        env={**ENVIRONMENT, "VO_DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_first_start_may_be_stopped_at_any_moment(tmp_path: Path, stop: signal.Signals) -> None:
    chance = random.Random(int(stop))  # noqa: S311 - a seed, for repeatable moments
    for _ in range(4):
        process = upgrade(tmp_path / "data")
        time.sleep(chance.uniform(0.8, 3))
        process.send_signal(stop)
        output, _ = process.communicate(timeout=60)
        assert process.returncode in (0, 130, -stop), output
        if stop != signal.SIGKILL:
            assert processes_of(tmp_path / "data") == []
    process = upgrade(tmp_path / "data")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert processes_of(tmp_path / "data") == []


def test_the_last_to_leave_stops_the_server(tmp_path: Path) -> None:
    first, second = EmbeddedPostgres(tmp_path), EmbeddedPostgres(tmp_path)
    with first.running():
        with second.running():
            assert first.url == second.url
        assert processes_of(tmp_path)
    assert processes_of(tmp_path) == []


def test_passwords_are_for_the_owner_of_the_folder_only(tmp_path: Path) -> None:
    EmbeddedPostgres(tmp_path)
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
