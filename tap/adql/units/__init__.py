"""Units as VOUnits 1.1 writes them, and the factors between them."""

from tap.adql.units.reader import conversion_factor, parse_unit
from tap.adql.units.unit import Unit, UnitError

__all__ = ["Unit", "UnitError", "conversion_factor", "parse_unit"]
