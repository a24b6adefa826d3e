"""What a declaration and a file say together: the publication, and whence its columns come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

from ingest.publish.declaration import column_name
from schemas.ddl import SCHEMAS
from schemas.declaration import (
    Column,
    ForeignKey,
    Position,
    Region,
    Schema,
    Table,
    TimeSystem,
)
from schemas.further.model import Publication
from tap.readers.positions import positions as found_positions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ingest.publish.declaration import ColumnPart, Declaration
    from schemas.declaration import Catalogue

MOST_COLUMNS = 1500
"""PostgreSQL has 1600 at most."""

_TAKEN_FROM_FILE = ("datatype", "arraysize", "xtype", "unit", "ucd", "utype", "description")
_NUMBERS = ("short", "int", "long", "float", "double")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be published.

    Attributes
    ----------
    publication
        The declaration, whole; its table's ``physical`` is still to be chosen.
    sources
        For each column, its place in the file, counted from 0.
    """

    publication: Publication
    sources: tuple[int, ...]


def plan(
    declaration: Declaration,
    found: Sequence[Column | str],
    published: Catalogue,
    frames: Mapping[str, str] | None = None,
) -> Plan:
    """Bring a declaration and the columns of a file together.

    Parameters
    ----------
    declaration
        What it says counts.
    found
        The file's columns, or only their names where the file says no more.
    published
        The tables that foreign keys may refer to.
    frames
        Reference frames that the file tells, by the names of its columns.

    Raises
    ------
    PublishError
        If they do not go together, or the declaration contradicts itself.
    """
    parts = declaration.parts
    if parts.namespace.name in set(SCHEMAS) - {schema.name for schema in published.schemas} or (
        parts.namespace.name == "tap_schema"
    ):
        raise declaration.error(("schema", "name"), "is a schema of the server's own")
    merger = _Merger(declaration, found)
    columns = merger.columns()
    names = {column.name: column for column in columns}
    checked = _Checker(declaration, names)
    keys = checked.names(("table", "primary_key"), parts.table.primary_key)
    positions = checked.positions(merger.frames(frames or {}))
    regions = checked.regions()
    indexes = checked.indexes([c.name for c in columns if c.indexed])
    first = {keys[0]} if keys else set()
    first.update(index[0] for index in indexes)
    first.update(name for one in positions for name in (one.longitude, one.latitude))
    first.update(region.column for region in regions)
    columns = tuple(
        replace(c, indexed=c.name in first, nullable=c.nullable and c.name not in keys)
        for c in columns
    )
    table = Table(
        declaration.table_name,
        parts.table.description,
        columns,
        utype=parts.table.utype,
        title=parts.table.title,
        primary_key=keys,
        positions=positions,
        foreign_keys=checked.foreign_keys(published),
        regions=regions,
    )
    schema = Schema(parts.namespace.name, parts.namespace.description, (), parts.namespace.utype)
    publication = Publication(schema, table, indexes, parts.table.visible_to)
    return Plan(publication, merger.sources)


class _Merger:
    """Brings declared columns and those of the file together."""

    def __init__(self, declaration: Declaration, found: Sequence[Column | str]) -> None:
        self._declaration = declaration
        self._found = {c if isinstance(c, str) else c.name: c for c in found}
        self._places = {name: place for place, name in enumerate(self._found)}
        if len(self._found) < len(found):
            raise declaration.error((), "two columns of the file have one name")
        self.sources: tuple[int, ...] = ()
        self._made: tuple[str, ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """Give all columns, the declared ones first, and note where they are in the file."""
        parts = self._declaration.parts
        for number, name in enumerate(parts.table.skip):
            self._known(("table", "skip", number), name)
        made: dict[str, Column] = {}
        sources: list[str] = []
        for number, part in enumerate(parts.columns):
            path = ("columns", number)
            source = part.source or part.name
            key = "from" if part.source else "name"
            self._known((*path, key), source)
            if part.name in made:
                raise self._declaration.error((*path, "name"), f"{part.name} is declared twice")
            made[part.name] = self._column(path, part, self._found[source])
            sources.append(source)
        rest = [n for n in self._found if n not in sources and n not in parts.table.skip]
        for name in rest:
            made[name] = self._undeclared(name)
        if len(made) > MOST_COLUMNS:
            raise self._declaration.error((), f"has {len(made)} columns, over {MOST_COLUMNS}")
        self._made = tuple(made)
        self.sources = tuple(self._places[name] for name in (*sources, *rest))
        return tuple(made.values())

    def frames(self, told: Mapping[str, str]) -> dict[str, str]:
        """Give the frames of the columns by their published names."""
        names = list(self._found)
        return {
            made: told[names[place]]
            for made, place in zip(self._made, self.sources, strict=True)
            if names[place] in told
        }

    def _known(self, path: tuple[str | int, ...], name: str) -> None:
        if name not in self._found:
            close = get_close_matches(name, self._found, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise self._declaration.error(path, f"{name} is no column of the file{hint}")

    def _column(self, path: tuple[str | int, ...], part: ColumnPart, found: Column | str) -> Column:
        if isinstance(found, str):
            if part.datatype is None:
                raise self._declaration.error(
                    (*path, "datatype"), f"of {part.name} is missing, and the file tells none"
                )
            base = Column(part.name, part.datatype)
        else:
            base = found
        given = {name: getattr(part, name) for name in _TAKEN_FROM_FILE}
        if part.datatype is not None and part.arraysize is None:
            # A declared type is a whole one: text, or a scalar.
            given["arraysize"] = "*" if "har" in part.datatype else None
            base = replace(base, arraysize=None, xtype=None)
        return replace(
            base,
            **{name: value for name, value in given.items() if value is not None},
            name=part.name,
            principal=part.principal,
            indexed=part.indexed,
            std=part.std,
            nullable=base.nullable if part.nullable is None else part.nullable,
            time_system=self._time_system(path, part, base),
        )

    def _time_system(
        self, path: tuple[str | int, ...], part: ColumnPart, base: Column
    ) -> TimeSystem | None:
        if part.time_system is None:
            return base.time_system
        found = self._declaration.parts.time_systems.get(part.time_system)
        if found is None:
            raise self._declaration.error(
                (*path, "time_system"), f"names no [time_systems.{part.time_system}]"
            )
        return TimeSystem(part.time_system, found.timescale, found.refposition, found.origin)

    def _undeclared(self, name: str) -> Column:
        found = self._found[name]
        if isinstance(found, str):
            raise self._declaration.error(
                ("columns",),
                f"does not declare {name}, which the file has: declare it, or list it in"
                " table.skip",
            )
        try:
            column_name(name)
        except ValueError as error:
            raise self._declaration.error(
                ("columns",), f"takes {name} from the file, which {error}"
            ) from None
        return found


class _Checker:
    """Checks what a declaration says about columns."""

    def __init__(self, declaration: Declaration, columns: dict[str, Column]) -> None:
        self._declaration = declaration
        self._columns = columns
        self._hidden: set[str] = set()

    def names(self, path: tuple[str | int, ...], names: Collection[str]) -> tuple[str, ...]:
        """See that names are those of columns."""
        for number, name in enumerate(names):
            self.column((*path, number), name)
        if len(set(names)) < len(names):
            raise self._declaration.error(path, "names a column twice")
        return tuple(names)

    def column(self, path: tuple[str | int, ...], name: str) -> Column:
        """Find a column."""
        if name not in self._columns:
            close = get_close_matches(name, self._columns, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise self._declaration.error(path, f"{name} is no column of the table{hint}")
        return self._columns[name]

    def positions(self, frames: Mapping[str, str]) -> tuple[Position, ...]:
        """Read the positions, or find them, and name their stored columns."""
        declared = self._declaration.parts.positions
        if declared is None:
            found = found_positions(list(self._columns.values()), frames)
            return tuple(replace(one, vector=self._free("pos")) for one in found)
        made = []
        for number, part in enumerate(declared):
            for key in ("longitude", "latitude"):
                path = ("positions", number, key)
                column = self.column(path, getattr(part, key))
                if column.datatype not in _NUMBERS or column.arraysize is not None:
                    raise self._declaration.error(path, f"{column.name} is no number")
                if column.unit not in ("deg", None):
                    raise self._declaration.error(
                        path, f"{column.name} is in {column.unit}; it must be in deg"
                    )
            frame = part.frame or frames.get(part.longitude, "ICRS")
            made.append(Position(part.longitude, part.latitude, self._free("pos"), frame))
        return tuple(made)

    def regions(self) -> tuple[Region, ...]:
        """Read the regions, whose arrays are the published columns themselves."""
        made = []
        for number, part in enumerate(self._declaration.parts.regions):
            path = ("regions", number, "column")
            column = self.column(path, part.column)
            if column.datatype != "double" or column.arraysize is None:
                raise self._declaration.error(path, f"{column.name} is no array of double")
            index = self._free(f"{column.name[:50]}_index")
            made.append(Region(column.name, part.shape, column.name, index))
        return tuple(made)

    def indexes(self, single: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Read the indexes, those of single columns too."""
        made = [
            self.names(("indexes", number, "columns"), part.columns)
            for number, part in enumerate(self._declaration.parts.indexes)
        ]
        key = tuple(self._declaration.parts.table.primary_key)
        wanted = dict.fromkeys([*((name,) for name in single), *made])
        return tuple(index for index in wanted if index != key)

    def foreign_keys(self, published: Catalogue) -> tuple[ForeignKey, ...]:
        """Read the foreign keys, which must point at published columns of the same type."""
        made = []
        for number, part in enumerate(self._declaration.parts.foreign_keys):
            path: tuple[str | int, ...] = ("foreign_keys", number)
            try:
                target = published.table(part.target_table)
            except KeyError:
                self._fail((*path, "target_table"), f"{part.target_table} is not published")
            for here, there in part.columns.items():
                column = self.column((*path, "columns"), here)
                try:
                    other = target.column(there)
                except KeyError:
                    self._fail((*path, "columns"), f"{there} is no column of {target.name}")
                if column.datatype != other.datatype:
                    self._fail(
                        (*path, "columns"),
                        f"{here} is {column.datatype}, but {target.name}.{there} is"
                        f" {other.datatype}",
                    )
            made.append(ForeignKey(target.name, tuple(part.columns.items()), part.description))
        return tuple(made)

    def _fail(self, path: tuple[str | int, ...], message: str) -> NoReturn:
        raise self._declaration.error(path, message)

    def _free(self, wanted: str) -> str:
        """Find a name for a column that is not published."""
        name, number = wanted, 2
        while name in self._columns or name in self._hidden:
            name, number = f"{wanted}_{number}", number + 1
        self._hidden.add(name)
        return name
