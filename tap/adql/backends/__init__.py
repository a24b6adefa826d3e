"""The geometry back ends: the same answers from different PostgreSQL extensions.

A back end writes the conditions an index can serve. What decides, inside or
not, is the same in all: see :mod:`tap.adql.backends.exact`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap.adql.backends.cube import Cube
from tap.adql.backends.pgsphere import PgSphere
from tap.adql.backends.spots import Radius, Shape, Spot

if TYPE_CHECKING:
    from tap.adql.backends.exact import Geometry

BACKENDS: dict[str, Geometry] = {"cube": Cube(), "pgsphere": PgSphere()}
"""The geometry back ends by name."""

__all__ = ["BACKENDS", "Radius", "Shape", "Spot"]
