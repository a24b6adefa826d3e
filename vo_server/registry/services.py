"""The services that give out the collections: one declaration each.

Records, collections, pages and VOSI follow from it; what protocol a service
speaks is up to its routes.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import SQLAlchemyError

from resources.capabilities import TAP_ID
from resources.ssap import SSA_ID, ssa_capabilities
from schemas.session import PUBLIC
from vo_server import wiring
from vo_server.registry.keys import SSA, TAP

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

    from schemas.declaration import Catalogue
    from schemas.session import ReaderDatabase
    from vo_server.config import Settings

_LOG = logging.getLogger(__name__)

_SUBJECTS: Final = ("light-curves", "exoplanets", "asteroseismology", "variable-stars")


@dataclass(frozen=True, slots=True)
class Server:
    """What a service is made of."""

    settings: Settings
    database: ReaderDatabase
    catalogue: Catalogue
    """The tables that everybody may read."""

    def url(self, path: str) -> str:
        """Give the public address of a path."""
        return self.settings.identity.url(path)

    def is_available(self) -> bool:
        """Tell whether the database answers."""
        try:
            with self.database.transaction():
                return True
        except SQLAlchemyError as error:
            _LOG.error("the database cannot be asked", exc_info=error)
            return False


@dataclass(frozen=True, slots=True)
class Service:
    """A service that gives out all collections."""

    key: str
    title: str
    short_name: str
    standard_id: str
    """Of its protocol, without a version."""
    protocol: str
    """What people call that."""
    types: tuple[str, ...]
    """Words of http://www.ivoa.net/rdf/voresource/content_type."""
    description: str
    capabilities: Callable[[Server], tuple[etree._Element, ...]]
    """Makes all that it tells the public of itself, the protocol's capability among it."""
    vosi_path: str | None = None
    """Where VOSI is to be answered; None where the service has routes of its own for that."""
    has_tables: bool = False
    """Whether clients name tables."""
    subjects: tuple[str, ...] = _SUBJECTS
    """Words of the Unified Astronomy Thesaurus."""


def _tap(server: Server) -> tuple[etree._Element, ...]:
    tap = wiring.tap_metadata(server.settings, lambda: server.catalogue)
    return tap.capability_elements(wiring.tap_limits(server.settings)(PUBLIC))


def _ssa(server: Server) -> tuple[etree._Element, ...]:
    ssa = wiring.ssa_service(server.settings, server.database)
    return ssa_capabilities(ssa.capability(server.url("ssa")))


SERVICES: Final = (
    Service(
        key=TAP,
        title="CoRoT TAP service",
        short_name="CoRoT TAP",
        standard_id=TAP_ID,
        protocol="TAP",
        types=("Catalog", "Archive"),
        description="Queries in ADQL over the stars, runs and light curves of the satellite"
        " CoRoT, among them ObsCore, with uploaded tables, at once or as jobs.",
        capabilities=_tap,
        has_tables=True,
    ),
    Service(
        key=SSA,
        title="CoRoT light curves by SSA",
        short_name="CoRoT LC SSA",
        standard_id=SSA_ID,
        protocol="SSA",
        types=("Archive",),
        description="Light curves of the satellite CoRoT by position, time and star, with the"
        " Simple Spectral Access protocol: time series of stars, of months at a time.",
        capabilities=_ssa,
    ),
)
"""Every such service, whether there are data or not."""
