"""What is wrong with a file is said so that its sender can put it right; nothing is left out."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits

from tap.errors import UsageError
from tests.readers.files import (
    NAMESPACE,
    NUMBERS,
    binary,
    fits_in_votable,
    fits_table,
    stream,
    table_data,
    uploaded,
    votable,
)

INT = '<FIELD name="n" datatype="int"/>'
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<!DOCTYPE VOTABLE [<!ENTITY e0 "laughter">{BOMB}]>'
PARAMETER_BOMB = LAUGHS.replace("<!ENTITY ", "<!ENTITY % ").replace('"&', '"&#37;')


def outside(place: str) -> str:
    return f'<!DOCTYPE VOTABLE [<!ENTITY x SYSTEM "{place}">]>'


def cells(text: str, field: str = INT, prolog: str = "") -> bytes:
    return votable(f"<TABLEDATA><TR><TD>{text}</TD></TR></TABLEDATA>", field, prolog=prolog)


def parquet(**columns: pa.Array) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def without_columns() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"n": [1]}).select([]), file)
    return file.getvalue()


def changed_fits(old: bytes, new: bytes) -> bytes:
    content = fits_table()
    assert old in content
    return content.replace(old, new.ljust(len(old)), 1)


def image() -> bytes:
    file = io.BytesIO()
    fits.PrimaryHDU(np.zeros((3, 3))).writeto(file)
    return file.getvalue()


def two_columns(one: str, other: str) -> str:
    return f'<FIELD name="{one}" datatype="int"/><FIELD name="{other}" datatype="int"/>'


XML = {
    "laughter in a cell": (cells("&e9;", prolog=LAUGHS), "defines entities"),
    "laughter in an attribute": (
        votable("", '<FIELD name="&e9;" datatype="int"/>', prolog=LAUGHS),
        "defines entities",
    ),
    "laughter in parameters": (cells("1", prolog=PARAMETER_BOMB), "defines entities"),
    "a file of the server": (cells("&x;", prolog=outside("file:///etc/passwd")), "entities"),
    "another server's": (cells("&x;", prolog=outside("http://10.0.0.1/")), "entities"),
    "an entity nobody defined": (cells("&nbsp;"), "no well-formed XML"),
    "a web page": (b"<html><body>Not found</body></html>", "no VOTable"),
    "an error document": (
        f'<VOTABLE xmlns="{NAMESPACE}"><RESOURCE><INFO/></RESOURCE></VOTABLE>'.encode(),
        "no VOTable with a TABLE",
    ),
    "very deep": (votable("", before="<RESOURCE>" * 300), "Excessive depth"),
    "something behind the end": (table_data() + b"<more/>", "no well-formed XML"),
    "no FIELD": (votable("<TABLEDATA/>", "<DESCRIPTION/>"), "the TABLE has no FIELD"),
    "an unknown datatype": (votable("", '<FIELD name="n" datatype="text"/>'), "'text'"),
    "an unknown arraysize": (
        votable("", '<FIELD name="n" datatype="int" arraysize="two"/>'),
        "arraysize 'two'",
    ),
    "a null that is none": (
        votable("", '<FIELD name="n" datatype="int"><VALUES null="x"/></FIELD>'),
        "the null value 'x'",
    ),
    "columns alike": (votable("", two_columns("n", "n")), "two of its columns are named n"),
    "a cell too few": (
        votable("<TABLEDATA><TR><TD>1</TD></TR></TABLEDATA>", two_columns("n", "m")),
        "row 1 has 1 cells; the table has 2 columns",
    ),
    "an element in a cell": (cells("1<b>2</b>"), "row 1 has elements within a cell"),
    "no number": (cells("1.5"), "row 1, column n: '1.5' is no int"),
    "too large a number": (cells("2147483648"), "'2147483648' is no int"),
    "no truth": (cells("yes", '<FIELD name="b" datatype="boolean"/>'), "'yes' is no boolean"),
    "no time": (
        cells("yesterday", '<FIELD name="t" datatype="char" arraysize="*" xtype="timestamp"/>'),
        "'yesterday' is no time such as",
    ),
    "another shape": (
        cells("1 2 3", '<FIELD name="a" datatype="int" arraysize="2x2"/>'),
        "3 values; arraysize 2x2",
    ),
}
STREAMS = {
    "another encoding": (votable(binary("BINARY", 'encoding="gzip"')), "is not base64"),
    "elsewhere": (votable(binary("BINARY", 'href="file:///etc/passwd"')), "at another place"),
    "no base64": (votable(binary("BINARY", content="*" * 8)), "no base64"),
    "half a group": (votable(binary("BINARY", content=stream("BINARY")[:-2])), "cut short"),
    "a comment in it": (
        votable(binary("BINARY", content=f"{stream('BINARY')[:8]}<!-- -->")),
        "holds markup",
    ),
    "as character data": (
        votable(binary("BINARY", content=f"<![CDATA[{stream('BINARY')}]]>")),
        "holds markup",
    ),
    "no STREAM": (votable("<BINARY2></BINARY2>"), "the data have no STREAM"),
    "half a row": (votable(binary("BINARY", content="AAAA")), "the data end within row 1"),
    "fewer elements than none": (
        votable(binary("BINARY", content="AAAAB/////8=")),
        "row 1, column s: -1 elements",
    ),
    "FITS with other columns": (
        fits_in_votable().replace(b'<FIELD name="n" datatype="int"/>', b""),
        "has 1 FIELDs, and the FITS table 2 columns",
    ),
    "FITS with another extension": (
        fits_in_votable().replace(b'extnum="1"', b'extnum="4"'),
        "no binary table",
    ),
    "FITS that is none": (fits_in_votable(b"x" * 3000), "FITS"),
}
OTHERS = {
    "nothing": (b"", "the file is empty"),
    "blanks": (b" \n\n", "the file is empty"),
    "an archive": (b"PK\x03\x04\x00\x00", "no known format"),
    "FITS without a table": (image(), "no binary table"),
    "an unknown TFORM": (changed_fits(b"'J       '", b"'Z'"), "TFORM 'Z'"),
    "FITS of other length": (changed_fits(b"'J       '", b"'9J'"), "a row of the FITS table has"),
    "more rows than FITS holds": (
        changed_fits(b"NAXIS2  =                    3", b"NAXIS2  =                  999"),
        "ends within row",
    ),
    "a place beyond the heap": (
        changed_fits(b"PCOUNT  =                    6", b"PCOUNT  =                    3"),
        "its place is not in the heap",
    ),
    "a Parquet type of its own": (
        parquet(n=pa.array([{"a": 1}])),
        "column n has the Parquet type struct",
    ),
    "too large a Parquet number": (
        parquet(n=pa.array([2**64 - 1], pa.uint64())),
        "column n: a value is beyond",
    ),
    "Parquet without columns": (without_columns(), "it has no columns"),
    "CSV without names": (b",,\n1,2,3\n", "no names of columns"),
    "CSV with names alike": (b"a,a\n1,2\n", "two of its columns are named a"),
    "CSV with a value too few": (b"a,b\n1,2\n3\n", "line 3: 1 values instead of 2"),
    "CSV in Latin 1": ("a,b\n1,2\n1,é\n".encode("latin-1"), "line 3 is no text in UTF-8"),
    "CSV in UTF-16": ("a,b\n1,2\n".encode("utf-16"), "UTF-16; send it in UTF-8"),
    "lines of old": (b"a,b\r1,2\r", "end them in LF"),
    "too many columns": (",".join(f"c{n}" for n in range(1001)).encode(), "at most 1000"),
}
EVERY = XML | STREAMS | OTHERS


@pytest.mark.parametrize("what", EVERY)
def test_a_mistake_is_told(what: str) -> None:
    content, reason = EVERY[what]
    with pytest.raises(UsageError) as caught:
        uploaded(content)
    message = str(caught.value)
    assert message.startswith("The uploaded table t cannot be read: ")
    assert reason in message
    assert message.endswith("Correct the file and send it again.")


def test_nothing_of_another_file_comes_in() -> None:
    """An entity that leads elsewhere is refused, and is not in the message either."""
    with pytest.raises(UsageError) as caught:
        uploaded(cells("&x;", '<FIELD name="s" datatype="char" arraysize="*"/>',
                       outside("file:///etc/passwd")))  # fmt: skip
    assert "root:" not in str(caught.value)


BINARY = binary("BINARY2")
LOOKALIKE = '<INFO name="a" value="&lt;STREAM>"/><!-- <STREAM> --><DESCRIPTION>'
WELL_FORMED = {
    "what looks like a STREAM": votable(
        BINARY, before=f"{LOOKALIKE}<![CDATA[<STREAM encoding='base64'>]]></DESCRIPTION>"
    ),
    "an end of a tag in a value": votable(binary("BINARY2", 'role="a>b" encoding="base64"')),
    "single quotes": votable(binary("BINARY2", "encoding='base64'")),
    "a document type": votable(BINARY, prolog="<!DOCTYPE VOTABLE>"),
    "a prefix": votable(BINARY)
    .replace(b"</", b"</v:")
    .replace(b" xmlns=", b" xmlns:v=")
    .replace(b"<V", b"<v:V").replace(b"<R", b"<v:R").replace(b"<T", b"<v:T")
    .replace(b"<F", b"<v:F").replace(b"<D", b"<v:D").replace(b"<B", b"<v:B")
    .replace(b"<S", b"<v:S"),
    "UTF-16": votable(BINARY).decode().replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16"),
    "UTF-16 without a mark": votable(BINARY).decode().encode("utf-16-be"),
    "a mark of UTF-8": b"\xef\xbb\xbf" + votable(BINARY),
    "no namespace": votable(BINARY).replace(f' xmlns="{NAMESPACE}"'.encode(), b""),
    "a second table": votable(BINARY).replace(b"</TABLE>", b"</TABLE><TABLE/>"),
    "character data": votable(
        "<TABLEDATA><TR><TD><![CDATA[7]]></TD><TD>a</TD></TR>"
        "<TR><TD>8<!-- eight --></TD><TD>bcd</TD></TR>"
        "<TR><TD>&#57;</TD><TD>ef</TD></TR></TABLEDATA>"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WELL_FORMED)
def test_what_xml_allows_is_read(what: str) -> None:
    rows = uploaded(WELL_FORMED[what]).rows.to_pydict()
    assert rows == {"c0": list(NUMBERS), "c1": ["a", "bcd", "ef"]}


def test_a_stream_without_rows() -> None:
    for empty in (binary("BINARY2", content=""), '<BINARY2><STREAM encoding="base64"/></BINARY2>'):
        assert uploaded(votable(empty)).rows.num_rows == 0


def test_days_that_do_not_exist_are_texts_in_csv() -> None:
    rows = uploaded(b"day,time\n2009-01-31,2009-01-31T12:00:00Z\n2009-02-31,2009-02-01\n").rows
    assert rows.to_pydict()["c0"] == ["2009-01-31", "2009-02-31"]
    assert pa.types.is_timestamp(rows.schema.field("c1").type)
