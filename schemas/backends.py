"""The two geometry back ends of a database: contrib's ``cube``, or ``pgsphere``.

Which one a database has is decided when it is set up, by whether pgSphere is
installed in it then, and never changes: its stored columns are of the back end's
types. The migrations are written for ``cube``.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Literal

from sqlalchemy import text

from schemas.models import POSITION_SQL
from schemas.sql_files import sql_file

if TYPE_CHECKING:
    from sqlalchemy import Connection

Backend = Literal["cube", "pgsphere"]

BACKENDS: tuple[Backend, ...] = ("cube", "pgsphere")

_ADAPTED = (
    (f" cube GENERATED ALWAYS AS ({POSITION_SQL})",
     " spoint GENERATED ALWAYS AS (spoint(radians(ra), radians(dec)))"),
    ("region_index cube ", "region_index scircle "),
)  # fmt: skip


def adapted(script: str, backend: Backend) -> str:
    """Write DDL that was written for ``cube`` for another back end."""
    if backend == "pgsphere":
        for cube, pgsphere in _ADAPTED:
            script = script.replace(cube, pgsphere)
    return script


def backend_of(connection: Connection) -> Backend | None:
    """Tell the back end of a database, None before the superuser's bootstrap."""
    if connection.scalar(text("SELECT to_regprocedure('adql.backend()')")) is None:
        return None
    found = connection.scalar(text("SELECT adql.backend()"))
    return next(backend for backend in BACKENDS if backend == found)


def leakproof(backend: Backend) -> tuple[str, ...]:
    """List the functions in index conditions, which the superuser marks LEAKPROOF."""
    marks = tomllib.loads(sql_file("leakproof.toml"))
    return (*marks["shared"], *marks[backend])


def geometry_sql(backend: Backend) -> str:
    """Give the superuser's SQL that sets a back end up: functions and LEAKPROOF marks."""
    return "\n".join(
        [
            sql_file("adql_geometry.sql"),
            sql_file(f"adql_geometry_{backend}.sql"),
            *(f"ALTER FUNCTION {name} LEAKPROOF;" for name in leakproof(backend)),
            (
                "CREATE OR REPLACE FUNCTION adql.backend() RETURNS text"
                f" LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT ''{backend}''::text';"
            ),
        ]
    )


def choice_sql() -> str:
    """Give the superuser's SQL that keeps the back end a database has, or chooses one."""
    return f"""\
DO $choice$
DECLARE
    backend text := 'cube';
BEGIN
    IF to_regprocedure('adql.backend()') IS NOT NULL THEN
        EXECUTE 'SELECT adql.backend()' INTO backend;
    ELSIF to_regtype('public.spoint') IS NOT NULL THEN
        backend := 'pgsphere';
    END IF;
    IF backend = 'pgsphere' THEN
        EXECUTE $pgsphere$
{geometry_sql("pgsphere")}
        $pgsphere$;
    ELSE
        CREATE EXTENSION IF NOT EXISTS cube WITH SCHEMA public;
        EXECUTE $cube$
{geometry_sql("cube")}
        $cube$;
    END IF;
END
$choice$;
"""
