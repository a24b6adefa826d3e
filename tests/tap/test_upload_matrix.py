"""Every datatype through an upload and back, in every form, as astropy judges."""

from __future__ import annotations

import datetime as dt
import io
import warnings
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from astropy.io.votable import parse

from tests.tap.answers import cells, error_text
from tests.tap.everything import EVERY_FIELD, document
from tests.tap.test_upload_types import ALL
from tests.tap.test_uploads import send

if TYPE_CHECKING:
    from astropy.io.votable.tree import TableElement
    from flask.testing import FlaskClient

FORMS = ["tabledata", "binary", "binary2"]
ANSWERS = ["votable/td", "votable/b", "votable/b2"]
TYPES = {
    "bit": "?", "boolean": "?", "unsignedByte": "u1", "short": "i2", "int": "i4", "long": "i8",
    "float": "f4", "double": "f8", "floatComplex": "c8", "doubleComplex": "c16",
}  # fmt: skip
FIELDS = [field for field in EVERY_FIELD if field.in_binary]
METADATA = ("name", "datatype", "arraysize", "xtype", "unit", "ucd", "utype", "description")


@cache
def written(form: str) -> bytes:
    """Let astropy write all of it in a form."""
    content = document(FIELDS)
    if form == "tabledata":
        return content
    made = io.BytesIO()
    with warnings.catch_warnings(action="ignore"):
        votable = parse(io.BytesIO(content))
        _typed(votable.get_first_table())
        votable.to_xml(made, tabledata_format=form)
    return made.getvalue()


def _typed(table: TableElement) -> None:
    """Give arrays their type; astropy reads those in TABLEDATA, and writes them, as long ones."""
    for field, name in zip(table.fields, table.array.dtype.names, strict=True):
        kind = TYPES.get(field.datatype)
        if kind is not None and table.array[name].dtype == object:
            for row, value in enumerate(table.array[name]):
                table.array.data[name][row] = np.ma.array(value, dtype=kind)


def read(content: bytes) -> TableElement:
    # It warns of units and xtypes it does not know.
    with warnings.catch_warnings(action="ignore"):
        return parse(io.BytesIO(content)).get_first_table()


def back(client: FlaskClient, content: bytes, form: str = "votable/td") -> bytes:
    response = send(client, ALL, "t,param:f", {"f": content}, RESPONSEFORMAT=form)
    assert response.status_code == 200, error_text(response)
    answer: bytes = response.data
    return answer


def comparable(column: np.ma.MaskedArray[Any, Any]) -> list[str]:
    """Give each value as text; an array without elements, or with masked ones only, is nothing."""
    masks = np.ma.getmaskarray(column)
    return [
        "nothing" if np.all(mask) or not np.size(value) else str(np.ma.asarray(value).tolist())
        for value, mask in zip(column, masks, strict=True)
    ]


def columns(table: TableElement) -> dict[str, tuple[object, ...]]:
    """Give metadata and values by the names of the columns."""
    names = table.array.dtype.names
    return {
        field.name: (
            *(str(getattr(field, name)) for name in METADATA),
            comparable(table.array[name]),
        )
        for field, name in zip(table.fields, names, strict=True)
    }


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("form", FORMS)
def test_all_of_it_comes_back(client: FlaskClient, form: str, answer: str) -> None:
    expected = columns(read(written(form)))
    found = columns(read(back(client, written(form), answer)))
    assert list(found) == [field.name for field in FIELDS]
    wrong = {name: (found[name], expected[name]) for name in expected
             if found[name] != expected[name]}  # fmt: skip
    assert wrong == {}


@pytest.mark.parametrize("answer", [*ANSWERS, "parquet"])
def test_all_of_it_comes_back_a_second_time(client: FlaskClient, answer: str) -> None:
    """With what astropy does not read."""
    once = back(client, document())
    assert back(client, back(client, document(), answer)) == once
    expected, found = columns(read(document())), columns(read(once))
    assert {name for name in expected if found[name] != expected[name]} == set()


@pytest.mark.parametrize("answer", ["fits", "parquet", "arrow", "json", "csv"])
def test_all_of_it_can_be_had_in_other_forms(client: FlaskClient, answer: str) -> None:
    assert len(back(client, written("binary2"), answer)) > 1000


def test_every_column_can_be_named(client: FlaskClient) -> None:
    names = [field.name.replace('"', '""') for field in EVERY_FIELD]
    listed = ", ".join(f'"{name}"' for name in names)
    query = f"SELECT {listed} FROM tap_upload.t AS t"
    response = send(client, query, "t,param:f", {"f": document()})
    assert response.status_code == 200, error_text(response)
    assert cells(response.data) == cells(back(client, document()))


def test_what_tap_1_0_called_a_time_is_one(client: FlaskClient) -> None:
    content = document().replace(b'xtype="timestamp"', b'xtype="adql:TIMESTAMP"')
    assert cells(back(client, content)) == cells(back(client, document()))


def ragged(kind: str, *values: list[object]) -> np.ndarray[Any, Any]:
    return np.array([np.array(value, dtype=kind) for value in values], dtype=object)


def fits_columns() -> list[fits.Column]:
    column = fits.Column
    small, squares = np.arange(12, dtype="u1"), np.arange(12.0)
    bits = np.array([[1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1]] * 3, bool)
    return [
        column("l", "L", array=[True, False, False]),
        column("l3", "3L", array=np.array([[1, 0, 1]] * 3, bool)),
        column("x1", "X", array=np.array([[1], [0], [1]], bool)),
        column("x", "11X", array=bits),
        column("b", "B", array=np.array([1, 2, 255], "u1"), null=255),
        column("b2", "4B", dim="(2,2)", array=small.reshape(3, 2, 2)),
        column("i", "I", array=[1, -32768, 3], null=-32768, unit="m"),
        column("j", "J", array=[1, 2, -9], null=-9),
        column("k", "K", array=[1, 2, -9], null=-9),
        column("u2", "I", bzero=32768, array=np.array([1, 2, 65535], "u2")),
        column("u4", "J", bzero=2**31, array=np.array([1, 2, 2**32 - 1], "u4")),
        column("i1", "B", bzero=-128, array=np.array([-128, 0, 127], "i1")),
        column("e", "E", array=[1.5, np.nan, np.inf]),
        column("d", "D", array=[1.5, np.nan, -np.inf]),
        column("d2", "4D", dim="(2,2)", array=squares.reshape(3, 2, 2)),
        column("c", "C", array=np.array([1 + 2j, 0, -1j + 0.5])),
        column("m2", "2M", array=np.array([[1 + 2j, 0]] * 3)),
        column("a", "1A", array=["x", "", "y"]),
        column("a4", "4A", array=["ab", "", "abcd"]),
        column("a32", "6A", dim="(3,2)", array=np.array([["ab", "cde"]] * 3)),
        column("pj", "PJ()", array=ragged("i4", [1, 2], [], [3])),
        column("qd", "QD()", array=ragged("f8", [1, 2], [], [3])),
        column("pa", "PA()", array=ragged("S1", [b"a", b"b"], [], [b"c"])),
        column("pc", "PC()", array=ragged("c8", [1 + 1j], [], [2])),
        column("two words", "J", array=[1, 2, 3]),
    ]


FITS_ROWS = [
    [
        "true", "true false true", "1", "1 0 1 1 0 0 1 1 1 0 1", "1", "0 1 2 3", "1", "1", "1", "1",
        "1", "-128", "1.5", "1.5", "0 1 2 3", "1 2", "1 2 0 0", "x", "ab", "ab cde", "1 2", "1 2",
        "ab", "1 1", "1",
    ],
    [
        "false", "true false true", "0", "1 0 1 1 0 0 1 1 1 0 1", "2", "4 5 6 7", "", "2", "2", "2",
        "2", "0", "", "", "4 5 6 7", "0 0", "1 2 0 0", "", "", "ab cde", "", "", "", "", "2",
    ],
    [
        "false", "true false true", "1", "1 0 1 1 0 0 1 1 1 0 1", "", "8 9 10 11", "3", "", "",
        "65535", "4294967295", "127", "+Inf", "-Inf", "8 9 10 11", "0.5 -1", "1 2 0 0", "y", "abcd",
        "ab cde", "3", "3", "c", "2 0", "3",
    ],
]  # fmt: skip


def fits_file() -> bytes:
    hdu = fits.BinTableHDU.from_columns(fits_columns())
    hdu.header["TUCD7"] = "pos.distance"
    hdu.header["TUTYP7"] = "x:far"
    hdu.header["TCOMM7"] = "How far"
    file = io.BytesIO()
    hdu.writeto(file)
    return file.getvalue()


def test_fits_tables(client: FlaskClient) -> None:
    answer = back(client, fits_file())
    assert cells(answer) == FITS_ROWS
    assert b'ucd="pos.distance"' in answer
    assert b'utype="x:far"' in answer
    assert b'unit="m"' in answer
    assert b"<DESCRIPTION>How far</DESCRIPTION>" in answer
    again = back(client, back(client, fits_file(), "fits"))
    assert cells(again) == FITS_ROWS


PARQUET: dict[str, tuple[pa.Array, str, list[str]]] = {
    "bool": (pa.array([True, None, False]), "boolean", ["true", "", "false"]),
    "uint8": (pa.array([0, None, 255], pa.uint8()), "unsignedByte", ["0", "", "255"]),
    "int8": (pa.array([-128, None, 127], pa.int8()), "short", ["-128", "", "127"]),
    "int16": (pa.array([-32768, None, 1], pa.int16()), "short", ["-32768", "", "1"]),
    "uint16": (pa.array([65535, None, 1], pa.uint16()), "int", ["65535", "", "1"]),
    "int32": (pa.array([-(2**31), None, 1], pa.int32()), "int", [str(-(2**31)), "", "1"]),
    "uint32": (pa.array([2**32 - 1, None, 1], pa.uint32()), "long", [str(2**32 - 1), "", "1"]),
    "int64": (pa.array([-(2**63), None, 1]), "long", [str(-(2**63)), "", "1"]),
    "uint64": (pa.array([2**63 - 1, None, 1], pa.uint64()), "long", [str(2**63 - 1), "", "1"]),
    "half": (pa.array(np.array([0.5, 1, 2], "f2")), "float", ["0.5", "1", "2"]),
    "float": (pa.array([0.5, None, np.nan], pa.float32()), "float", ["0.5", "", ""]),
    "double": (pa.array([0.5, None, np.inf]), "double", ["0.5", "", "+Inf"]),
    "decimal": (pa.array([Decimal("1.25"), None, Decimal(-3)]), "double", ["1.25", "", "-3"]),
    "string": (pa.array(["é", None, "x"]), "unicodeChar", ["é", "", "x"]),
    "large": (pa.array(["é", None, "x"], pa.large_string()), "unicodeChar", ["é", "", "x"]),
    "coded": (pa.array(["a", None, "a"]).dictionary_encode(), "unicodeChar", ["a", "", "a"]),
    "binary": (pa.array([b"\x00\xff", None, b"a"]), "unsignedByte", ["0 255", "", "97"]),
    "fixed": (
        pa.array([b"ab", None, b"cd"], pa.binary(2)),
        "unsignedByte",
        ["97 98", "", "99 100"],
    ),
    "date": (
        pa.array([dt.date(2009, 1, 31), None, dt.date(1, 1, 1)]),
        "char",
        ["2009-01-31T00:00:00", "", "0001-01-01T00:00:00"],
    ),
    "time": (
        pa.array([1, None, 1233403200123456789], pa.timestamp("ns")),
        "char",
        ["1970-01-01T00:00:00", "", "2009-01-31T12:00:00.123456"],
    ),
    "zoned": (
        pa.array([1, None, 1233403200], pa.timestamp("s", tz="Europe/Paris")),
        "char",
        ["1970-01-01T00:00:01", "", "2009-01-31T12:00:00"],
    ),
    "list": (pa.array([[1, 2], None, []], pa.list_(pa.int32())), "int", ["1 2", "", ""]),
    "pair": (
        pa.array([[1.0, 2.0], None, [3.0, 4.0]], pa.list_(pa.float64(), 2)),
        "double",
        ["1 2", "NaN NaN", "3 4"],
    ),
    "texts": (pa.array([["a", "bcd"], None, []]), "unicodeChar", ["a  bcd", "", ""]),
    "truths": (pa.array([[True, None], None, []]), "boolean", ["true ?", "", ""]),
    "nothing": (pa.nulls(3), "unicodeChar", ["", "", ""]),
}


@pytest.mark.parametrize("compression", ["snappy", "gzip", "brotli", "zstd", "lz4", "none"])
def test_parquet_files(client: FlaskClient, compression: str) -> None:
    file = io.BytesIO()
    values = {name: column for name, (column, _, _) in PARQUET.items()}
    pq.write_table(pa.table(values), file, compression=compression)
    answer = back(client, file.getvalue())
    rows = cells(answer)
    found = {name: [row[n] for row in rows] for n, name in enumerate(PARQUET)}
    assert found == {name: texts for name, (_, _, texts) in PARQUET.items()}
    with_types = [f'name="{name}" datatype="{kind}"' for name, (_, kind, _) in PARQUET.items()]
    assert [text for text in with_types if text.encode() not in answer] == []
