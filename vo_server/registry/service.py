"""Makes the records anew from what is published now, and stores what has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.further import with_further
from schemas.further.rows import further_tables
from vo_server.registry.collections import COLLECTIONS
from vo_server.registry.declared import records
from vo_server.registry.holdings import read_holdings

if TYPE_CHECKING:
    from collections.abc import Callable

    from resources.oai.record_store import Changes, RecordStore
    from schemas.declaration import Catalogue
    from schemas.session import ReaderDatabase
    from vo_server.registry.collections import Collection
    from vo_server.registry.holdings import Holdings
    from vo_server.registry.site import Site


class RegistryService:
    """Keeps the records up to date.

    Parameters
    ----------
    database
        Opens the reader's transactions: only what the public sees is told.
    store
        Keeps the records.
    declared
        The tables that the code declares.
    site
        Gives what the records have in common, from tables and holdings.
    """

    def __init__(
        self,
        database: ReaderDatabase,
        store: RecordStore,
        declared: Catalogue,
        site: Callable[[Catalogue, dict[Collection, Holdings]], Site],
    ) -> None:
        self._database = database
        self._store = store
        self._declared = declared
        self._site = site

    def refresh(self) -> Changes:
        """Bring the records up to date."""
        with self._store.turn():
            return self._refresh()

    def _refresh(self) -> Changes:
        with self._database.transaction() as connection:
            found = {one: read_holdings(connection, one) for one in COLLECTIONS}
            further = further_tables(connection)
        public = [one for one in further if one.publication.audience == "public"]
        site = self._site(
            with_further(self._declared, public),
            {one: holdings for one, holdings in found.items() if holdings is not None},
        )
        return self._store.replace(records(site), site.identity.authority)
