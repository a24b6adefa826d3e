"""PostgreSQL 15 as Debian packages it, with pgSphere: the other geometry back end's home."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import URL, NullPool, create_engine, make_url
from sqlalchemy.exc import ProgrammingError

from schemas.bootstrap import bootstrap
from schemas.engine import APP, OWNER, READER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

BINARIES = Path("/usr/lib/postgresql/15/bin")
EXTENSION = Path("/usr/share/postgresql/15/extension/pg_sphere.control")
_PORT = 5432


class DebianPostgres:
    """A scratch cluster whose socket only this user and the server's can reach."""

    def __init__(self, socket_dir: Path) -> None:
        self._socket_dir = socket_dir
        self._engines: list[Engine] = []

    def make_database(self, name: str) -> None:
        """Make a database with pgSphere and run the superuser's bootstrap in it."""
        with self.engine("postgres", "postgres").connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
                f'CREATE DATABASE "{name}"'
            )
        _install_pgsphere(self.engine(name, "postgres"))
        bootstrap(self.engine(name, "postgres"), dict.fromkeys((OWNER, APP, READER), "none"))

    def url(self, database: str) -> str:
        """Give the URL of a database, without a user; every local login is trusted."""
        query = {"host": str(self._socket_dir), "port": str(_PORT)}
        return URL.create("postgresql", database=database, query=query).render_as_string()

    def engine(self, database: str, role: str) -> Engine:
        """Make an engine that keeps no connections."""
        url = make_url(self.url(database)).set(drivername="postgresql+psycopg2", username=role)
        engine = create_engine(url, poolclass=NullPool)
        self._engines.append(engine)
        return engine

    def close(self) -> None:
        """Close every engine made."""
        for engine in self._engines:
            engine.dispose()


def debian_has_pgsphere() -> bool:
    """Tell whether the packages are installed."""
    return (BINARIES / "postgres").exists() and EXTENSION.exists()


@contextmanager
def debian_postgres() -> Iterator[DebianPostgres]:
    """Run a scratch cluster; skip where the packages are missing, fail under CI."""
    if not debian_has_pgsphere():
        missing = "Debian's postgresql-15 and postgresql-15-pgsphere (sh tests/install-tools.sh)"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{missing} are needed under CI and are not here")
        pytest.skip(f"{missing} are not here")
    # A Unix socket's path holds at most 107 bytes, and the server's user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="vo-debian-", dir="/tmp"))
    user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    data = folder / "data"
    try:
        _run(
            user,
            *("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8"),
            *("--lc-collate=C", "--lc-ctype=C.UTF-8", "--no-sync"),
        )
        options = (
            f"-c listen_addresses='' -c unix_socket_directories={folder} -c port={_PORT}"
            " -c unix_socket_permissions=0700 -c fsync=off -c full_page_writes=off"
            " -c synchronous_commit=off -c lc_messages=C -c timezone=UTC"
        )
        _run(user, "pg_ctl", "start", "-w", "-D", data, "-l", data / "log", "-o", options)
        server = DebianPostgres(folder)
        try:
            yield server
        finally:
            server.close()
            _run(user, "pg_ctl", "stop", "-w", "-m", "fast", "-D", data)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _install_pgsphere(superuser: Engine) -> None:
    """Create the extension, or what its script makes where PostgreSQL refuses part of it.

    PostgreSQL 15.20 accepts no operator whose commutator is taken, and pgSphere 1.2.0 makes two
    such (``@`` on the left of coverage maps, which nothing here uses): they are left out then.
    """
    try:
        with superuser.begin() as connection:
            connection.exec_driver_sql("CREATE EXTENSION pg_sphere WITH SCHEMA public")
    except ProgrammingError as error:
        if "is already the commutator of operator" not in str(error):
            raise
        script = (EXTENSION.parent / "pg_sphere--1.2.0.sql").read_text(encoding="utf-8")
        script = re.sub(r"(?m)^\\echo.*$", "", script).replace(
            "MODULE_PATHNAME", "$libdir/pg_sphere"
        )
        script, left_out = re.subn(
            r"CREATE OPERATOR @ \([^;]*RIGHTARG\s*=\s*smoc,[^;]*;", "", script
        )
        assert left_out == 2, "another version of pgSphere"
        with superuser.begin() as connection:
            connection.execution_options(no_parameters=True).exec_driver_sql(script)


def _run(user: pwd.struct_passwd | None, program: str, *arguments: str | Path) -> None:
    subprocess.run(
        [str(BINARIES / program), *map(str, arguments)],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"},
        cwd="/",
        user=None if user is None else user.pw_uid,
        group=None if user is None else user.pw_gid,
        extra_groups=None if user is None else [],
        start_new_session=True,
    )
