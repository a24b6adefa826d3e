"""Everything about a database that the server relies on, one fact a line.

``schemas/facts_cube.txt`` and ``schemas/facts_pgsphere.txt`` list the facts of a
database as the migrations make it, with either geometry back end; ``vo-server db
check`` compares. Alembic's own comparison sees none of
policies, grants, generated expressions, function bodies or LEAKPROOF.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import text

from schemas.backends import backend_of
from schemas.ddl import SCHEMAS
from schemas.engine import PARTNER, READER, ROLES
from schemas.sql_files import sql_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from schemas.backends import Backend


_FURTHER = text(
    """
    SELECT split_part(f.physical, '.', 1) AS schema, f.facts, c.oid
    FROM vo.further_tables f
    LEFT JOIN pg_namespace n ON n.nspname = split_part(f.physical, '.', 1)
    LEFT JOIN pg_class c ON c.relnamespace = n.oid
        AND c.relname = substr(f.physical, strpos(f.physical, '.') + 1)
    """
)

_RELATIONS = text(
    "SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = ANY(:schemas) AND c.relkind IN ('r', 'v', 'm', 'p', 'f', 'S')"
)


def facts(connection: Connection) -> list[str]:
    """Read the facts of a database, sorted; those of further tables are left out.

    Parameters
    ----------
    connection
        Of any role that may log in: the system catalogues are open to all.
    """
    return _facts(connection, _further(connection))


def relation_facts(connection: Connection, relations: Iterable[int]) -> list[str]:
    """Read the facts of relations by their oids, sorted."""
    return _read(connection, "facts_relations.sql", {"relations": list(relations)})


def _facts(connection: Connection, further: Sequence[_FurtherRelation]) -> list[str]:
    """Read the facts of what is not a further table, in the schemas of these too."""
    schemas = sorted({*SCHEMAS, *(one.schema for one in further)})
    known = {one.oid for one in further}
    relations = connection.execute(_RELATIONS, {"schemas": schemas}).scalars()
    values = {"schemas": schemas, "roles": [*ROLES, PARTNER]}
    return sorted(
        [
            *_read(connection, "facts.sql", values),
            *relation_facts(connection, [oid for oid in relations if oid not in known]),
        ]
    )


def _read(connection: Connection, file: str, values: dict[str, list[Any]]) -> list[str]:
    found: set[str] = set()
    for query in sql_file(file).split(";\n"):
        if query.strip():
            rows = connection.execute(text(query), values).scalars()
            found.update(" ".join(row.split()) for row in rows)
    return sorted(found)


class _FurtherRelation(NamedTuple):
    schema: str
    facts: list[str]
    """Those it was published with."""
    oid: int | None


def _further(connection: Connection) -> list[_FurtherRelation]:
    if connection.scalar(text("SELECT to_regclass('vo.further_tables')")) is None:
        return []  # before the migration that makes it
    return [_FurtherRelation(*row) for row in connection.execute(_FURTHER)]


def expected_facts(backend: Backend) -> list[str]:
    """Give the facts of a database as the migrations make it."""
    listed = files("schemas").joinpath(f"facts_{backend}.txt")
    return listed.read_text(encoding="utf-8").splitlines()


def differences(connection: Connection) -> list[str]:
    """Compare a database with what is expected.

    Further tables are held to the facts they were published with.

    Returns
    -------
    list of str
        One line each, ``missing: …`` or ``unexpected: …``; empty when all is well.
    """
    backend = backend_of(connection)
    if backend is None:
        return ["missing: function adql.backend(), of the superuser's bootstrap"]
    further = _further(connection)
    expected = set(expected_facts(backend)).union(*(one.facts for one in further))
    expected.update(f"grant schema {one.schema} USAGE to {READER}" for one in further)
    found = set(_facts(connection, further))
    found.update(relation_facts(connection, [one.oid for one in further if one.oid is not None]))
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
