"""Every mistake is told with its line and key, or its row and column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from ingest.publish.columns import plan
from ingest.publish.declaration import CsvPart, read_declaration
from ingest.publish.errors import PublishError
from ingest.publish.files import opened
from ingest.publish.values import fitted
from schemas.declaration import Column
from schemas.published import CATALOGUE

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """[schema]
name = "lab"
[table]
name = "t"
[[columns]]
name = "a"
datatype = "double"
[[columns]]
name = "b"
datatype = "double"
"""

MISTAKES = {
    # The file as a whole.
    "[schema\nx": "is no TOML: .*line 1",
    '[schema]\nname = "lab"\n': "d.toml: table is missing",
    WHOLE + "[surplus]\n": "line 11: surplus is no key of a declaration",
    WHOLE + "[positions]\n": "line 11: positions input should be a valid list",
    WHOLE.replace("[table]", '[table]\ntitel = "x"'): "line 4: table.titel is no key",
    # Names.
    WHOLE.replace('"lab"', '"Lab"'): "line 2: schema.name must be in lower case",
    WHOLE.replace('"lab"', '"pg_lab"'): "line 2: schema.name is a schema of PostgreSQL's",
    WHOLE.replace('"lab"', '"adql"'): "line 2: schema.name is a schema of the server's own",
    WHOLE.replace('"lab"', '"tap_schema"'): "line 2: schema.name is a schema of the server's",
    WHOLE.replace('"t"', '"T"'): "line 4: table.name must be in lower case",
    WHOLE.replace('"t"', f'"{"t" * 64}"'): "line 4: table.name is longer than the 63 bytes",
    WHOLE.replace('"t"', '" "'): "line 4: table.name must be a name of printable characters",
    WHOLE.replace('"t"', "3"): "line 4: table.name input should be a valid string",
    WHOLE.replace('"a"', '"xmin"'): r"line 6: columns\[1\].name is a name the database needs",
    # Columns.
    WHOLE.replace('"a"', '"aa"'): r"line 6: columns\[1\].name aa is no column of the file; did",
    WHOLE.replace('"b"', '"a"'): r"line 9: columns\[2\].name a is declared twice",
    WHOLE + 'from = "c"\n': r"line 11: columns\[2\].from c is no column of the file",
    WHOLE.replace('datatype = "double"\n[[', "[["): r"columns\[1\].datatype of a is missing",
    WHOLE.replace('"double"', '"real"'): r"line 7: columns\[1\].datatype input should be 'boolean'",
    WHOLE + 'arraysize = "3,"\n': r"line 11: columns\[2\].arraysize must be as in VOTable",
    WHOLE + 'time_system = "x"\n': r"line 11: columns\[2\].time_system names no \[time_systems.x\]",
    WHOLE.partition('[[columns]]\nname = "b"')[0]: "columns does not declare b, which the file has",
    WHOLE.replace("[table]", '[table]\nskip = ["z"]'): r"line 4: table.skip\[1\] z is no column",
    WHOLE + "principal = 1\n": r"line 11: columns\[2\].principal input should be a valid boolean",
    # What is said about columns.
    WHOLE.replace("[table]", '[table]\nprimary_key = ["z"]'): r"line 4: table.primary_key\[1\] z",
    WHOLE.replace("[table]", '[table]\nprimary_key = ["a", "a"]'): "key names a column twice",
    WHOLE + '[[positions]]\nlongitude = "a"\n': r"line 11: positions\[1\].latitude is missing",
    WHOLE + '[[positions]]\nlongitude = "a"\nlatitude = "z"': r"line 13: positions\[1\].latitude z",
    WHOLE + 'unit = "rad"\n[[positions]]\nlongitude = "a"\nlatitude = "b"':
        r"line 14: positions\[1\].latitude b is in rad; it must be in deg",
    WHOLE + 'arraysize = "2"\n[[positions]]\nlongitude = "a"\nlatitude = "b"':
        r"line 14: positions\[1\].latitude b is no number",
    WHOLE + '[[regions]]\ncolumn = "b"\nshape = "circle"': r"regions\[1\].column b is no array of",
    WHOLE + '[[regions]]\ncolumn = "b"\nshape = "box"': r"regions\[1\].shape input should be 'circ",
    WHOLE + "[[indexes]]\ncolumns = []": r"line 12: indexes\[1\].columns list should have at least",
    WHOLE + '[[indexes]]\ncolumns = ["z"]': r"line 12: indexes\[1\].columns\[1\] z is no column",
    WHOLE + '[[foreign_keys]]\ntarget_table = "no.no"\ncolumns = {a = "x"}':
        r"line 12: foreign_keys\[1\].target_table no.no is not published",
    WHOLE + '[[foreign_keys]]\ntarget_table = "corot.stars"\ncolumns = {a = "x"}':
        r"line 13: foreign_keys\[1\].columns x is no column of corot.stars",
    WHOLE + '[[foreign_keys]]\ntarget_table = "corot.stars"\ncolumns = {a = "corot_id"}':
        "a is double, but corot.stars.corot_id is long",
}  # fmt: skip


@pytest.mark.parametrize("text", MISTAKES, ids=MISTAKES.values())
def test_a_mistake_in_a_declaration(text: str, tmp_path: Path) -> None:
    path = tmp_path / "d.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(PublishError, match=MISTAKES[text]) as caught:
        plan(read_declaration(path), ["a", "b"], CATALOGUE)
    assert str(caught.value).startswith("d.toml")


def test_all_mistakes_of_form_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "d.toml"
    path.write_text('[schema]\nname = "Lab"\n[table]\nname = "t"\nx = 1\n', "utf-8")
    with pytest.raises(PublishError) as caught:
        read_declaration(path)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "d.toml, line 2",
        "d.toml, line 5",
    ]


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        (Column("n", "short"), ["1", "32768"], "row 8, column n: '32768' is no short"),
        (Column("n", "int"), ["1.5"], "row 7, column n: '1.5' is no int"),
        (Column("n", "double"), ["1,5"], "row 7, column n: '1,5' is no double"),
        (Column("n", "boolean"), ["true", "maybe"], "row 8, column n: 'maybe' is no boolean"),
        (Column("n", "int", nullable=False), ["1", None], "row 8, column n: there must be a value"),
        (Column("n", "int", nullable=False), ["1", " "], "row 8, column n: there must be a value"),
        (Column("n", "char", xtype="timestamp", arraysize="*"), ["yesterday"],
         "row 7, column n: 'yesterday' is no time such as 2009-01-31T12:00:00"),
        (Column("n", "int", arraysize="2"), ["1 2", "1 x"], r"row 8, column n: '1 x' is no int\["),
        (Column("n", "int", arraysize="2"), ["1 2", "1"], "row 8, column n: 1 elements do not fit"),
        (Column("n", "int", arraysize="2*"), ["1 2 3"], "row 7, column n: 3 elements do not fit"),
        (Column("n", "int", arraysize="2x*"), ["1 2 3"], "row 7, column n: 3 elements do not fit"),
        (Column("n", "char", arraysize="2"), ["ab", "abc"], "row 8, column n: 3 characters do not"),
        (Column("n", "char", arraysize="*"), ["a\0b"], "row 7, column n: the text has a null char"),
        (Column("n", "int"), ["x" * 100], f"column n: '{'x' * 39}… is no int"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit(column: Column, values: list[str], message: str) -> None:
    fine = pa.RecordBatch.from_arrays([pa.array([None] * 6, pa.string())], ["n"])
    batches = [pa.RecordBatch.from_arrays([pa.array(values, pa.string())], ["n"])]
    if column.nullable:
        batches.insert(0, fine)
    else:
        message = message.replace("row 8", "row 2")
    with pytest.raises(PublishError, match=message):
        list(fitted(batches, [column], [0]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "rows: is it a CSV, FITS, VOTable or Parquet file"),
        (b"GIF\0\0", "rows: is it a CSV, FITS, VOTable or Parquet file"),
        (b"\n1\n", "rows: its first line has no names of columns"),
        (b"a,b\n1,2\n1,2,3\n", "rows: line 3: 3 values instead of 2"),
        (b"a,b\n1,2\n1\n", "rows: line 3: 1 values instead of 2"),
        (b"a,b\n1,\xff\n", "rows: it is no CSV in UTF-8"),
        (b"\xff\n", "rows: the file is no text in UTF-8"),
        (b"PAR1 and nothing more", "rows: it is no whole Parquet file"),
        (b"<VOTABLE/>", "rows: the document is no VOTable with a TABLE"),
        (b"SIMPLE  = T", "rows: "),
    ],
)
def test_a_malformed_file(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_bytes(content)
    with pytest.raises(PublishError, match=message), opened(path, CsvPart()) as source:
        list(source.batches)


def test_a_csv_file_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_bytes(b"\xef\xbb\xbfa;b\n-;\n'x';\"-\"\n")
    written = CsvPart(delimiter=";", nulls=["-"])
    with opened(path, written) as source:
        assert source.columns == ["a", "b"]
        (batch,) = source.batches
    assert [tuple(row.values()) for row in batch.to_pylist()] == [(None, ""), ("'x'", "-")]


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    path = tmp_path / "d.toml"
    path.write_text(WHOLE, "utf-8")
    with pytest.raises(PublishError, match="two columns of the file have one name"):
        plan(read_declaration(path), ["a", "b", "a"], CATALOGUE)
