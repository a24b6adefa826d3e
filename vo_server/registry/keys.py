"""Keys of records that others name: what comes after the authority in their IVOIDs."""

from __future__ import annotations

from typing import Final

ORGANISATION: Final = "organisation"
REGISTRY: Final = "registry"
TAP: Final = "tap"
SSA: Final = "lightcurves"
"""Also what publisher DIDs begin with: whoever meets one finds the service that has the data."""
