"""What a partner's DaCHS needs to serve our tables, made from what is declared of them."""

from __future__ import annotations

from typing import Final

from resources.dachs.descriptor import Description, descriptor
from resources.dachs.foreign import foreign_tables
from schemas.corot.catalogue import COROT, IVOA
from vo_server.registry.collections import COLLECTIONS
from vo_server.registry.declared import CREATOR, MISSION
from vo_server.registry.site import RIGHTS

_TABLES: Final = (*COROT.tables, *IVOA.tables)

_ABOUT: Final = Description(
    title="CoRoT light curves",
    description=" ".join(
        (f"{COROT.description}.", *(collection.description for collection in COLLECTIONS))
    ),
    subjects=tuple(dict.fromkeys(s for collection in COLLECTIONS for s in collection.subjects)),
    creator=CREATOR,
    instruments=tuple(collection.instrument for collection in COLLECTIONS),
    source=MISSION,
    rights=RIGHTS,
)


def dachs_files() -> dict[str, bytes]:
    """Give the files by their names in ``resources/dachs``."""
    return {
        "corot.rd": descriptor(_ABOUT, _TABLES),
        "foreign_tables.sql": foreign_tables(_TABLES).encode(),
    }
