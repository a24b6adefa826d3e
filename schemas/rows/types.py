"""Which Arrow type the values of PostgreSQL's types become, and the other way round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from psycopg.postgres import types as known

TIMESTAMP = pa.timestamp("us")

EPOCH = int(np.datetime64("2000-01-01", "us").astype(np.int64))
EPOCH_DAY = int(np.datetime64("2000-01-01", "D").astype(np.int64))
"""Microseconds, and days, from Arrow's first moment to PostgreSQL's."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A type whose values all have as many bytes."""

    sent: np.dtype[Any]
    """As they are sent."""
    arrow: pa.DataType


_FIXED = {
    "bool": ("u1", pa.bool_()),
    "int2": (">i2", pa.int16()),
    "int4": (">i4", pa.int32()),
    "int8": (">i8", pa.int64()),
    "oid": (">u4", pa.uint32()),
    "float4": (">f4", pa.float32()),
    "float8": (">f8", pa.float64()),
    "date": (">i4", pa.date32()),
    "timestamp": (">i8", TIMESTAMP),
    "timestamptz": (">i8", TIMESTAMP),  # in UTC
    "uuid": ("V16", pa.binary(16)),
}

FIXED = {known[name].oid: Fixed(np.dtype(sent), arrow) for name, (sent, arrow) in _FIXED.items()}
"""Types of fixed width, by their numbers."""

TEXT = frozenset(
    known[name].oid for name in ("text", "varchar", "bpchar", "name", '"char"', "json", "xml")
)
"""Types that are sent as text."""

NUMERIC = known["numeric"].oid
"""Sent in a form of its own."""

ELEMENTS = {info.array_oid: info.oid for info in known if info.array_oid}
"""Type of the elements of each type of array."""

STORED = {
    pa.bool_(): known["bool"].oid,
    pa.uint8(): known["int2"].oid,
    pa.int16(): known["int2"].oid,
    pa.int32(): known["int4"].oid,
    pa.int64(): known["int8"].oid,
    pa.float32(): known["float4"].oid,
    pa.float64(): known["float8"].oid,
    TIMESTAMP: known["timestamp"].oid,
    pa.string(): known["text"].oid,
    pa.binary(): known["bytea"].oid,
}
"""Type that values are written as."""
