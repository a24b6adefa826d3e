"""Gives the pages about records their contents: of the very documents that are harvested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from lxml import etree

from resources.records.registry import REGISTRY_ID
from resources.records.view import RecordView
from tap.errors import GoneError, NotFoundError
from vo_server.registry.collections import COLLECTIONS
from vo_server.registry.services import SERVICES

if TYPE_CHECKING:
    from resources.oai.harvest_store import HarvestStore, Listed
    from schemas.identity import Identity

KINDS: Final = {
    "vg:Authority": "Naming authority",
    "vg:Registry": "Registry",
    "vr:Organisation": "Organisation",
    "vs:CatalogResource": "Data collection",
    "vs:CatalogService": "Service",
}
"""What people call the types of resource."""


@dataclass(frozen=True, slots=True)
class Page:
    """What there is to say of a record."""

    path: str
    """Below the pages of all records."""
    view: RecordView
    resource: etree._Element
    kind: str
    services: tuple[tuple[str, str], ...]
    """Names of protocols and where they are spoken."""
    downloads: tuple[tuple[str, str], ...]
    """Lists of the data, with the media type of each."""

    @property
    def is_cited(self) -> bool:
        """Whether it has authors, who are to be named."""
        return bool(self.view.creators)


class LandingService:
    """Finds records for people.

    Parameters
    ----------
    store
        The records.
    identity
        The server's public address.
    most_rows
        Of an answer to a query.
    """

    def __init__(self, store: HarvestStore, identity: Identity, most_rows: int) -> None:
        self._store = store
        self.identity = identity
        self._most_rows = most_rows

    def records(self) -> list[Listed]:
        """List what there is."""
        with self._store.reading() as reading:
            return reading.active()

    def page(self, path: str) -> Page:
        """Find a record.

        Raises
        ------
        NotFoundError
            If there never was one at this address.
        GoneError
            If it was deleted.
        """
        with self._store.reading() as reading:
            item = reading.landing(path)
        if item is None:
            raise NotFoundError("There is no record at this address. /records lists all.")
        if item.deleted:
            raise GoneError(
                f"The record {item.identifier} was deleted on {item.datestamp:%Y-%m-%d}: what it"
                " described is not published any more."
            )
        resource = etree.fromstring(item.document)
        view = RecordView(resource)
        names = {REGISTRY_ID: "OAI-PMH", **{one.standard_id: one.protocol for one in SERVICES}}
        return Page(
            path=path,
            view=view,
            resource=resource,
            kind=KINDS.get(view.type, "Resource"),
            services=tuple(
                (names[standard.removesuffix("#aux")], url)
                for standard, url in view.access
                if standard.removesuffix("#aux") in names
            ),
            downloads=self._downloads(path),
        )

    def _downloads(self, path: str) -> tuple[tuple[str, str], ...]:
        """Give the queries that list the products of a collection."""
        for collection in COLLECTIONS:
            if collection.key == path:
                query = (  # words of the declaration
                    "SELECT * FROM corot.products WHERE is_latest = 1"  # noqa: S608
                    f" AND product_level = '{collection.level}'"
                    f" AND channel = '{collection.channel}'"
                )
                return tuple(
                    (self._sync(query, short), media_type)
                    for short, media_type in (
                        ("csv", "text/csv"),
                        ("votable", "application/x-votable+xml"),
                    )
                )
        return ()

    def _sync(self, query: str, short: str) -> str:
        values = {
            "LANG": "ADQL",
            "RESPONSEFORMAT": short,
            "MAXREC": self._most_rows,
            "QUERY": query,
        }
        return f"{self.identity.url('tap/sync')}?{urlencode(values)}"
