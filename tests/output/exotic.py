"""The types that :mod:`tests.output.tables` leaves out, and xtypes; and a very wide table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from schemas.declaration import Column


@dataclass(frozen=True, slots=True)
class Kind:
    """A column with a plain value, and an odd one; between them goes a null."""

    column: Column
    plain: Any
    odd: Any

    @property
    def values(self) -> tuple[Any, Any, Any]:
        """What the column holds."""
        return self.plain, None, self.odd


BITS = [True, False, True, True, False, False, False, False, True]

KINDS = (
    Kind(Column("bits", "bit", arraysize="*"), BITS, []),
    Kind(Column("eleven", "bit", arraysize="11"), [True] * 11, [False] * 10 + [True]),
    Kind(Column("complex", "floatComplex"), [1.5, -2.5], [0.0, 3.5]),
    Kind(Column("wide_complex", "doubleComplex"), [1e300, -2.5], [0.0, 5e-324]),
    Kind(Column("two_complex", "floatComplex", arraysize="2"), [1.5, -2.5, 3, 4], [0, 0, 0, 1]),
    Kind(Column("complexes", "doubleComplex", arraysize="*"), [1.5, -2.5, 3, 4], []),
    Kind(Column("letter", "char"), "a", "]"),
    Kind(Column("glyph", "unicodeChar"), "\u00e4", "b"),
    Kind(Column("most_three", "char", arraysize="3*"), "ab", "abc"),
    Kind(Column("words", "char", arraysize="4x*"), ["ab", "cdef"], ["x"]),
    Kind(Column("glyphs", "unicodeChar", arraysize="4x*"), ["\u00e4b", "cdef"], ["x"]),
    Kind(Column("moc", "char", arraysize="*", xtype="moc"), "3/1-5 4/77", ""),
    Kind(Column("interval", "double", arraysize="2", xtype="interval"),
         [1.0, 2.0], [-math.inf, math.inf]),
    Kind(Column("whole_interval", "long", arraysize="2", xtype="interval"),
         [1, 2], [-(2**63), 2**62]),
    Kind(Column("circle", "double", arraysize="3", xtype="circle", unit="deg"),
         [1.0, 2.0, 3.0], [359.99, -90.0, 180.0]),
    Kind(Column("polygon", "double", arraysize="*", xtype="polygon", unit="deg"),
         [0.0, 0.0, 1.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0]),
    Kind(Column("few", "short", arraysize="3*"), [1, 2], [3]),
    Kind(Column("pairs", "int", arraysize="2x*"), [1, 2, 3, 4], [-(2**31), 2**31 - 1]),
    Kind(Column("floats", "float", arraysize="*"), [1.5, math.nan, -math.inf], [0.0]),
    Kind(Column("four_bytes", "unsignedByte", arraysize="4"), [0, 1, 254, 255], [97, 98, 99, 100]),
    Kind(Column("truths", "boolean", arraysize="2"), [True, False], [False, False]),
    Kind(Column("link", "char", arraysize="*", ucd="meta.ref.url"), "https://x.org/?b=1&c=2", "<"),
)  # fmt: skip

ROWS = tuple(zip(*(kind.values for kind in KINDS), strict=True))
COLUMNS = tuple(kind.column for kind in KINDS)

WIDE = tuple(
    Column(f"column_{number}", datatype, f"Column {number}", unit="m" if number % 2 else None)  # type: ignore[arg-type] # a datatype
    for number, datatype in enumerate(["int", "double", "short", "float"] * 50)
)
"""Two hundred columns."""

WIDE_ROWS = tuple(tuple(range(row, row + len(WIDE))) for row in range(3))
