"""``vo-server serve`` and ``vo-server db`` on a database of one's own."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.support.server import VO_SERVER, environment, free_port

if TYPE_CHECKING:
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings


def run(settings: Settings, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [VO_SERVER, *arguments],
        env=environment(settings, VO_PORT=str(free_port()), **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def owner(settings: Settings) -> dict[str, str]:
    assert settings.owner_password is not None
    return {"VO_OWNER_PASSWORD": settings.owner_password.get_secret_value()}


def test_serve_refuses_the_owners_password(migrated: Settings) -> None:
    done = run(migrated, "serve", **owner(migrated))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: VO_OWNER_PASSWORD is set")


def test_serve_refuses_a_database_that_is_not_as_declared(
    make_database: DatabaseMaker,
) -> None:
    settings = make_database("unfit")
    done = run(settings, "serve")
    assert done.returncode == 1
    assert "vo-server db upgrade" in done.stderr

    assert run(settings, "db", "upgrade", **owner(settings)).returncode == 0
    assert run(settings, "db", "check", **owner(settings)).returncode == 0
    with make_database.superuser("unfit").begin() as connection:
        connection.execute(text("ALTER TABLE corot.product_data DISABLE ROW LEVEL SECURITY"))
    done = run(settings, "serve")
    assert done.returncode == 1
    assert "corot.product_data" in done.stderr
    done = run(settings, "db", "check", **owner(settings))
    assert done.returncode == 1
    assert (
        "missing: relation corot.product_data table owned by vo_owner row security" in done.stderr
    )


def test_a_database_out_of_reach_is_one_line(migrated: Settings) -> None:
    away = migrated.model_copy(update={"database_url": f"postgresql://127.0.0.1:{free_port()}/vo"})
    done = run(away, "serve")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: cannot use the database: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_wrong_password_is_one_line(migrated: Settings) -> None:
    done = run(migrated, "db", "check", VO_OWNER_PASSWORD="wrong")
    assert done.returncode == 1
    assert "password authentication failed" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_bootstrap_prints_sql_without_secrets(migrated: Settings) -> None:
    done = run(migrated, "db", "bootstrap", **owner(migrated))
    assert done.returncode == 0
    assert "LEAKPROOF" in done.stdout
    assert "CREATE EXTENSION IF NOT EXISTS cube" in done.stdout
    assert owner(migrated)["VO_OWNER_PASSWORD"] not in done.stdout


@pytest.mark.parametrize(
    "command", [(), ("db",), ("serve",), ("demo",), ("ingest",), ("simulate",)]
)
def test_help_reads_well(migrated: Settings, command: tuple[str, ...]) -> None:
    done = run(migrated, *command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: vo-server")
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
