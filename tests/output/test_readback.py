"""Every format, read back by other people's programs, gives what was written."""

from __future__ import annotations

import csv
import io
import json
import math
import subprocess
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from schemas.declaration import Column
from tap.arrow.types import arrow_schema
from tap.output.delimited import csv_table, tsv_table
from tap.output.fits_table import fits_table
from tap.output.html_table import html_table
from tap.output.ipc import arrow_stream
from tap.output.json_table import json_table
from tap.output.parquet import CONTENT_KEY, VERSION_KEY, parquet_table
from tap.output.plain import text_table
from tap.votable import Binary, Binary2, TableData, votable_document
from tests.output.tables import COLUMNS, ROWS, result
from tests.support.validity import (
    assert_valid_xml,
    assert_votlint_silent,
    parse_votable,
    stilts,
)
from tests.tap.answers import statuses

if TYPE_CHECKING:
    from pathlib import Path

SERIALIZATIONS: list[type[TableData | Binary]] = [TableData, Binary, Binary2]


def same(found: Any, written: Any, column: Column) -> bool:  # noqa: ANN401 # of any type
    """Compare a value as a reader gives it with the one that was written."""
    if np.ma.is_masked(found) and not np.ndim(found):
        return written is None or (isinstance(written, float) and math.isnan(written))
    if column.xtype == "timestamp":
        return str(found) == ("" if written is None else written.isoformat())
    if column.datatype in ("char", "unicodeChar"):
        # astropy takes blanks at the ends of a TD for layout.
        return str(found) in (written or "", (written or "").strip())
    if column.arraysize is None:
        return bool(np.array_equal(found, written, equal_nan=isinstance(written, float)))
    if written is None:
        return bool(np.ma.getmaskarray(np.ma.asarray(found)).all())
    flat = np.ma.asarray(found).ravel()
    expected = np.array(list(written) if isinstance(written, bytes) else written).ravel()
    return len(flat) == len(expected) and bool(np.array_equal(flat.filled(0), expected))


@pytest.mark.parametrize("form", SERIALIZATIONS)
def test_astropy_reads_votable(form: type[TableData | Binary]) -> None:
    document = b"".join(votable_document(result(), form))
    table = parse_votable(document).get_first_table()
    assert [field.name for field in table.fields] == [column.name for column in COLUMNS]
    for column in COLUMNS:
        for found, row in zip(table.array[column.name], ROWS, strict=True):
            written = row[COLUMNS.index(column)]
            assert same(found, written, column), (column.name, found, written)


@pytest.mark.parametrize("form", SERIALIZATIONS)
@pytest.mark.parametrize("rows", [ROWS, ROWS[1:2], ()], ids=["all", "nulls", "none"])
def test_validators_are_silent(form: type[TableData | Binary], rows: tuple[Any, ...]) -> None:
    document = b"".join(votable_document(result(rows), form))
    assert_valid_xml(document)
    assert_votlint_silent(document)
    assert b"<COOSYS" in document
    assert b"<TIMESYS" in document


def _stilts_csv(content: bytes, form: str, folder: Path) -> list[list[str]]:
    path = folder / "table"  # STILTS finds the heap of a FITS table only in a file
    path.write_bytes(content)
    command = [stilts(), "tpipe", f"in={path}", f"ifmt={form}", "ofmt=csv"]
    run = subprocess.run(command, capture_output=True, check=True)
    return list(csv.reader(io.StringIO(run.stdout.decode(), newline="")))


def test_stilts_reads_all_votables_alike(tmp_path: Path) -> None:
    text, binary, binary2 = (
        _stilts_csv(b"".join(votable_document(result(), form)), "votable", tmp_path)
        for form in SERIALIZATIONS
    )
    assert text == binary
    # Only BINARY2 can say that a whole array of numbers is null.
    assert binary2.pop(2) == [""] * len(COLUMNS)
    assert text.pop(2)[:13] == [""] * 13
    assert text == binary2
    assert text[1][:5] == ["true", "200", "-5", "7", str(2**62)]
    assert text[1][8:10] == ["2009-01-31T12:00:00", "Étoile <1> & “2”"]


@pytest.mark.parametrize("form", SERIALIZATIONS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_rows_read_back(form: type[TableData | Binary], data: st.DataObject) -> None:
    columns = tuple(c for c in COLUMNS if c.name in {"big", "mag", "ra", "name", "counts", "flag"})
    text = st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff",
                                 exclude_categories=("Cs", "Cc")))  # fmt: skip
    values = {
        "flag": st.none() | st.booleans(),
        "big": st.none() | st.integers(-(2**63), 2**63 - 1),
        "mag": st.none() | st.floats(width=32),
        "ra": st.none() | st.floats(),
        "name": st.none() | text,
        "counts": st.none() | st.lists(st.integers(-(2**31), 2**31 - 1)),
    }
    row = st.tuples(*(values[column.name] for column in columns))
    rows = tuple(data.draw(st.lists(row, max_size=8)))
    document = b"".join(votable_document(result(rows, columns), form))
    table = parse_votable(document).get_first_table().array
    for number, column in enumerate(columns):
        for found, written in zip(table[column.name] if rows else (), rows, strict=True):
            if column.name == "counts" and not written[number]:
                continue  # astropy gives null and empty arrays alike
            assert same(found, written[number], column), (column.name, found, written[number])


def _python(column: Column, value: object) -> object:
    """Give a value as Arrow's own conversion to Python does."""
    if isinstance(value, bytes):
        return list(value)
    if column.arraysize == "2x2" and isinstance(value, list):
        return [element for part in value for element in part]
    return value


def _assert_equal(table: pa.Table) -> None:
    for number, column in enumerate(COLUMNS):
        found = table.column(number).to_pylist()
        written = [_python(column, row[number]) for row in ROWS]
        assert repr(found) == repr(written), column.name


def test_pyarrow_reads_parquet_with_its_votable() -> None:
    content = b"".join(parquet_table(result()))
    _assert_equal(pq.read_table(io.BytesIO(content)))
    metadata = pq.read_metadata(io.BytesIO(content)).metadata
    assert metadata[VERSION_KEY.encode()] == b"1.0"
    assert_valid_xml(metadata[CONTENT_KEY.encode()])
    fields = list(etree.fromstring(metadata[CONTENT_KEY.encode()]).iter("{*}FIELD"))
    assert [field.get("name") for field in fields] == [column.name for column in COLUMNS]
    assert fields[6].get("ucd") == "pos.eq.ra;meta.main"


@pytest.mark.parametrize("maxrec", [None, 2])
def test_pyarrow_reads_the_arrow_stream(maxrec: int | None) -> None:
    reader = pa.ipc.open_stream(b"".join(arrow_stream(result(maxrec=maxrec))))
    assert CONTENT_KEY.encode() in reader.schema.metadata
    assert reader.schema.field("ra").metadata[b"unit"] == b"deg"
    batches, told = [], []
    for batch, metadata in reader.iter_batches_with_custom_metadata():
        batches.append(batch)
        told += [] if metadata is None else [metadata[b"QUERY_STATUS"]]
    assert told == ([] if maxrec is None else [b"OVERFLOW"])
    if maxrec is None:
        _assert_equal(pa.Table.from_batches(batches))


def test_parquet_tells_an_overflow() -> None:
    metadata = pq.read_metadata(io.BytesIO(b"".join(parquet_table(result(maxrec=2))))).metadata
    assert [s for s, _ in statuses(metadata[CONTENT_KEY.encode()])] == ["OK", "OVERFLOW"]


def _ascii(value: object) -> str:
    return "".join(c if c.isascii() else "?" for c in str(value))


def test_astropy_reads_fits() -> None:
    content = b"".join(fits_table(result()))
    assert len(content) % 2880 == 0
    with fits.open(io.BytesIO(content), logical_as_bytes=True) as hdus:
        hdus.verify("exception")
        header, data = hdus[1].header, hdus[1].data
        assert header["NAXIS2"] == len(ROWS)
        assert [header[f"TTYPE{n}"] for n in range(1, 21)] == [c.name for c in COLUMNS]
        assert header["TUNIT7"] == "deg"
        assert header["TUCD7"] == "pos.eq.ra;meta.main"
        assert list(data["flag"]) == [b"T", b"", b"F", b"T"]
        nulls = {name: header[f"TNULL{n}"] for n, name in enumerate(header["TTYPE*"].values(), 1)
                 if f"TNULL{n}" in header}  # fmt: skip
        for name in ("byte", "small", "count", "big"):
            written = [row[[c.name for c in COLUMNS].index(name)] for row in ROWS]
            assert list(data[name]) == [nulls[name] if v is None else v for v in written]
        assert math.isnan(data["mag"][1])
        assert list(data["name"]) == [_ascii(row[9] or "").replace("\t", "\t").rstrip()
                                      for row in ROWS]  # fmt: skip
        assert list(data["seen"])[2] == "2009-01-31T12:00:00.000250"
        assert data["matrix"].shape == (4, 2, 2)
        assert [list(v) for v in data["fluxes"]] == [[0.1, 1e300], [], [], [1.5]]
        assert [list(v) for v in data["bytes"]] == [[0, 255], [], [], [97, 98, 99]]
        assert [list(v) for v in data["counts"]] == [[1, 2, 3], [], [], [-(2**31), 2**31 - 1]]


def test_stilts_reads_fits_like_votable(tmp_path: Path) -> None:
    fields = tuple(c for c in COLUMNS if c.name not in {"name", "wide"})  # FITS has no Unicode
    chosen = [COLUMNS.index(column) for column in fields]
    # STILTS gives null arrays of integers as the null value; the formats differ in it.
    rows = tuple(tuple(row[n] for n in chosen) for row in ROWS if row[0] is not None)
    as_fits = _stilts_csv(b"".join(fits_table(result(rows, fields))), "fits", tmp_path)
    as_votable = _stilts_csv(
        b"".join(votable_document(result(rows, fields), Binary2)), "votable", tmp_path
    )
    assert as_fits == as_votable


@pytest.mark.parametrize("rows", [(), ROWS[1:2]], ids=["none", "nulls"])
def test_fits_of_nothing(rows: tuple[Any, ...]) -> None:
    with fits.open(io.BytesIO(b"".join(fits_table(result(rows))))) as hdus:
        hdus.verify("exception")
        assert len(hdus[1].data) == len(rows)


def test_json_is_strict_and_complete() -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    document = json.loads(b"".join(json_table(result())), parse_constant=refuse)
    assert document["query_status"] == "OK"
    assert document["metadata"][6]["unit"] == "deg"
    frame, times = document["systems"]
    assert (frame["element"], frame["system"]) == ("COOSYS", "ICRS")
    assert (times["element"], times["timescale"]) == ("TIMESYS", "UTC")
    assert [document["metadata"][n]["ref"] for n in (6, 7, 8)] == [
        frame["ID"], frame["ID"], times["ID"],
    ]  # fmt: skip
    first, nulls, odd, _ = document["data"]
    assert nulls == [None] * len(COLUMNS)
    assert first[:7] == [True, 200, -5, 7, 2**62, 1.1, 100.25]
    assert first[8:10] == ["2009-01-31T12:00:00", "Étoile <1> & “2”"]
    assert odd[5:8] == ["+Inf", "NaN", "-Inf"]
    assert odd[9] == 'tab\tquote" comma, line\nend'
    assert first[15:] == [[0.1, 1e300], [1, 2, 3], [1, 2, 3], [True, False], [0, 255]]
    empty = json.loads(b"".join(json_table(result((), maxrec=0))))
    assert (empty["data"], empty["query_status"]) == ([], "OVERFLOW")


def test_csv_and_tsv_have_the_same_values() -> None:
    text = b"".join(csv_table(result())).decode()
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert lines[0] == [column.name for column in COLUMNS]
    assert lines[3][9] == 'tab\tquote" comma, line\nend'
    tabbed = [line.split("\t") for line in b"".join(tsv_table(result())).decode().splitlines()]
    assert tabbed[3][9] == 'tab quote" comma, line end'
    assert [line[:9] for line in tabbed] == [line[:9] for line in lines]


def test_html_is_a_page_with_links_and_nothing_to_run_but_our_script() -> None:
    columns = (Column("n", "int", "A <number>", unit="m"),
               Column("url", "char", arraysize="*", ucd="meta.ref.url"))  # fmt: skip
    rows = ((1, 'https://example.org/?a=1&b="2"'), (2, "javascript:alert(1)"), (None, "<script>"))
    page = html.document_fromstring(b"".join(html_table(result(rows, columns, maxrec=3))).decode())
    assert [a.get("href") for a in page.iter("a")] == [rows[0][1]]
    assert ["".join(map(str, td.itertext())) for td in page.iter("td")] == [
        "1", rows[0][1], "2", rows[1][1], "", rows[2][1],
    ]  # fmt: skip
    assert [s.get("src") for s in page.iter("script")] == [
        "https://vo.example.org/tap/assets/table.js"
    ]
    assert page.xpath("//th/@title") == ["A <number>"]
    cut = b"".join(html_table(result(rows, columns, maxrec=1))).decode()
    assert "There is more" in cut


def test_text_is_aligned() -> None:
    columns = (Column("n", "int"), Column("name", "unicodeChar", arraysize="*"))
    rows = ((1, "é"), (100, None), (None, "long\nname"))
    lines = b"".join(text_table(result(rows, columns, maxrec=2))).decode().splitlines()
    assert lines[:4] == ["  n  name", "---  ----", "  1  é   ", "100      "]
    assert lines[4].startswith("# the answer is cut off after 2 rows")


def test_text_is_aligned_under_odd_names() -> None:
    columns = (Column("two\nlines", "int"), Column("\u00e9", "char", arraysize="*"))
    lines = b"".join(text_table(result(((1, "ab"),), columns))).decode().splitlines()
    assert lines == ["two lines  \u00e9 ", "---------  --", "        1  ab"]


def test_the_schema_is_that_of_the_columns() -> None:
    assert arrow_schema(COLUMNS).field("seen").type == pa.timestamp("us")
    assert isinstance(ROWS[0][8], datetime)
