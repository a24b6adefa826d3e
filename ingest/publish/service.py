"""Publishing: a declaration and a file become a table that servers show."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.publish.columns import plan
from ingest.publish.declaration import read_declaration
from ingest.publish.errors import PublishError
from ingest.publish.files import opened
from ingest.publish.values import fitted

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from ingest.publish.declaration import Declaration
    from ingest.publish.store import Listed, PublishStore

LINGER_SECONDS = 3.0
"""Servers know within a second that a relation is published no more, and what they have begun
by then must still find it."""

_PATIENCE = 1.0
"""Seconds to wait for a query that reads such a relation. A waiting DROP holds up others."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was published."""

    name: str
    rows: int
    replaced: bool
    still_read: tuple[str, ...]
    """Relations of earlier publications that a query still reads; the next one drops them."""


class PublishService:
    """Publishes further tables and withdraws them.

    Parameters
    ----------
    store
        The database.
    linger
        Seconds a relation is kept that is published no more.
    """

    def __init__(self, store: PublishStore, linger: float = LINGER_SECONDS) -> None:
        self._store = store
        self._linger = linger

    def publish(self, declaration: Path, file: Path, *, replace: bool = False) -> Report:
        """Publish a file; nothing is done when anything is wrong.

        Parameters
        ----------
        declaration
            The TOML file.
        file
            The rows, and what the declaration leaves out.
        replace
            Put it in the place of a further table of that name.

        Raises
        ------
        PublishError
            If the declaration, the file or a value is not as it must be, or the
            name is taken.
        """
        declared = read_declaration(declaration)
        with opened(file, declared.parts.csv) as source, self._store.transaction() as connection:
            was_there = self._find_room(connection, declared, replace=replace)
            published = self._store.catalogue(connection)
            planned = plan(declared, source.columns, published, source.frames)
            publication = self._store.named(connection, planned.publication)
            batches = fitted(source.batches, publication.table.columns, planned.sources)
            rows = self._store.load(connection, publication, batches)
            self._store.enter(connection, publication, rows, file.name)
        still_read = self._clean(self._linger if was_there else 0)
        return Report(declared.table_name, rows, was_there, tuple(still_read))

    def unpublish(self, name: str) -> Report:
        """Withdraw a further table.

        Raises
        ------
        PublishError
            If there is none of that name.
        """
        known = {listed.name.lower(): listed for listed in self._store.published()}
        found = known.get(name.lower())
        with self._store.transaction() as connection:
            if found is None or not self._store.retire(connection, found.name):
                raise PublishError(
                    f"{name} is no further table; `vo-server published` lists those there are"
                )
            self._store.announce(connection)
        left = tuple(self._clean(self._linger))
        return Report(found.name, found.rows, replaced=True, still_read=left)

    def published(self) -> list[Listed]:
        """List the further tables."""
        return self._store.published()

    def _find_room(self, connection: Connection, declared: Declaration, *, replace: bool) -> bool:
        """See whether the name may be had; tell whether a further table has it."""
        name = declared.table_name
        if name in {listed.name for listed in self._store.published()}:
            if not replace:
                raise PublishError(f"{name} is published already; --replace puts this in its place")
            return True
        if name in {table.name for table in self._store.catalogue(connection)}:
            raise declared.error(("table", "name"), f"{name} is a table of the server's own")
        return False

    def _clean(self, linger: float) -> list[str]:
        """Drop what is published no more, also what earlier commands had to leave."""
        time.sleep(linger)
        return self._store.drop_retired(self._linger, _PATIENCE)
