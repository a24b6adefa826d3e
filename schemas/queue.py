"""The queue's own tables, in a schema of their own, as the package that uses them makes them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from procrastinate.schema import SchemaManager
from sqlalchemy import text

from schemas.engine import APP

if TYPE_CHECKING:
    from sqlalchemy import Connection

SCHEMA = "queue"

_VERSION = text("SELECT obj_description(to_regnamespace(:schema), 'pg_namespace')")

_GRANTS = f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {SCHEMA} TO {APP};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA {SCHEMA} TO {APP};
"""


def make_queue(connection: Connection) -> None:
    """Bring the queue to what the installed package wants, in the caller's transaction.

    The schema's comment names the last of the package's own migrations that
    is in it, so that only those after it are run.

    Parameters
    ----------
    connection
        Of ``vo_owner``; the schema exists.
    """
    scripts = _migrations()
    newest = max(scripts)
    found = connection.scalar(_VERSION, {"schema": SCHEMA})
    if found is None:
        _run(connection, SchemaManager.get_schema())
    else:
        for name in sorted(name for name in scripts if name > found):
            _run(connection, scripts[name].read_text(encoding="utf-8"))
    connection.exec_driver_sql(f"COMMENT ON SCHEMA {SCHEMA} IS '{newest}'")
    connection.exec_driver_sql(_GRANTS)


def _migrations() -> dict[str, Path]:
    """Give the package's own migrations by their names, which sort by age."""
    folder = Path(SchemaManager.get_migrations_path())
    return {path.stem: path for path in folder.glob("*.sql")}


def _run(connection: Connection, script: str) -> None:
    """Run one of its scripts, which name nothing with a schema."""
    before = connection.scalar(text("SHOW search_path"))
    connection.exec_driver_sql(f"SET LOCAL search_path TO {SCHEMA}")
    connection.exec_driver_sql(script.replace("%", "%%"))
    connection.execute(text("SELECT set_config('search_path', :path, true)"), {"path": before})
