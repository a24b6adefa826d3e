"""A further table's declaration, and the catalogue it becomes part of."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from schemas.declaration import (
    Catalogue,
    Column,
    ForeignKey,
    Position,
    Region,
    Schema,
    Table,
    TimeSystem,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

Audience = Literal["public"]
"""Who may see a further table."""


@dataclass(frozen=True, slots=True)
class Publication:
    """Everything that is declared of one further table.

    Attributes
    ----------
    schema
        Name, description and utype of its schema; the tables in it are not looked at.
    table
        The table itself, whose ``physical`` is where its rows lie.
    indexes
        Columns of each index beside those of the primary key and the positions.
    audience
        Who may see it.
    """

    schema: Schema
    table: Table
    indexes: tuple[tuple[str, ...], ...] = ()
    audience: Audience = "public"

    def to_json(self) -> str:
        """Write the declaration."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Publication:
        """Read what :meth:`to_json` wrote.

        Raises
        ------
        ValueError, KeyError, TypeError
            If the text is no declaration this version knows.
        """
        values = json.loads(text)
        return cls(
            schema=Schema(**{**values["schema"], "tables": ()}),
            table=_table(values["table"]),
            indexes=tuple(tuple(columns) for columns in values["indexes"]),
            audience=values["audience"],
        )


def _table(values: dict[str, Any]) -> Table:
    made = {
        "columns": tuple(_column(column) for column in values["columns"]),
        "primary_key": tuple(values["primary_key"]),
        "positions": tuple(Position(**one) for one in values["positions"]),
        "regions": tuple(Region(**one) for one in values["regions"]),
        "foreign_keys": tuple(_foreign_key(one) for one in values["foreign_keys"]),
    }
    return Table(**{**values, **made})


def _column(values: dict[str, Any]) -> Column:
    times = values["time_system"]
    return Column(**{**values, "time_system": times and TimeSystem(**times)})


def _foreign_key(values: dict[str, Any]) -> ForeignKey:
    pairs = tuple((here, there) for here, there in values["columns"])
    return ForeignKey(**{**values, "columns": pairs})


@dataclass(frozen=True, slots=True)
class Further:
    """A further table as it is published: its declaration, and since when it holds."""

    publication: Publication
    published_at: datetime

    @property
    def table(self) -> Table:
        """The declared table."""
        return self.publication.table


def with_further(base: Catalogue, further: Iterable[Further]) -> Catalogue:
    """Put further tables beside those of a catalogue.

    They come after the others of their schema, in the order of their names;
    new schemas come last. What the catalogue itself declares wins over a
    further table of that name. Of a schema's descriptions the latest counts.
    """
    declared = {table.name.lower() for table in base}
    schemas = {schema.name: schema for schema in base.schemas}
    own = set(schemas)
    for entry in sorted(further, key=lambda one: one.published_at):
        publication = entry.publication
        if publication.table.name.lower() in declared:
            continue
        name = publication.schema.name
        known = schemas.get(name) or replace(publication.schema, tables=())
        if name not in own and publication.schema.description:
            known = replace(publication.schema, tables=known.tables)
        schemas[name] = replace(known, tables=(*known.tables, publication.table))
    counts = {schema.name: len(schema.tables) for schema in base.schemas}
    return Catalogue(
        tuple(
            replace(schema, tables=_ordered(schema.tables, counts.get(schema.name, 0)))
            for schema in (
                *(schemas[schema.name] for schema in base.schemas),
                *(schemas[name] for name in sorted(set(schemas) - own)),
            )
        )
    )


def _ordered(tables: tuple[Table, ...], first: int) -> tuple[Table, ...]:
    """Sort all but the first tables by name."""
    return (*tables[:first], *sorted(tables[first:], key=lambda table: table.name))
