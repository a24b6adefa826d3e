"""Run the web server, or a worker, as a child process, and end it with this one.

A child gets the passwords of the reader and the app, never the owner's:
this process keeps those of an embedded PostgreSQL to itself.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from vo_server.errors import OperationError
from vo_server.signals import uninterrupted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vo_server.config import Settings

_START_SECONDS = 60
_STOP_SECONDS = 15
_POLL_SECONDS = 0.1
_WATCH_SECONDS = 0.5


@contextmanager
def bound_socket(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port before anything else is done.

    Raises
    ------
    OperationError
        If the port is taken or the address isn't ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise OperationError(
                f"cannot listen on {host} port {port}: {error.strerror}; choose another port"
                " with --port or VO_PORT"
            ) from None
        yield listener


@contextmanager
def web_server(settings: Settings, listener: socket.socket) -> Iterator[subprocess.Popen[bytes]]:
    """Run the web server on a bound socket, and end it afterwards."""
    child = None
    try:
        with uninterrupted():
            child = subprocess.Popen(  # noqa: S603 - our own interpreter and settings
                _command(settings, listener),
                env=_environment(settings),
                pass_fds=[listener.fileno()],
                stdin=subprocess.DEVNULL,
                # Ctrl-C goes to the whole foreground group; only this process should answer it.
                start_new_session=True,
            )
        _await_ready(settings, listener, child)
        yield child
    finally:
        if child is not None:
            with uninterrupted():
                _end(child)


@contextmanager
def job_worker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker for asynchronous jobs, and end it afterwards."""
    child = None
    try:
        with uninterrupted():
            child = subprocess.Popen(
                [sys.executable, "-m", "vo_server", "worker", "--quiet"],
                env=_environment(settings),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        yield child
    finally:
        if child is not None:
            with uninterrupted():
                _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def serve_until_stopped(*children: subprocess.Popen[bytes]) -> NoReturn:
    """Wait in the foreground.

    Raises
    ------
    OperationError
        If one of the child processes ends by itself.
    """
    while True:
        for child in children:
            code = _exit_code(child)
            if code is not None:
                raise OperationError(
                    f"a child process ended unexpectedly with exit code {code}: {child.args!r}"
                )
        time.sleep(_WATCH_SECONDS)


def _exit_code(child: subprocess.Popen[bytes]) -> int | None:
    """Look whether a child has ended.

    Popen has a lock for it, which a stop in the midst would leave taken: whoever
    waited for the child's end then would wait for ever.
    """
    with uninterrupted():
        return child.poll()


def _command(settings: Settings, listener: socket.socket) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn"),
        *("--bind", f"fd://{listener.fileno()}"),
        *("--worker-class", "gthread"),
        *("--workers", str(settings.workers)),
        *("--threads", str(settings.threads)),
        *("--graceful-timeout", "5"),
        # The services limit the length of a request themselves, with an error clients can read.
        *("--limit-request-line", "0"),
        # Headers of proxies are Proxies' matter: by default gunicorn believes who is on this host.
        *("--forwarded-allow-ips", ""),
        *("--log-level", "warning"),
        "vo_server.app:served_app()",
    ]


def _environment(settings: Settings) -> dict[str, str]:
    """Give the child's environment: the settings, without the owner's password."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VO_")}
    return {**inherited, **settings.environment()}


def _await_ready(
    settings: Settings, listener: socket.socket, child: subprocess.Popen[bytes]
) -> None:
    host, port = listener.getsockname()[:2]
    address = f"[{host}]" if ":" in host else host
    url = f"http://{address}:{port}/tap/availability"
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if (code := _exit_code(child)) is not None:
            raise OperationError(f"the web server did not start (exit code {code})")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(_POLL_SECONDS)
    raise OperationError(
        f"the web server gave no answer within {_START_SECONDS} s at {settings.base_url}"
    )
