"""Every type and xtype of VOTable in every format, and tables that are wide, null or empty."""

from __future__ import annotations

import csv
import io
import json
import math
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from lxml import etree, html
from pyvo.dal.tap import TAPResults

from schemas.declaration import Column
from tap.formats import FORMATS
from tap.output.delimited import csv_table
from tap.output.fits_table import fits_table
from tap.output.ipc import arrow_stream
from tap.output.json_table import json_table
from tap.output.parquet import CONTENT_KEY, parquet_table
from tap.votable import Binary, Binary2, TableData, votable_document
from tests.output.exotic import COLUMNS, KINDS, ROWS, WIDE, WIDE_ROWS
from tests.output.tables import result
from tests.support.validity import (
    assert_valid_xml,
    assert_votlint_silent,
    parse_votable,
    stilts,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.output.exotic import Kind

SERIALIZATIONS: list[type[TableData | Binary]] = [TableData, Binary, Binary2]

NO_ASTROPY = {
    *("words", "glyphs"),  # arrays of texts, which it refuses (E01)
    *("letter", "glyph"),  # single characters, of which it warns (W47)
}
NO_BINARY = {
    "bits",  # of varying number: astropy takes each for a byte
    "pairs",  # astropy counts pairs where VOTable 1.4, section 5.3, counts elements
}
"""What astropy misreads in BINARY and BINARY2."""
NO_VOTLINT = {
    *("letter", "glyph"),  # it warns of single characters
    "moc",  # an xtype of DALI 1.2, which it does not know
    "polygon",  # it wants vertices where there is a null in TABLEDATA, which is an empty TD
    *("bits", "complexes"),  # in BINARY it counts them otherwise than section 5.3 says
}


def written(
    form: type[TableData | Binary], kinds: tuple[Kind, ...] = KINDS, rows: int = 3
) -> bytes:
    values = tuple(zip(*(kind.values[:rows] for kind in kinds), strict=True))
    columns = tuple(kind.column for kind in kinds)
    return b"".join(votable_document(result(values, columns), form))


def some(without: set[str]) -> tuple[Kind, ...]:
    return tuple(kind for kind in KINDS if kind.column.name not in without)


def _expected(kind: Kind, value: Any) -> Any:  # noqa: ANN401 # of any type
    """Give a value as numpy has it."""
    if "omplex" in kind.column.datatype and value is not None:
        parts = np.array(value, float)
        numbers = parts[::2] + 1j * parts[1::2]
        return numbers if kind.column.arraysize else numbers[0]
    return value


def _same(found: Any, kind: Kind, value: Any) -> bool:  # noqa: ANN401 # of any type
    wanted = _expected(kind, value)
    if kind.column.datatype in ("char", "unicodeChar"):
        return str(found) == (wanted or "")
    if wanted is None:
        # Arrays of fixed length hold what means nothing, those of varying length hold nothing.
        flat = np.ma.asarray(found).ravel()
        return bool(np.ma.getmaskarray(flat).all() or np.isnan(flat).all() or not flat.any())
    flat = np.ma.asarray(found).ravel()
    return flat.size == np.size(wanted) and bool(
        np.array_equal(flat.data, np.ravel(wanted), equal_nan=flat.dtype.kind in "fc")
    )


@pytest.mark.parametrize("form", SERIALIZATIONS)
def test_astropy_reads_them(form: type[TableData | Binary]) -> None:
    kinds = some(NO_ASTROPY | (NO_BINARY if form is not TableData else set()))
    table = parse_votable(written(form, kinds)).get_first_table()
    assert len(table.array) == len(ROWS)
    for kind in kinds:
        field = table.get_field_by_id_or_name(kind.column.name)
        assert (field.datatype, field.xtype) == (kind.column.datatype, kind.column.xtype)
        for found, value in zip(table.array[kind.column.name], kind.values, strict=True):
            assert _same(found, kind, value), (kind.column.name, found, value)


@pytest.mark.parametrize("form", SERIALIZATIONS)
@pytest.mark.parametrize("rows", [3, 0])
def test_validators_are_silent(form: type[TableData | Binary], rows: int) -> None:
    document = written(form, some(NO_VOTLINT), rows)
    assert_valid_xml(document)
    assert_votlint_silent(document)


def _stilts(content: bytes, form: str, folder: Path) -> list[list[str]]:
    path = folder / "table"
    path.write_bytes(content)
    command = [
        *(stilts(), "-Dfile.encoding=UTF-8", "tpipe", f"in={path}", f"ifmt={form}", "ofmt=csv"),
    ]
    run = subprocess.run(command, capture_output=True, check=True)
    return list(csv.reader(io.StringIO(run.stdout.decode(), newline="")))


def test_stilts_reads_all_forms_alike(tmp_path: Path) -> None:
    kinds = some({"complexes", "glyph", "glyphs"})  # FITS has no Unicode
    columns = tuple(kind.column for kind in kinds)
    # Only BINARY2 tells a null array from one of nothing.
    rows = tuple(zip(*((kind.plain, kind.odd) for kind in kinds), strict=True))
    text, binary, binary2 = (
        _stilts(b"".join(votable_document(result(rows, columns), form)), "votable", tmp_path)
        for form in SERIALIZATIONS
    )
    assert [len(line) for line in text] == [len(kinds)] * 3
    assert text == binary == binary2
    as_fits = _stilts(b"".join(fits_table(result(rows, columns))), "fits", tmp_path)
    # In FITS arrays of texts have one length, and a length that varies has no place in TDIM.
    words, pairs = (text[0].index(name) for name in ("words", "pairs"))
    assert (text[1][pairs], as_fits[1][pairs]) == ("((1, 2), (3, 4))", "(1, 2, 3, 4)")
    assert (text[2][words], as_fits[2][words]) == ("(x)", "(x, null)")
    for line in (*text, *as_fits):
        line[pairs] = line[words] = ""
    assert as_fits == text


def test_stilts_reads_csv(tmp_path: Path) -> None:
    numbered = (Column("number", "int"), *COLUMNS)  # a number tells it which line has the names
    rows = tuple((number, *row) for number, row in enumerate(ROWS))
    content = b"".join(csv_table(result(rows, numbered)))
    read = _stilts(content, "csv", tmp_path)
    assert read[0] == [column.name for column in numbered]
    ours = list(csv.reader(io.StringIO(content.decode(), newline="")))
    # It takes CSV for Latin-1, so that text outside ASCII is another one.
    for name in ("number", "letter", "moc", "interval", "pairs", "link", "four_bytes"):
        place = read[0].index(name)
        assert [line[place] for line in read] == [line[place] for line in ours]


def _plain(value: Any) -> Any:  # noqa: ANN401 # of any type
    """Write numbers as they compare, and as JSON has those that are not finite."""
    if isinstance(value, list):
        return [_plain(element) for element in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    return value


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_pyarrow_reads_them(form: str) -> None:
    if form == "parquet":
        content = b"".join(parquet_table(result(ROWS, COLUMNS)))
        table = pq.read_table(io.BytesIO(content))
    else:
        table = pa.ipc.open_stream(b"".join(arrow_stream(result(ROWS, COLUMNS)))).read_all()
    for place, kind in enumerate(KINDS):
        assert _plain(table.column(place).to_pylist()) == _plain(list(kind.values)), kind.column


def test_the_votable_in_parquet_describes_them() -> None:
    content = b"".join(parquet_table(result(ROWS, COLUMNS)))
    document = pq.read_metadata(io.BytesIO(content)).metadata[CONTENT_KEY.encode()]
    assert_valid_xml(document)
    assert not list(etree.fromstring(document).iter("{*}DATA"))
    fields = list(etree.fromstring(document).iter("{*}FIELD"))
    told = [(field.get("datatype"), field.get("arraysize"), field.get("xtype")) for field in fields]
    assert told == [(c.datatype, c.arraysize, c.xtype) for c in COLUMNS]


def test_json_has_them() -> None:
    document = json.loads(b"".join(json_table(result(ROWS, COLUMNS))))
    for place, kind in enumerate(KINDS):
        found = [row[place] for row in document["data"]]
        assert found == _plain(list(kind.values)), kind.column


@pytest.mark.filterwarnings("ignore:Column 'truths' contains NULL")
def test_astropy_reads_them_from_fits() -> None:
    content = b"".join(fits_table(result(ROWS, COLUMNS)))
    with fits.open(io.BytesIO(content)) as hdus:
        hdus.verify("exception")
        header, data = hdus[1].header, hdus[1].data
        for place, kind in enumerate(KINDS, 1):
            column = kind.column
            assert header.get(f"TXTYP{place}") == column.xtype
            assert header.get(f"TUNIT{place}") == column.unit
            assert header.get(f"TUCD{place}") == column.ucd
            if "x" in (column.arraysize or "") and column.datatype != "int":
                ascii_only = [[t.replace("\u00e4", "?") for t in v or ()] for v in kind.values]
                found = [
                    [text.rstrip() for text in value.tolist() if text]
                    for value in data[column.name]
                ]
                assert found == ascii_only
                continue
            for found, value in zip(data[column.name], kind.values, strict=True):
                wanted = value.replace("\u00e4", "?") if isinstance(value, str) else value
                null = header.get(f"TNULL{place}")
                if value is None and null is not None:
                    assert set(np.ravel(found)) <= {null}
                    continue
                assert _same(found, kind, wanted), (column.name, found, wanted)


@pytest.mark.parametrize("form", [made.aliases[0] for made in FORMATS])
def test_two_hundred_columns(form: str) -> None:
    (made,) = (one for one in FORMATS if one.aliases[0] == form)
    content = b"".join(made.write(result(WIDE_ROWS, WIDE)))
    rows = _rows(form, content)
    assert [[float(value) for value in row] for row in rows] == [list(row) for row in WIDE_ROWS]


def _rows(form: str, content: bytes) -> list[list[Any]]:
    """Read rows of numbers back."""
    if form.startswith("votable"):
        return [list(row) for row in parse_votable(content).get_first_table().array]
    return _READERS[form](content)


def _fits_rows(content: bytes) -> list[list[Any]]:
    with fits.open(io.BytesIO(content)) as hdus:
        assert hdus[1].header["TCOMM200"] == "Column 199"
        return [list(row) for row in hdus[1].data]


def _html_rows(content: bytes) -> list[list[Any]]:
    page = html.document_fromstring(content.decode())
    return [[td.text for td in tr.iter("td")] for tr in page.iter("tr")][1:]


def _separated_rows(content: bytes, separator: str = ",") -> list[list[Any]]:
    text = io.StringIO(content.decode(), newline="")
    return list(csv.reader(text, delimiter=separator))[1:]


def _arrow_rows(table: pa.Table) -> list[list[Any]]:
    return [list(row.values()) for row in table.to_pylist()]


_READERS: dict[str, Callable[[bytes], list[list[Any]]]] = {
    "fits": _fits_rows,
    "parquet": lambda content: _arrow_rows(pq.read_table(io.BytesIO(content))),
    "arrow": lambda content: _arrow_rows(pa.ipc.open_stream(content).read_all()),
    "json": lambda content: list(json.loads(content)["data"]),
    "html": _html_rows,
    "text": lambda content: [line.split() for line in content.decode().splitlines()[2:]],
    "csv": _separated_rows,
    "tsv": lambda content: _separated_rows(content, "\t"),
}


@pytest.mark.parametrize("form", [made.aliases[0] for made in FORMATS])
def test_a_table_without_rows_is_one(form: str) -> None:
    (made,) = (one for one in FORMATS if one.aliases[0] == form)
    assert _rows(form, b"".join(made.write(result((), WIDE)))) == []


def test_pyvo_reads_rows_and_metadata() -> None:
    kinds = some(NO_ASTROPY)
    columns = tuple(kind.column for kind in kinds)
    values = tuple(zip(*(kind.values for kind in kinds), strict=True))
    for form, without in ((TableData, frozenset()), (Binary2, NO_BINARY)):
        kept = [place for place, c in enumerate(columns) if c.name not in without]
        rows = tuple(tuple(row[place] for place in kept) for row in values)
        document = votable_document(result(rows, tuple(columns[n] for n in kept)), form)
        read = TAPResults(parse_votable(b"".join(document)))
        assert len(read) == len(rows)
        assert read.query_status == "OK"
        assert list(read["circle"][2]) == [359.99, -90.0, 180.0]
        assert read["moc"][0] == "3/1-5 4/77"
        assert read.getdesc("circle").unit == "deg"
        assert read.fieldname_with_ucd("meta.ref.url") == "link"
