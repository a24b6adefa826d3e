from __future__ import annotations

import math
import struct
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.declaration import Column
from tap.arrow.batches import batches_of
from tap.arrow.text import texts, xml_escaped
from tap.votable.elements import xml_text

if TYPE_CHECKING:
    from schemas.declaration import Datatype

ALL_TYPES: list[Datatype] = [
    "boolean",
    "unsignedByte",
    "short",
    "int",
    "long",
    "float",
    "double",
    "char",
    "unicodeChar",
]


def cell(
    value: object, datatype: Datatype, arraysize: str | None = None, xtype: str | None = None
) -> str:
    column = Column("x", datatype, arraysize=arraysize, xtype=xtype)
    (batch,) = batches_of([column], [(value,)])
    (written,) = texts(batch.column(0), column).to_pylist()
    return written or ""


@pytest.mark.parametrize("datatype", ALL_TYPES)
@pytest.mark.parametrize("arraysize", [None, "*", "3*", "2x*"])
def test_null_is_empty_for_every_type(datatype: Datatype, arraysize: str | None) -> None:
    assert cell(None, datatype, arraysize) == ""


@pytest.mark.parametrize(
    ("datatype", "arraysize", "expected"),
    [
        ("double", "2", "NaN NaN"),
        ("float", "2x2", "NaN NaN NaN NaN"),
        ("boolean", "3", "? ? ?"),
        ("int", "3", ""),
        ("char", "3", ""),
        ("char", "3x2", ""),
    ],
)
def test_null_arrays_of_fixed_length_keep_it(
    datatype: Datatype, arraysize: str, expected: str
) -> None:
    assert cell(None, datatype, arraysize) == expected


@pytest.mark.parametrize(
    ("value", "datatype", "expected"),
    [
        (True, "boolean", "true"),
        (False, "boolean", "false"),
        (255, "unsignedByte", "255"),
        (-32768, "short", "-32768"),
        (9223372036854775807, "long", "9223372036854775807"),
        (Decimal(9223372036854775807), "long", "9223372036854775807"),
        (Decimal("12.000"), "int", "12"),
        (3.0, "int", "3"),
        (0.1, "double", "0.1"),
        (-0.0, "double", "-0"),
        (1e300, "double", "1e+300"),
        (5, "double", "5"),
        (Decimal("1.50"), "double", "1.5"),
        (np.float64(0.1), "double", "0.1"),
        (np.float32(0.1), "float", "0.1"),
        (math.nan, "double", "NaN"),
        (math.inf, "float", "+Inf"),
        (-math.inf, "double", "-Inf"),
        (Decimal("NaN"), "double", "NaN"),
        (Decimal("-Infinity"), "double", "-Inf"),
        ("a<b&c", "char", "a<b&c"),
        ("Fran\u00e7ois \U0001f52d", "unicodeChar", "Fran\u00e7ois \U0001f52d"),
        (12, "char", "12"),
        (True, "char", "true"),
    ],
)
def test_scalars(value: object, datatype: Datatype, expected: str) -> None:
    assert cell(value, datatype, "*" if "har" in datatype else None) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2009, 1, 31, 12, 30, 1), "2009-01-31T12:30:01"),  # noqa: DTZ001 # DALI: no zone
        (datetime(2009, 1, 31, 12, 0, 0, 250), "2009-01-31T12:00:00.000250"),  # noqa: DTZ001 # same
        (datetime(2009, 1, 31, 12, tzinfo=UTC), "2009-01-31T12:00:00"),
        (datetime(2009, 1, 31, 1, tzinfo=timezone(timedelta(hours=2))), "2009-01-30T23:00:00"),
        (date(2009, 1, 31), "2009-01-31T00:00:00"),
        ("2009-01-31T12:00:00", "2009-01-31T12:00:00"),
    ],
)
def test_timestamps_have_t_and_no_zone(value: object, expected: str) -> None:
    assert cell(value, "char", "*", "timestamp") == expected


@pytest.mark.parametrize(
    ("value", "datatype", "arraysize", "expected"),
    [
        ([1, 2, 3], "int", "*", "1 2 3"),
        ([1.5, None, math.nan], "double", "3", "1.5 NaN NaN"),
        ([[1, 2], [3, 4]], "short", "2x2", "1 2 3 4"),
        (np.array([0.1, 0.2], dtype=np.float32), "float", "2", "0.1 0.2"),
        ([True, None, False], "boolean", "*", "true ? false"),
        (b"\x00\xff", "unsignedByte", "*", "0 255"),
        ([], "double", "*", ""),
        (7, "int", "1", "7"),
        (["ab", "c", None], "char", "3x*", "ab c     "),
    ],
)
def test_arrays(value: object, datatype: Datatype, arraysize: str, expected: str) -> None:
    assert cell(value, datatype, arraysize) == expected


def test_a_null_element_is_told_as_the_reader_is_told() -> None:
    column = Column("x", "int", arraysize="*")
    (batch,) = batches_of([column], [([1, None],)])
    assert texts(batch.column(0), column, -99).to_pylist() == ["1 -99"]
    assert texts(batch.column(0), column).to_pylist() == ["1 null"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [([1.5], "1.5 NaN"), ([1, 2, 3], "1 2"), ([], "NaN NaN"), (None, "NaN NaN")],
)
def test_an_array_is_brought_to_its_declared_length(given: list[float], expected: str) -> None:
    assert cell(given, "double", "2") == expected


@pytest.mark.parametrize("value", [1.5, Decimal("0.1"), "seven"])
def test_an_integer_column_refuses_what_is_no_integer(value: object) -> None:
    with pytest.raises(ValueError, match=r"fraction|invalid literal"):
        cell(value, "long")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_reads_back_to_the_bit(value: float) -> None:
    assert struct.pack(">d", float(cell(value, "double"))) == struct.pack(">d", value)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_every_float_reads_back_to_the_bit(value: float) -> None:
    single = np.float32(value)
    assert np.float32(cell(single, "float")).tobytes() == single.tobytes()


@given(st.text())
def test_text_loses_only_what_xml_cannot_hold(value: str) -> None:
    clean = xml_text(value)
    assert len(clean) == len(value)
    assert xml_text(clean) == clean
    clean.encode()


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_characters_outside_xml_are_replaced(character: str) -> None:
    assert xml_text(f"a{character}b") == "a\ufffdb"


def test_a_column_is_escaped_as_a_whole() -> None:
    column = pa.array(["a<b&c>", None, "cr\r", "\x01\uffff", "plain"])
    assert xml_escaped(column).to_pylist() == [
        "a&lt;b&amp;c&gt;", None, "cr&#13;", "\ufffd\ufffd", "plain",
    ]  # fmt: skip
    assert xml_escaped(column[4:]).to_pylist() == ["plain"]
