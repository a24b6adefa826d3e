"""What all records of this server have in common."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from resources.records.model import Contact, Name, Rights
from vo_server.registry.keys import ORGANISATION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from schemas.declaration import Catalogue
    from schemas.identity import Identity
    from vo_server.registry.collections import Collection
    from vo_server.registry.holdings import Holdings
    from vo_server.registry.services import Service

RIGHTS = (
    "The data are public once they are released, one year after their delivery. Please name in"
    " publications the CoRoT mission, which was developed and operated by the CNES with"
    " contributions of Austria, Belgium, Brazil, ESA, Germany and Spain."
)


@dataclass(frozen=True, slots=True)
class Site:
    """The server as its records describe it.

    Attributes
    ----------
    capabilities
        The capabilities of each service by its key, the very ones of VOSI.
    catalogue
        The tables that everybody may read.
    holdings
        What there is of each collection that there is something of.
    dois
        DOIs by the keys of records.
    """

    identity: Identity
    publisher: str
    email: str
    capabilities: Mapping[str, tuple[etree._Element, ...]]
    catalogue: Catalogue
    holdings: Mapping[Collection, Holdings] = field(default_factory=dict)
    dois: Mapping[str, str] = field(default_factory=dict)
    rights_uri: str | None = None

    def ivo_id(self, key: str = "") -> str:
        """Give the IVOID of a record by its key."""
        authority = self.identity.authority
        return f"ivo://{authority}/{key}" if key else f"ivo://{authority}"

    def landing_url(self, key: str) -> str:
        """Give the address of the page about a record."""
        return self.identity.url(f"records/{key or 'authority'}")

    def capabilities_of(self, service: Service) -> tuple[etree._Element, ...]:
        """Give the capabilities of a service, as elements that are in no document yet."""
        return tuple(deepcopy(one) for one in self.capabilities[service.key])

    @property
    def organisation(self) -> Name:
        """The publisher, as other records name it."""
        return Name(self.publisher, self.ivo_id(ORGANISATION))

    @property
    def contact(self) -> Contact:
        """Whom to ask."""
        return Contact(self.publisher, self.email)

    @property
    def rights(self) -> Rights:
        """What users of the data may do."""
        return Rights(RIGHTS, self.rights_uri)

    def alternates(self, key: str) -> tuple[str, ...]:
        """Give the other identifiers of a record."""
        return (f"doi:{self.dois[key]}",) if key in self.dois else ()
