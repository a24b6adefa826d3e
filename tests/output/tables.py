"""A table with a column of every type, and rows that are hard on formats."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np

from schemas.declaration import Column, Position, TimeSystem
from tap.arrow.batches import Limited, batches_of
from tap.votable import Info, TableResult

COLUMNS = (
    Column("flag", "boolean", "Truth"),
    Column("byte", "unsignedByte"),
    Column("small", "short"),
    Column("count", "int", ucd="meta.number"),
    Column("big", "long"),
    Column("mag", "float", unit="mag", ucd="phot.mag"),
    Column("ra", "double", "Right <ascension> & more", unit="deg", ucd="pos.eq.ra;meta.main"),
    Column("dec", "double", unit="deg", ucd="pos.eq.dec;meta.main"),
    Column(
        "seen", "char", arraysize="*", xtype="timestamp",
        time_system=TimeSystem("utc", "UTC", "TOPOCENTER"),
    ),
    Column("name", "unicodeChar", arraysize="*"),
    Column("code", "char", arraysize="*", utype="x:Code"),
    Column("fixed", "char", arraysize="8"),
    Column("wide", "unicodeChar", arraysize="6"),
    Column("point", "double", arraysize="2", xtype="point", unit="deg"),
    Column("matrix", "float", arraysize="2x2"),
    Column("fluxes", "double", arraysize="*"),
    Column("counts", "int", arraysize="*"),
    Column("triple", "short", arraysize="3"),
    Column("flags", "boolean", arraysize="*"),
    Column("bytes", "unsignedByte", arraysize="*"),
)  # fmt: skip

_NOON = datetime(2009, 1, 31, 12)  # noqa: DTZ001 # times of the VO have no zone

ROWS: tuple[tuple[object, ...], ...] = (
    (True, 200, -5, 7, 2**62, float(np.float32(1.1)), 100.25, -0.5, _NOON, "Étoile <1> & “2”",
     "LRc01", "eight ch", "größer", [100.25, -0.5], [[1.0, 2.0], [3.0, 4.0]], [0.1, 1e300],
     [1, 2, 3], [1, 2, 3], [True, False], b"\x00\xff"),
    (None,) * len(COLUMNS),
    (False, 0, 32767, -(2**31), -(2**63), math.inf, math.nan, -math.inf,
     _NOON.replace(microsecond=250), 'tab\tquote" comma, line\nend', "]]>", "", "",
     [359.9, 1e-300], [[0.0, -0.0], [math.inf, -1.0]], [], [], [-32768, 0, 32767], [], b""),
    (True, 255, -32768, 2**31 - 1, 2**63 - 1, float(np.float32(3.4e38)), 5e-324, 1.7e308,
     datetime(1858, 11, 17), " blanks ", "'", "short", "\U0001f52d", [0.0, 0.0],  # noqa: DTZ001
     [[1.5, 2.5], [3.5, 4.5]], [1.5], [-(2**31), 2**31 - 1], [0, 0, 0], [False], b"abc"),
)  # fmt: skip

POSITIONS = (Position("ra", "dec", "pos"),)


def result(
    rows: tuple[tuple[object, ...], ...] = ROWS,
    columns: tuple[Column, ...] = COLUMNS,
    maxrec: int | None = None,
) -> TableResult:
    """Make a table for a writer."""
    return TableResult(
        columns=columns,
        rows=Limited(batches_of(columns, rows), maxrec),
        infos=(Info("server", "https://vo.example.org/tap"), Info("query", "SELECT <x> FROM é")),
        positions=POSITIONS,
    )
