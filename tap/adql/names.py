"""Finding declared tables by the names queries use, and names for SQL."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from tap.adql.keywords import TERMINALS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.declaration import Catalogue, Table
    from tap.adql import tree

_REGULAR = re.compile(r"[a-z][a-z0-9_]{0,55}")
_MAX_SQL_NAME = 60
"""PostgreSQL keeps 63 bytes of a name."""

_POSTGRESQL_RESERVED = frozenset(
    [
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "authorization",
        "binary",
        "both",
        "case",
        "cast",
        "check",
        "collate",
        "collation",
        "column",
        "concurrently",
        "constraint",
        "create",
        "cross",
        "current_catalog",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "false",
        "fetch",
        "for",
        "foreign",
        "freeze",
        "from",
        "full",
        "grant",
        "group",
        "having",
        "ilike",
        "in",
        "initially",
        "inner",
        "intersect",
        "into",
        "is",
        "isnull",
        "join",
        "lateral",
        "leading",
        "left",
        "like",
        "limit",
        "localtime",
        "localtimestamp",
        "natural",
        "not",
        "notnull",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "outer",
        "overlaps",
        "placing",
        "primary",
        "references",
        "returning",
        "right",
        "select",
        "session_user",
        "similar",
        "some",
        "symmetric",
        "system_user",
        "table",
        "tablesample",
        "then",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "variadic",
        "verbose",
        "when",
        "where",
        "window",
        "with",
    ]
)
"""PostgreSQL's own reserved words (its appendix C), which only stand in quotes."""


def quoted(name: str) -> str:
    """Write an identifier for PostgreSQL, in quotes where it needs them."""
    if _REGULAR.fullmatch(name) and name not in _POSTGRESQL_RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Write a string literal, whatever ``standard_conforming_strings`` is."""
    escaped = text.replace("'", "''")
    if "\\" in text:
        return "E'" + escaped.replace("\\", "\\\\") + "'"
    return f"'{escaped}'"


def is_plain(name: str) -> bool:
    """Tell whether a name of the user's is harmless as an SQL name of ours."""
    return _REGULAR.fullmatch(name) is not None


def is_regular(name: str) -> bool:
    """Tell whether a name is an ADQL identifier that needs no quotes."""
    return _REGULAR.fullmatch(name.lower()) is not None and name.upper() not in TERMINALS


def matches(identifier: tree.Identifier, name: str) -> bool:
    """Compare as ADQL 2.1, section 2.1.7 says: only delimited identifiers mind the case."""
    if identifier.delimited:
        return identifier.text == name
    return identifier.text.lower() == name.lower()


def suggestion(wanted: str, names: Iterable[str]) -> str:
    """Write "; did you mean …?" when a name resembles the one that is missing."""
    spelling = {name.lower(): name for name in names}
    close = get_close_matches(wanted.lower(), list(spelling), 1, 0.6)
    return f"; did you mean {spelling[close[0]]}?" if close else ""


def unique(wanted: str, taken: dict[str, int], longest: int | None = _MAX_SQL_NAME) -> str:
    """Make a name unlike those taken, whatever their case, and take it.

    ``taken`` holds lower-case names and the number to try next after each.
    """
    name = wanted[:longest]
    number = taken.get(name.lower())
    if number is not None:
        key, start = name.lower(), wanted if longest is None else wanted[: longest - 7]
        while (name := f"{start}_{number}").lower() in taken:
            number += 1
        taken[key] = number + 1
    taken[name.lower()] = 2
    return name


class TableIndex:
    """The tables of a catalogue under their lower-case names, with and without schema."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._qualified: dict[str, Table] = {}
        self._local: dict[str, list[Table]] = {}
        for table in catalogue:
            self._qualified[table.name.lower()] = table
            self._local.setdefault(table.local_name.lower(), []).append(table)

    def find(self, name: tree.Name) -> list[Table]:
        """Give the tables a name of one or two parts may mean."""
        wanted = name.text.lower()
        if len(name.parts) == 1:
            return self._local.get(wanted, [])
        found = self._qualified.get(wanted)
        return [] if found is None else [found]

    def suggestion(self, name: tree.Name) -> str:
        """Suggest a table for a name that is none."""
        wanted = name.text.lower()
        local = wanted.rpartition(".")[2]
        if near := self._local.get(local):
            return f"; did you mean {near[0].name}?"
        if len(name.parts) > 1:
            return suggestion(wanted, self._qualified)
        close = get_close_matches(local, list(self._local), 1, 0.6)
        return f"; did you mean {self._local[close[0]][0].name}?" if close else ""


_INDEXES: dict[int, TableIndex] = {}
_MAX_INDEXES = 16


def table_index(catalogue: Catalogue) -> TableIndex:
    """Index a catalogue, once for as long as it is in use."""
    index = _INDEXES.get(id(catalogue))
    if index is None or index.catalogue is not catalogue:
        if len(_INDEXES) >= _MAX_INDEXES:
            _INDEXES.clear()
        index = _INDEXES[id(catalogue)] = TableIndex(catalogue)
    return index
