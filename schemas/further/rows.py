"""The rows of ``vo.further_tables``, which hold the declarations."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, text

from schemas.further.model import Further, Publication
from schemas.models import tap_schema_tables
from schemas.tap_schema import tap_schema_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from schemas.declaration import Catalogue

_LOG = logging.getLogger(__name__)

CHANNEL = "vo_catalogue"
"""Where PostgreSQL notifies of every change of the published tables."""

VERSION_SQL = (
    "SELECT physical, published_at FROM vo.further_tables WHERE retired_at IS NULL ORDER BY 1"
)
"""Tells whether the catalogue has changed: no two publications have the same rows here."""

PUBLISHED_SQL = (
    "SELECT declaration, published_at FROM vo.further_tables WHERE retired_at IS NULL ORDER BY 2"
)


def read_further(rows: Iterable[tuple[str, object]]) -> list[Further]:
    """Read the rows of :data:`PUBLISHED_SQL`.

    A declaration that cannot be read, such as one of a newer version of this
    server, is left out and logged: one table must not hide the others.
    """
    found = []
    for declaration, published_at in rows:
        try:
            publication = Publication.from_json(declaration)
        except (ValueError, KeyError, TypeError) as error:
            _LOG.error("a further table's declaration cannot be read: %s", error)
            continue
        found.append(Further(publication, published_at))  # type: ignore[arg-type] # a timestamp
    return found


def further_tables(connection: Connection) -> list[Further]:
    """Read the further tables of a database."""
    return read_further(tuple(row) for row in connection.execute(text(PUBLISHED_SQL)))


def write_tap_schema(connection: Connection, catalogue: Catalogue) -> None:
    """Make TAP_SCHEMA describe a catalogue."""
    rows = tap_schema_rows(catalogue)
    for name in reversed(rows):
        connection.execute(delete(tap_schema_tables[name]))
    for name, values in rows.items():
        if values:
            connection.execute(insert(tap_schema_tables[name]), values)
