"""The foreign tables that DaCHS' views select from, as PostgreSQL's own wrapper has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql.base import PGDialect

from resources.dachs.descriptor import REMOTE
from schemas.types import sql_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from schemas.declaration import Table

_DIALECT = PGDialect(paramstyle="named")  # type: ignore[no-untyped-call] # not typed by its authors

_HEAD = f"""\
-- Written by `make generate` from the declared columns; docs/federation.md tells how to use it.
-- For a superuser in the database of DaCHS, once the server corot_vo has been made there.

BEGIN;

DROP SCHEMA IF EXISTS {REMOTE} CASCADE;
CREATE SCHEMA {REMOTE};
"""

_TAIL = f"""\
-- DaCHS owns its views as gavoadmin, in whose name PostgreSQL then asks.
GRANT USAGE ON SCHEMA {REMOTE} TO gavoadmin;
GRANT SELECT ON ALL TABLES IN SCHEMA {REMOTE} TO gavoadmin;

COMMIT;
"""


def foreign_tables(tables: Iterable[Table]) -> str:
    """Give the SQL that makes a foreign table of each published one.

    Parameters
    ----------
    tables
        Those to serve. Only what is published of them is had.
    """
    return "\n".join((_HEAD, *(f"{statement}\n" for statement in _statements(tables)), _TAIL))


def _statements(tables: Iterable[Table]) -> Iterator[str]:
    for table in tables:
        columns = ",\n    ".join(
            f"{column.name} {sql_type(column).compile(dialect=_DIALECT)}"
            + ("" if column.nullable else " NOT NULL")
            for column in table.columns
        )
        yield (
            f"CREATE FOREIGN TABLE {REMOTE}.{table.local_name} (\n    {columns}\n)\nSERVER corot_vo"
            f" OPTIONS (schema_name '{table.schema_name}', table_name '{table.local_name}');"
        )
