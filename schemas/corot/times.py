"""Time systems of the published columns."""

from schemas.declaration import TimeSystem
from schemas.obscore import MJD_UTC

__all__ = ["BJD_TT", "MJD_UTC", "UTC"]

UTC = TimeSystem(name="utc", timescale="UTC", refposition="TOPOCENTER")
"""Calendar times as the satellite's products are named: UTC, without origin."""

BJD_TT = TimeSystem(name="bjd_tt", timescale="TT", refposition="BARYCENTER", origin=0.0)
"""Full Julian Date in TT at the solar-system barycentre, as the light curves are sampled."""
