"""All the DDL of the declared database, as the migrations must leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateIndex, CreateSchema, CreateTable

from schemas import auth_tables, export_tables, queue, registry_tables, uws
from schemas.backends import adapted
from schemas.models import metadata
from schemas.policies import policies
from schemas.sql_files import sql_file
from schemas.views import VIEWS

if TYPE_CHECKING:
    from schemas.backends import Backend

SCHEMAS = (
    *("adql", auth_tables.SCHEMA, "corot", export_tables.SCHEMA, "ingest", "ivoa", queue.SCHEMA),
    *(registry_tables.SCHEMA, "tap_schema", uws.SCHEMA, "vo"),
)


def ddl(backend: Backend = "cube") -> list[str]:
    """Give the statements that make the declared database from nothing.

    The superuser's part (:mod:`schemas.bootstrap`) comes before them, views
    and the queue's tables (:mod:`schemas.queue`) after.
    """
    # psycopg2's dialect doubles every %; these statements are run as they are.
    dialect = PGDialect(paramstyle="named")  # type: ignore[no-untyped-call] # not typed by its authors
    tables = metadata.sorted_tables
    indexes = sorted(
        (index for table in tables for index in table.indexes), key=lambda index: str(index.name)
    )
    return [
        *(str(CreateSchema(name, if_not_exists=True).compile(dialect=dialect)) for name in SCHEMAS),
        sql_file("functions.sql"),
        *(
            adapted(str(CreateTable(table).compile(dialect=dialect)).strip(), backend)
            for table in tables
        ),
        *(str(CreateIndex(index).compile(dialect=dialect)) for index in indexes),
        sql_file("rights.sql"),
        *VIEWS.values(),
        sql_file("triggers.sql"),
        policies(),
        sql_file("grants.sql"),
    ]


def script(backend: Backend = "cube") -> str:
    """Give all of :func:`ddl` as one SQL script."""
    statements = (statement.rstrip().rstrip(";") + ";" for statement in ddl(backend))
    return "\n\n".join(statements) + "\n"
