"""Columns that a walk can name, and how their names are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap.adql.kinds import Kind

_NEEDS_QUOTES = {"Odd Name", "size", "user", "range", "key"}


@dataclass(frozen=True)
class Col:
    """A column that can be named, as text."""

    text: str
    name: str
    kind: Kind


def bare(name: str) -> str:
    """Take the quotes off a name."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def quoted(name: str) -> str:
    """Put quotes around a name that needs them."""
    plain = name.replace("_", "a").isalnum() and name.islower() and name not in _NEEDS_QUOTES
    return name if plain and name != "select" else '"' + name.replace('"', '""') + '"'


def under(alias: str, columns: Sequence[Col]) -> list[Col]:
    """Name columns by the table's alias."""
    return [Col(f"{alias}.{quoted(column.name)}", column.name, column.kind) for column in columns]


def shared_names(left: Sequence[Col], right: Sequence[Col]) -> list[str]:
    """Give the names both sides have once, of the same kind."""
    return [
        one.name
        for one in left
        if [c.kind for c in left if c.name.lower() == one.name.lower()] == [one.kind]
        and [c.kind for c in right if c.name.lower() == one.name.lower()] == [one.kind]
        and [c.name for c in right if c.name.lower() == one.name.lower()] == [one.name]
    ]


def natural(left: Sequence[Col], right: Sequence[Col]) -> bool:
    """Tell whether a natural join is of columns of the same kind."""
    there = {column.name.lower() for column in right}
    names = [column.name.lower() for column in left]
    common = [name for name in names if name in there]
    return sorted(common) == sorted(name.lower() for name in shared_names(left, right))
