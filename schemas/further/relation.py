"""The relation of a further table: its columns, indexes, protection and grants in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql.base import PGDialect

from schemas.engine import READER
from schemas.types import sql_type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from schemas.backends import Backend
    from schemas.declaration import Position, Table
    from schemas.further.model import Publication

LONGEST_NAME = 63
"""PostgreSQL's names have at most so many bytes."""

_DIALECT = PGDialect(paramstyle="named")  # type: ignore[no-untyped-call] # not typed by its authors

_SEES = {"public": "true"}
"""The condition under which the reader sees a row, for each audience."""


def quoted(name: str) -> str:
    """Write an identifier for PostgreSQL, always in quotes."""
    return '"' + name.replace('"', '""') + '"'


def qualified(physical: str) -> str:
    """Write the name of a relation, ``schema.relation``, for PostgreSQL."""
    schema, _, local = physical.partition(".")
    return f"{quoted(schema)}.{quoted(local)}"


def physical_name(table: Table, taken: Collection[str]) -> str:
    """Choose the name of a table's relation, which need not be free.

    Parameters
    ----------
    table
        To be published.
    taken
        Relations that are in its schema already.
    """
    local, number = table.local_name, 2
    while local in taken:
        ending = f"~{number}"
        kept = table.local_name.encode()[: LONGEST_NAME - len(ending)].decode(errors="ignore")
        local, number = f"{kept}{ending}", number + 1
    return f"{table.schema_name}.{local}"


def create_sql(publication: Publication, backend: Backend) -> Iterator[str]:
    """Give the statements that make the relation, empty and without indexes."""
    table = publication.table
    physical = table.physical or table.name
    keys = set(table.primary_key)
    items = [
        f"{quoted(column.name)} {sql_type(column).compile(dialect=_DIALECT)}"
        + ("" if column.nullable and column.name not in keys else " NOT NULL")
        for column in table.columns
    ]
    items += [_position(position, backend) for position in table.positions]
    items += [
        f"{quoted(region.index)} {'cube' if backend == 'cube' else 'scircle'} GENERATED ALWAYS AS"
        f" (adql.region_bounds({quoted(region.array)})) STORED"
        for region in table.regions
    ]
    yield f"CREATE SCHEMA IF NOT EXISTS {quoted(table.schema_name)}"
    yield f"CREATE TABLE {qualified(physical)} (\n    " + ",\n    ".join(items) + "\n)"


def _position(position: Position, backend: Backend) -> str:
    """Write the stored column of a position; a functional index would be lost under policies."""
    lon, lat = (f"radians({quoted(name)})" for name in (position.longitude, position.latitude))
    kind, value = "spoint", f"spoint({lon}, {lat})"
    if backend == "cube":
        kind = "cube"
        value = f"cube(ARRAY[cos({lat}) * cos({lon}), cos({lat}) * sin({lon}), sin({lat})])"
    known = f"{quoted(position.longitude)} + {quoted(position.latitude)}"
    # NULL and NaN have no place on the sky, and an index of NaN would find nothing at all.
    finite = f"({known}) BETWEEN -1e6 AND 1e6"
    return (
        f"{quoted(position.vector)} {kind} GENERATED ALWAYS AS"
        f" (CASE WHEN {finite} THEN {value} END) STORED"
    )


def key_sql(publication: Publication) -> str | None:
    """Give the statement that makes the primary key, None where there is none."""
    table = publication.table
    if not table.primary_key:
        return None
    physical = table.physical or table.name
    columns = ", ".join(map(quoted, table.primary_key))
    return f"ALTER TABLE {qualified(physical)} ADD PRIMARY KEY ({columns})"


def index_sql(publication: Publication) -> Iterator[str]:
    """Give the statements that make the other indexes."""
    table = publication.table
    physical = table.physical or table.name
    gist = [position.vector for position in table.positions]
    gist += [region.index for region in table.regions]
    # PostgreSQL names them after the relation and the columns.
    for columns in publication.indexes:
        listed = ", ".join(map(quoted, columns))
        yield f"CREATE INDEX ON {qualified(physical)} ({listed})"
    for column in gist:
        # Made with buffers it takes three quarters of the time, even where all of it is in memory.
        yield (
            f"CREATE INDEX ON {qualified(physical)} USING gist ({quoted(column)})"
            " WITH (buffering = on)"
        )


def protection_sql(publication: Publication) -> Iterator[str]:
    """Give the statements that let the reader see what the audience may see.

    This is the one place that knows how an audience is enforced.
    """
    table = publication.table
    relation = qualified(table.physical or table.name)
    yield f"ALTER TABLE {relation} ENABLE ROW LEVEL SECURITY"
    yield (
        f"CREATE POLICY see ON {relation} FOR SELECT TO {READER}"
        f" USING ({_SEES[publication.audience]})"
    )
    yield f"GRANT USAGE ON SCHEMA {quoted(table.schema_name)} TO {READER}"
    yield f"GRANT SELECT ON {relation} TO {READER}"
