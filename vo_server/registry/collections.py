"""The data collections: one declaration each.

Whatever else a record says of a collection is found in the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schemas.corot.products_table import PRODUCTS
from schemas.corot.runs_table import RUNS
from schemas.corot.stars_table import STARS


@dataclass(frozen=True, slots=True)
class Collection:
    """Products that belong together: those of one level and channel."""

    key: str
    title: str
    short_name: str
    level: str
    """As in ``corot.products.product_level``."""
    channel: str
    """As in ``corot.products.channel``."""
    instrument: str
    subjects: tuple[str, ...]
    """Words of the Unified Astronomy Thesaurus."""
    description: str
    tables: tuple[str, ...] = (RUNS.name, STARS.name, PRODUCTS.name)
    """Published tables with its rows."""


FAINT_STARS: Final = Collection(
    key="n2/faint-stars",
    title="CoRoT N2 light curves of faint stars",
    short_name="CoRoT N2 faint",
    level="N2",
    channel="exoplanet",
    instrument="CoRoT exoplanet channel",
    subjects=("light-curves", "exoplanets", "transit-photometry", "variable-stars"),
    description=(
        "Science-ready light curves of the faint stars (about R 11 to 16) that the satellite CoRoT"
        " observed with its exoplanet channel from 2007 to 2012, for up to five months without"
        " interruption: in white light or in three colours, sampled every 512 s or 32 s, corrected"
        " for the effects of instrument and orbit, with times at the solar-system barycentre."
    ),
)

BRIGHT_STARS: Final = Collection(
    key="n2/bright-stars",
    title="CoRoT N2 light curves of bright stars",
    short_name="CoRoT N2 bright",
    level="N2",
    channel="seismology",
    instrument="CoRoT seismology channel",
    subjects=("light-curves", "asteroseismology", "stellar-oscillations", "variable-stars"),
    description=(
        "Science-ready light curves of the bright stars (about V 5 to 10) that the satellite CoRoT"
        " observed with its seismology channel from 2007 to 2012, for up to five months without"
        " interruption: sampled every 32 s, corrected for the effects of instrument and orbit, with"
        " times at the solar-system barycentre, also on a regular grid without gaps."
    ),
)

COLLECTIONS: Final = (FAINT_STARS, BRIGHT_STARS)
"""Every data collection; one of which the public sees nothing yet has no record."""
