"""A real server process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from subprocess import Popen
    from typing import IO

    from vo_server.config import Settings

VO_SERVER = Path(sys.executable).with_name("vo-server")


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """Give the environment of a command: the settings, and none of the tests' own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VO_")}
    return {**kept, **settings.environment(), **more}


@contextmanager
def running_server(
    settings: Settings, log: IO[bytes] | None = None, port: int | None = None
) -> Iterator[str]:
    """Run ``vo-server serve`` and give its base URL; its log goes to a file, if one is given."""
    port = port or free_port()
    served = settings.model_copy(update={"base_url": f"http://127.0.0.1:{port}", "port": port})
    process = subprocess.Popen(
        [VO_SERVER, "serve"],
        env=environment(served),
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line == f"Ready: {served.base_url}/\n", line
        yield served.base_url
    finally:
        process.terminate()
        code = process.wait(30)
        process.stdout.close()
    assert code == 0


@contextmanager
def running_worker(settings: Settings, log: IO[bytes] | None = None) -> Iterator[Popen[str]]:
    """Run ``vo-server worker``; its log goes to a file, if one is given."""
    process = subprocess.Popen(
        [VO_SERVER, "worker"],
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "Ready.\n"
        yield process
    finally:
        process.terminate()
        code = process.wait(30)
        process.stdout.close()
    assert code in (0, -signal.SIGKILL)
