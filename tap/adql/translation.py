"""From the text of a query to the SQL and the columns of its answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tap.adql import bound
from tap.adql.backends import BACKENDS
from tap.adql.cache import TranslationCache
from tap.adql.errors import ADQLError, Mistake, MistakeError
from tap.adql.generator import generate
from tap.adql.names import unique
from tap.adql.parser import parse
from tap.adql.queries import resolve

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from schemas.declaration import Catalogue, Column
    from schemas.functions import Function


@dataclass(frozen=True, slots=True)
class Translation:
    """A query as the database runs it.

    Attributes
    ----------
    sql
        One PostgreSQL SELECT, without parameters.
    columns
        The columns of the answer, in order, with unique names.
    top
        What the query itself limits its answer to.
    tables
        Names of the declared tables it reads.
    """

    sql: str
    columns: tuple[Column, ...]
    top: int | None
    tables: frozenset[str]


_CACHE: TranslationCache[Translation] = TranslationCache()


def translate(  # noqa: PLR0913 # all but two have defaults
    text: str,
    catalogue: Catalogue,
    backend: str = "cube",
    row_limit: int | None = None,
    udfs: Collection[Function] | None = None,
    *,
    remember: bool = True,
) -> Translation:
    """Translate an ADQL 2.1 query into PostgreSQL.

    The translations asked for last are remembered, so the catalogue and the
    functions must not change under their object.

    Parameters
    ----------
    text
        The query.
    catalogue
        The tables it may read.
    backend
        Name of the geometry back end of the database.
    row_limit
        Most rows to fetch, whatever TOP says. To notice an overflow of
        MAXREC, ask for one more.
    udfs
        User-defined functions it may call. None stands for `UDFS`, those the IVOA defines; to
        add one's own, give ``(*UDFS, ...)``.
    remember
        Whether the same may be asked again; not so where a table was uploaded.

    Raises
    ------
    ADQLError
        If the query is wrong, with the places of all mistakes.
    ValueError
        If there is no such back end.
    """
    found = _CACHE.find(text, catalogue, backend, row_limit, udfs) if remember else None
    if found is not None:
        return found
    if backend not in BACKENDS:
        message = f"there is no geometry back end {backend}: use one of {', '.join(BACKENDS)}"
        raise ValueError(message)
    statement = parse(text)
    try:
        resolved, tables = resolve(text, statement, catalogue, udfs)
        sql = generate(resolved, BACKENDS[backend], row_limit)
    except MistakeError as error:
        raise ADQLError(text, [error.mistake]) from None
    except RecursionError:
        raise ADQLError(text, [Mistake("the query is nested too deeply", 0)]) from None
    body = resolved.query.body
    top = body.top if isinstance(body, bound.Select) else None
    made = Translation(sql, _columns(resolved.query.items), top, tables)
    if remember:
        _CACHE.keep(made, text, catalogue, backend, row_limit, udfs)
    return made


def _columns(items: Sequence[bound.Item]) -> tuple[Column, ...]:
    """Give the answer's columns unique names (TAP 1.1, section 3.2).

    Names that differ in case only count as the same, unless they are those of
    two columns of one table: a table with both ``u`` and ``U`` comes back so.
    """
    taken: dict[str, int] = {}
    origins: dict[str, str] = {}
    exact: set[str] = set()
    columns = []
    for item in items:
        value, name = item.value, item.name
        own = isinstance(value, bound.ColumnValue) and value.column.name == name
        origin = value.relation if own and isinstance(value, bound.ColumnValue) else ""
        sibling = bool(origin) and origins.get(name.lower()) == origin and name not in exact
        if not sibling:
            name = unique(name, taken, None)
            origins.setdefault(name.lower(), origin)
        exact.add(name)
        columns.append(_answered(value.column, name))
    return tuple(columns)


def _answered(column: Column, name: str) -> Column:
    """Leave out what only the database needs to know."""
    return replace(
        column,
        name=name,
        legacy_name=None,
        legacy_number=None,
        stored=None,
        expression=None,
        physical=None,
    )
