"""Everything about a database that the server relies on, one fact a line.

``schemas/facts_cube.txt`` and ``schemas/facts_pgsphere.txt`` list the facts of a
database as the migrations make it, with either geometry back end; ``vo-server db
check`` compares. Alembic's own comparison sees none of
policies, grants, generated expressions, function bodies or LEAKPROOF.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import text

from schemas.backends import backend_of
from schemas.ddl import SCHEMAS
from schemas.engine import ROLES
from schemas.sql_files import sql_file

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from schemas.backends import Backend


def facts(connection: Connection) -> list[str]:
    """Read the facts of a database, sorted.

    Parameters
    ----------
    connection
        Of any role that may log in: the system catalogues are open to all.
    """
    found: set[str] = set()
    for query in sql_file("facts.sql").split(";\n"):
        if not query.strip():
            continue
        rows = connection.execute(
            text(query), {"schemas": list(SCHEMAS), "roles": list(ROLES)}
        ).scalars()
        found.update(" ".join(row.split()) for row in rows)
    return sorted(found)


def expected_facts(backend: Backend) -> list[str]:
    """Give the facts of a database as the migrations make it."""
    listed = files("schemas").joinpath(f"facts_{backend}.txt")
    return listed.read_text(encoding="utf-8").splitlines()


def differences(connection: Connection) -> list[str]:
    """Compare a database with what is expected.

    Returns
    -------
    list of str
        One line each, ``missing: …`` or ``unexpected: …``; empty when all is well.
    """
    backend = backend_of(connection)
    if backend is None:
        return ["missing: function adql.backend(), of the superuser's bootstrap"]
    expected, found = set(expected_facts(backend)), set(facts(connection))
    return [
        *(f"missing: {line}" for line in sorted(expected - found)),
        *(f"unexpected: {line}" for line in sorted(found - expected)),
    ]


class UnfitDatabaseError(Exception):
    """The database is not as it is declared; the message says in what and what to do."""


def require_declared(connection: Connection) -> None:
    """Refuse a database that is not as the migrations make it.

    Raises
    ------
    UnfitDatabaseError
        If any fact is missing or unexpected.
    """
    if found := differences(connection):
        raise UnfitDatabaseError(
            f"the database is not as declared ({found[0]}; {len(found)} in all): run"
            " `vo-server db upgrade`, and `vo-server db bootstrap` as superuser for roles,"
            " settings, extensions and LEAKPROOF; `vo-server db check` lists everything"
        )
