"""Bring a database to what is declared: migrations, reference rows, TAP_SCHEMA."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from schemas.backends import backend_of
from schemas.corot.runs import load_runs
from schemas.engine import PARTNER
from schemas.further import with_further
from schemas.further.rows import further_tables, write_tap_schema
from schemas.models import runs
from schemas.published import CATALOGUE
from schemas.queue import make_queue
from schemas.sql_files import sql_file
from schemas.views import make_views

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Engine


class NotBootstrappedError(Exception):
    """The superuser's part was not done; the message says how to do it."""


_MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(owner: Engine) -> None:
    """Migrate to the newest version and write the reference rows, all or nothing.

    Parameters
    ----------
    owner
        Engine of ``vo_owner``, after the superuser's bootstrap.

    Raises
    ------
    NotBootstrappedError
        If the bootstrap was not run.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with owner.begin() as connection:
        config.attributes["backend"] = backend_of(connection)
        if config.attributes["backend"] is None:
            raise NotBootstrappedError(
                "the database lacks the superuser's part: run `vo-server db bootstrap` | psql first"
            )
        if connection.scalar(text("SELECT to_regrole(:name)"), {"name": PARTNER}) is None:
            raise NotBootstrappedError(
                "the superuser's part is an older one: run `vo-server db bootstrap` | psql again"
            )
        # The version table lives in a schema that the first migration makes.
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS ingest"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        # Functions, views and grants are made anew each time: what is there is what is declared.
        for name in ("functions.sql", "rights.sql"):
            connection.exec_driver_sql(sql_file(name).replace("%", "%%"))
        make_views(connection)
        connection.exec_driver_sql(sql_file("grants.sql"))
        make_queue(connection)
        _write_runs(connection)
        write_tap_schema(connection, with_further(CATALOGUE, further_tables(connection)))


def head() -> str | None:
    """Name the newest migration."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


def _write_runs(connection: Connection) -> None:
    values = [
        {
            "run_code": run.code,
            "run_type": run.kind,
            "direction": run.direction,
            "run_number": run.number,
            "exo_start": _utc(run.exo_start),
            "exo_end": _utc(run.exo_end),
            "seismo_start": _utc(run.seismo_start),
            "seismo_end": _utc(run.seismo_end),
        }
        for run in load_runs()
    ]
    statement = insert(runs)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[runs.c.run_code],
            set_={c.name: statement.excluded[c.name] for c in runs.c if not c.primary_key},
        ),
        values,
    )


def _utc(moment: datetime | None) -> datetime | None:
    """Drop the zone: the published columns are in UTC and have none."""
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None)
