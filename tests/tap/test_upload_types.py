"""Every datatype and all metadata through an upload and back, in every form."""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from astropy.table import Table

from tests.support.validity import assert_valid_xml, assert_votlint_silent, stilts
from tests.tap.answers import cells, error_text
from tests.tap.test_uploads import send

if TYPE_CHECKING:
    from flask.testing import FlaskClient

DOCUMENT = Path(__file__).with_name("roundtrip.vot").read_bytes()
"""A column of each type, with a row of values and a row of nulls."""

EMPTY = re.sub(rb"<TR>.*</TR>", b"", DOCUMENT, flags=re.DOTALL)

ALL = "SELECT * FROM TAP_UPLOAD.t"


def back(client: FlaskClient, content: bytes, form: str = "votable/td") -> bytes:
    """Upload a file and select all of it."""
    response = send(client, ALL, "t,param:f", {"f": content}, RESPONSEFORMAT=form)
    assert response.status_code == 200, error_text(response)
    answer: bytes = response.data
    return answer


def test_values_and_nulls(client: FlaskClient) -> None:
    answer = back(client, DOCUMENT)
    assert_valid_xml(answer)
    assert cells(answer) == [
        [
            "true", "1", "1 0 1 1 0 0 1 1 1 0 1", "0", "0 1 254", "-5", "2147483647",
            "-9223372036854775808", "1 2 3 4", "1.5", "1 2 3", "55000.12345678901", "1 2 3 4",
            "1 -2", "1 2 3 4", "x", "abcd", "some & text", "abcxyz", "日本 🔭",
            "2009-01-31T12:00:00.500000", "10 20", "1", "2", "7", "8",
        ],
        [
            "false", "0", "0 0 0 0 0 0 0 0 0 0 1", "", "", "", "", "", "", "", "NaN NaN NaN", "",
            "NaN NaN NaN NaN", "NaN NaN", "NaN NaN NaN NaN", "", "", "", "", "", "", "NaN NaN", "",
            "-1e+30", "", "",
        ],
    ]  # fmt: skip


@pytest.mark.parametrize("document", [DOCUMENT, EMPTY], ids=["rows", "no rows"])
def test_metadata(client: FlaskClient, document: bytes) -> None:
    answer = back(client, document)

    def described(content: bytes) -> list[bytes]:
        return re.findall(rb"<FIELD [^>]*?name=.*?(?=<FIELD |<DATA)", content, re.DOTALL)

    def comparable(field: bytes) -> bytes:
        field = re.sub(rb"<VALUES[^>]*>| ref=\S+|</?FIELD|\s*\n\s*|/?>", b" ", field)
        return b" ".join(sorted(field.split()))

    assert [comparable(field) for field in described(answer)] == [
        comparable(field) for field in described(document)
    ]
    assert b'timescale="TT" refposition="BARYCENTER" timeorigin="2400000.5"' in answer


@pytest.mark.parametrize("document", [DOCUMENT, EMPTY], ids=["rows", "no rows"])
@pytest.mark.parametrize("form", ["votable/td", "votable/b", "votable/b2", "parquet"])
def test_an_answer_can_be_uploaded_again(client: FlaskClient, form: str, document: bytes) -> None:
    assert back(client, back(client, document, form)) == back(client, document)


def test_an_answer_in_fits_can_be_uploaded_again(client: FlaskClient) -> None:
    expected = back(client, DOCUMENT)
    found = back(client, back(client, DOCUMENT, "fits"))
    expected = expected.replace("日本 🔭".encode(), b"?? ?")  # FITS has ASCII only
    assert cells(found) == cells(expected)


@pytest.mark.parametrize("form", ["BINARY", "BINARY2", "FITS"])
def test_what_stilts_writes(client: FlaskClient, form: str, tmp_path: Path) -> None:
    # STILTS takes bits for truth values, of which it reads arrays as one.
    without_bits = re.sub(rb'<FIELD name="flags?" [^>]*>\n', b"", DOCUMENT)
    without_bits = re.sub(rb"<TD>[01]</TD>\n<TD>[01]{11}</TD>\n", b"", without_bits)
    source, made = tmp_path / "source.vot", tmp_path / "made.vot"
    source.write_bytes(without_bits)
    command = [stilts(), "votcopy", f"in={source}", f"out={made}", f"format={form}", "href=false"]
    subprocess.run(command, check=True, capture_output=True)
    found = made.read_bytes()
    assert f"<{form}".encode() in found
    got, expected = cells(back(client, found)), cells(back(client, without_bits))
    if form == "FITS":
        # It writes ASCII only, and an array that is not there as zeros.
        got[0].remove("å, =-")
        expected[0].remove("日本 🔭")
        del got[1], expected[1]
    assert got == expected


@pytest.mark.parametrize("form", ["votable/td", "votable/b2", "votable/b"])
def test_answers_are_as_stilts_wants_them(client: FlaskClient, form: str) -> None:
    assert_valid_xml(back(client, DOCUMENT, form))
    # It has something to say of a single character, whichever way it is declared.
    document = re.sub(rb'<FIELD name="letter" [^>]*>\n', b"", EMPTY)
    assert_votlint_silent(back(client, document, form))


def test_csv(client: FlaskClient) -> None:
    content = (
        "﻿id,n,long,x,Größe,when,there,only empty\r\n"
        '0101,1,9999999999,1e3,"a, ""b""",2009-01-31,true,\r\n'
        "0102,-2,,NaN,,2009-01-31 12:00:00.25,FALSE,\r\n"
    ).encode()
    answer = back(client, content)
    assert re.findall(rb'datatype="(\w+)"', answer) == [
        b"char", b"int", b"long", b"double", b"char", b"char", b"boolean", b"char",
    ]  # fmt: skip
    assert cells(answer) == [
        ["0101", "1", "9999999999", "1000", 'a, "b"', "2009-01-31T00:00:00", "true", ""],
        ["0102", "-2", "", "", "", "2009-01-31T12:00:00.250000", "false", ""],
    ]


@pytest.mark.parametrize("separator", ["\t", ";", "|"])
def test_other_separators(client: FlaskClient, separator: str) -> None:
    content = "a,b\n1,x\n".replace(",", separator).encode()
    assert cells(back(client, content)) == [["1", "x"]]


@pytest.mark.parametrize("form", ["fits", "votable", "parquet"])
def test_what_astropy_writes(client: FlaskClient, form: str, tmp_path: Path) -> None:
    table = Table({"n": [1, 2], "small": [1, 2], "x": [[1.5, 2], [3, 4]], "s": ["a", "bc"]})
    if form == "fits":
        table["small"] = table["small"].astype("u2")
    made = tmp_path / "made"
    table.write(made, format=form)
    rows = cells(back(client, made.read_bytes()))
    assert [row[-1] for row in rows] == ["a", "bc"]
    assert [row[:2] for row in rows] == [["1", "1"], ["2", "2"]]


def test_compressed_files(client: FlaskClient) -> None:
    assert back(client, gzip.compress(DOCUMENT)) == back(client, DOCUMENT)
