"""What only a superuser can do: roles, extensions, LEAKPROOF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg2 import sql

from schemas.backends import choice_sql
from schemas.engine import APP, OWNER, READER
from schemas.sql_files import sql_file

if TYPE_CHECKING:
    from sqlalchemy import Engine


def bootstrap_sql() -> str:
    """Give the superuser's SQL script, fit for ``psql``; it holds no password."""
    return "\n".join((sql_file("bootstrap.sql"), choice_sql(), sql_file("adql_functions.sql")))


def bootstrap(superuser: Engine, passwords: dict[str, str]) -> None:
    """Run the superuser's script and set the three roles' passwords.

    Parameters
    ----------
    superuser
        Engine of a superuser, connected to the server's own database.
    passwords
        The password of each role, by its name.
    """
    with superuser.begin() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(bootstrap_sql())
        for role in (OWNER, APP, READER):
            cursor.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(passwords[role])
                )
            )
