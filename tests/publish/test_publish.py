"""Files become tables that TAP serves with everything that was declared of them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io.votable import parse_single_table
from lxml import etree
from sqlalchemy import text

from ingest.publish.errors import PublishError
from schemas.facts import differences
from tests.publish.client import eventually_known, eventually_unknown
from tests.tap.answers import ask, cells, error_text

if TYPE_CHECKING:
    from astropy.io.votable.tree import TableElement
    from flask.testing import FlaskClient

    from tests.publish.conftest import Bench

DECLARATION = """
[schema]
name = "lab"
description = "A laboratory"
utype = "x:lab"

[table]
name = "NAME"
title = "Measured stars"
description = "One row for each star"
utype = "x:stars"
primary_key = ["id"]

[time_systems.start]
timescale = "UTC"
refposition = "TOPOCENTER"
origin = 2400000.5

[[columns]]
name = "id"
datatype = "long"
ucd = "meta.id;meta.main"
principal = true

[[columns]]
name = "ra"
datatype = "double"
unit = "deg"
ucd = "pos.eq.ra;meta.main"

[[columns]]
name = "dec"
datatype = "double"
unit = "deg"
ucd = "pos.eq.dec;meta.main"

[[columns]]
name = "Name of it"
from = "name"
datatype = "unicodeChar"
description = "What it is called"

[[columns]]
name = "t"
datatype = "double"
unit = "d"
time_system = "start"

[[columns]]
name = "seen"
datatype = "char"
xtype = "timestamp"
arraysize = "*"

[[columns]]
name = "colours"
datatype = "float"
arraysize = "3"
unit = "mag"

[[columns]]
name = "ok"
datatype = "boolean"

[[positions]]
longitude = "ra"
latitude = "dec"

[[indexes]]
columns = ["t", "id"]
"""

ROWS = '''id,ra,dec,name,t,seen,colours,ok
1,10.5,-20.25,"Ä, or ""β""",54321.5,2009-01-31T12:00:00.5Z,1 2.5 NaN,true
2,,,,,,,
3,359.5,89.0,"", 1e3 ,2009-01-31,-1 0 1,F
'''


def declared(name: str) -> str:
    return DECLARATION.replace("NAME", name)


def _table(client: FlaskClient, query: str) -> TableElement:
    response = ask(client, query)
    assert response.status_code == 200, response.text
    return parse_single_table(io.BytesIO(response.data))


def test_a_csv_file_comes_back_with_all_its_metadata(bench: Bench, client: FlaskClient) -> None:
    report = bench.publish(declared("csv stars"), ROWS)
    assert (report.name, report.rows, report.replaced) == ("lab.csv stars", 3, False)
    name = 'lab."csv stars"'
    eventually_known(client, name)

    table = _table(client, f"SELECT * FROM {name} ORDER BY id")
    fields = {field.name: field for field in table.fields}
    assert list(fields) == ["id", "ra", "dec", "Name of it", "t", "seen", "colours", "ok"]
    assert (fields["ra"].datatype, fields["ra"].unit, fields["ra"].ucd) == (
        "double", "deg", "pos.eq.ra;meta.main")  # fmt: skip
    assert fields["Name of it"].description == "What it is called"
    assert fields["seen"].xtype == "timestamp"
    assert (fields["colours"].arraysize, str(fields["colours"].unit)) == ("3", "mag")
    rows = cells(ask(client, f"SELECT * FROM {name} ORDER BY id").data)
    assert rows == [
        ["1", "10.5", "-20.25", 'Ä, or "β"', "54321.5", "2009-01-31T12:00:00.500000",
         "1 2.5 NaN", "true"],
        ["2", "", "", "", "", "", "NaN NaN NaN", ""],
        ["3", "359.5", "89", "", "1000", "2009-01-31T00:00:00", "-1 0 1", "false"],
    ]  # fmt: skip
    document = etree.fromstring(ask(client, f"SELECT ra, dec, t FROM {name}").data)
    systems = [e.tag.partition("}")[2] for e in document.iter("{*}COOSYS", "{*}TIMESYS")]
    assert systems == ["COOSYS", "TIMESYS"]

    near = f"SELECT id FROM {name} WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(10.5, -20, 0.3))"
    assert cells(ask(client, near).data) == [["1"]]


def test_tap_schema_and_vosi_tables_agree(bench: Bench, client: FlaskClient) -> None:
    bench.publish(declared("agreed"), ROWS)
    eventually_known(client, "lab.agreed")
    described = cells(
        ask(
            client,
            "SELECT table_name, description, utype FROM tap_schema.tables"
            " WHERE table_name = 'lab.agreed'",
        ).data
    )
    assert described == [["lab.agreed", "One row for each star", "x:stars"]]
    listed = ask(
        client,
        "SELECT column_name, datatype, unit, ucd, indexed FROM tap_schema.columns"
        " WHERE table_name = 'lab.agreed' ORDER BY column_index",
    )
    document = etree.fromstring(client.get("/tap/tables/lab.agreed").data)
    columns = [
        [
            column.findtext("name"),
            column.findtext("dataType"),
            column.findtext("unit") or "",
            column.findtext("ucd") or "",
            str(int("indexed" in [flag.text for flag in column.iter("flag")])),
        ]
        for column in document.iter("column")
    ]
    assert cells(listed.data) == columns
    assert [column[4] for column in columns] == ["1", "1", "1", "0", "1", "0", "0", "0"]


def test_a_parquet_file_tells_its_types(bench: Bench, client: FlaskClient) -> None:
    table = pa.table(
        {
            "n": pa.array([1, None], pa.int16()),
            "when": pa.array([0, None], pa.timestamp("ms")),
            "kind": pa.array(["a", "b"]).dictionary_encode(),
            "xy": pa.array([[1.5, 2], None], pa.list_(pa.float64(), 2)),
            "bytes": pa.array([[1, 255], []], pa.list_(pa.uint8())),
            "many": pa.array([2**63 - 1, 0], pa.uint64()),
            "unwanted": pa.array([1, 2]),
        }
    )
    file = io.BytesIO()
    pq.write_table(table, file)
    bench.publish(
        '[schema]\nname = "lab"\n[table]\nname = "parquet"\nskip = ["unwanted"]\n'
        '[[columns]]\nname = "size"\nfrom = "n"\ndatatype = "float"\nunit = "m"\n',
        file.getvalue(),
    )
    eventually_known(client, "lab.parquet")
    answer = ask(client, "SELECT * FROM lab.parquet ORDER BY many DESC")
    fields = _table(client, "SELECT * FROM lab.parquet").fields
    assert [(field.name, field.datatype, field.arraysize) for field in fields] == [
        ("size", "float", None), ("when", "char", "*"), ("kind", "unicodeChar", "*"),
        ("xy", "double", "2"), ("bytes", "unsignedByte", "*"), ("many", "long", None),
    ]  # fmt: skip
    assert cells(answer.data) == [
        ["1", "1970-01-01T00:00:00", "a", "1.5 2", "1 255", "9223372036854775807"],
        ["", "", "b", "NaN NaN", "", "0"],
    ]


def test_replacing_and_withdrawing(bench: Bench, client: FlaskClient) -> None:
    bench.publish(declared("changing"), ROWS)
    with pytest.raises(PublishError, match=r"lab\.changing is published already; --replace"):
        bench.publish(declared("changing"), ROWS)
    eventually_known(client, "lab.changing")

    less = "\n".join(ROWS.splitlines()[:2])
    report = bench.publish(declared("changing"), less, replace=True)
    assert (report.rows, report.replaced, report.still_read) == (1, True, ())
    # The process knows by now: what was retired is dropped after that only.
    assert cells(ask(client, "SELECT id FROM lab.changing").data) == [["1"]]
    with bench.owner.connect() as connection:
        assert differences(connection) == []
        left = connection.scalars(
            text("SELECT relname FROM pg_class WHERE relname LIKE 'changing%' AND relkind = 'r'")
        ).all()
    assert left == ["changing~2"]
    assert [one.rows for one in bench.service.published() if one.name == "lab.changing"] == [1]

    bench.service.unpublish("LAB.Changing")
    eventually_unknown(client, "lab.changing")
    assert "no table" in error_text(ask(client, "SELECT id FROM lab.changing"))
    with pytest.raises(PublishError, match=r"lab\.changing is no further table"):
        bench.service.unpublish("lab.changing")


def test_the_last_table_of_a_schema_takes_it_along(bench: Bench) -> None:
    bench.publish(declared("only").replace('"lab"', '"once"'), ROWS)
    bench.service.unpublish("once.only")
    with bench.owner.connect() as connection:
        assert connection.scalar(text("SELECT to_regnamespace('once')")) is None
        assert differences(connection) == []


def test_nothing_is_left_of_what_failed(bench: Bench) -> None:
    rows = ROWS + "1,0,0,again,0,,1 2 3,\n"
    with bench.owner.connect() as connection:
        before = connection.scalars(text("SELECT relname FROM pg_class")).all()
    with pytest.raises(PublishError, match="primary_key"):
        bench.publish(declared("twice"), rows)
    with pytest.raises(PublishError, match="row 4, column ra: 'x' is no double"):
        bench.publish(declared("wrong"), ROWS + "4,x,0,,0,,1 2 3,\n")
    with bench.owner.connect() as connection:
        assert connection.scalars(text("SELECT relname FROM pg_class")).all() == before
        assert differences(connection) == []


MINIMAL = '[schema]\nname = "lab"\n[table]\nname = "NAME"\n'

VOTABLE = """<?xml version="1.0"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE>
<COOSYS ID="sys" system="eq_FK5" equinox="J2000"/>
<TIMESYS ID="time" timescale="TDB" refposition="BARYCENTER" timeorigin="2451545"/>
<TABLE>
<FIELD name="RA" datatype="double" unit="deg" ucd="pos.eq.ra;meta.main" ref="sys"/>
<FIELD name="DE" datatype="double" unit="deg" ucd="pos.eq.dec;meta.main" ref="sys"/>
<FIELD name="when" datatype="double" unit="d" ref="time"><DESCRIPTION>Mid-time</DESCRIPTION></FIELD>
<FIELD name="names" datatype="char" arraysize="4x*"/>
<FIELD name="wave" datatype="float" arraysize="2" utype="x:wave"/>
<FIELD name="image" datatype="short" arraysize="2x2"/>
<FIELD name="flag" datatype="boolean"/>
<FIELD name="raw" datatype="unsignedByte" arraysize="*"/>
<FIELD name="n" datatype="long"><VALUES null="-1"/></FIELD>
<DATA><TABLEDATA>
<TR><TD>10</TD><TD>20</TD><TD>1.5</TD><TD>a"b c\\d </TD><TD>1 -2</TD><TD>1 2 3 4</TD><TD>1</TD>
<TD>0 255</TD><TD>5</TD></TR>
<TR><TD/><TD/><TD/><TD/><TD/><TD/><TD/><TD/><TD>-1</TD></TR>
</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>
"""


def test_a_votable_describes_itself(bench: Bench, client: FlaskClient) -> None:
    bench.publish(MINIMAL.replace("NAME", "votable"), VOTABLE)
    eventually_known(client, "lab.votable")
    answer = ask(client, "SELECT * FROM lab.votable ORDER BY n")
    document = etree.fromstring(answer.data)
    fields = {field.get("name"): dict(field.attrib) for field in document.iter("{*}FIELD")}
    types = {name: (field["datatype"], field.get("arraysize")) for name, field in fields.items()}
    assert types == {
        "RA": ("double", None), "DE": ("double", None), "when": ("double", None),
        "names": ("char", "4x*"), "wave": ("float", "2"), "image": ("short", "2x2"),
        "flag": ("boolean", None), "raw": ("unsignedByte", "*"), "n": ("long", None),
    }  # fmt: skip
    assert fields["wave"]["utype"] == "x:wave"
    (system,) = document.iter("{*}COOSYS")
    assert (system.get("system"), fields["RA"]["ref"]) == ("eq_FK5", system.get("ID"))
    (times,) = document.iter("{*}TIMESYS")
    assert (times.get("timescale"), times.get("timeorigin")) == ("TDB", "2451545.0")
    assert cells(answer.data)[0] == [
        "10", "20", "1.5", 'a"b c\\d ', "1 -2", "1 2 3 4", "true", "0 255", "5",
    ]  # fmt: skip
    # The position was found by its UCDs.
    near = "SELECT n FROM lab.votable WHERE 1 = CONTAINS(POINT(RA, DE), CIRCLE(10, 20, 1))"
    assert cells(ask(client, near).data) == [["5"]]
    assert {position.longitude for position in bench.table("lab.votable").positions} == {"RA"}


def test_what_is_declared_wins(bench: Bench, client: FlaskClient) -> None:
    declaration = MINIMAL.replace("NAME", "declared") + (
        'skip = ["names", "wave", "image", "flag", "raw"]\nprimary_key = ["number"]\n'
        '[[columns]]\nname = "number"\nfrom = "n"\ndatatype = "int"\ndescription = "Which"\n'
        '[[columns]]\nname = "RA"\nunit = "rad"\n'
    )
    with pytest.raises(PublishError, match="row 2, column number: there must be a value"):
        bench.publish(declaration, VOTABLE)
    bench.publish(declaration, VOTABLE.replace("<TD>-1</TD>", "<TD>7</TD>"))
    eventually_known(client, "lab.declared")
    table = bench.table("lab.declared")
    assert [(c.name, c.datatype, c.unit, c.nullable) for c in table.columns] == [
        ("number", "int", None, False), ("RA", "double", "rad", True),
        ("DE", "double", "deg", True), ("when", "double", "d", True),
    ]  # fmt: skip
    assert table.positions == ()
    assert cells(ask(client, "SELECT number FROM lab.declared ORDER BY 1").data) == [["5"], ["7"]]


def test_a_malformed_votable(bench: Bench) -> None:
    with pytest.raises(PublishError, match="rows: "):
        bench.publish(MINIMAL.replace("NAME", "cut"), VOTABLE[:-60])


_KEPT = ("name", "unit", "ucd", "utype", "xtype", "datatype", "arraysize")


def _fields(document: bytes) -> list[list[str | None]]:
    found = etree.fromstring(document).iter("{*}FIELD")
    return [
        [field.findtext("{*}DESCRIPTION"), *(field.get(key) for key in _KEPT)] for field in found
    ]


def _plainer(rows: list[list[str]]) -> list[list[str]]:
    """Write rows as they are where a null of floating point is NaN and a text is ASCII."""
    return [
        ["" if cell == "NaN" else cell.encode("ascii", "replace").decode() for cell in row]
        for row in rows
    ]


@pytest.mark.parametrize("form", ["votable", "votable/b", "votable/b2", "parquet", "fits"])
def test_an_answer_in_any_form_can_be_published(
    form: str, bench: Bench, client: FlaskClient
) -> None:
    if "lab.source" not in {listed.name for listed in bench.service.published()}:
        bench.publish(declared("source"), ROWS)
        eventually_known(client, "lab.source")
    original, answer = (
        ask(client, "SELECT * FROM lab.source ORDER BY id", FORMAT=asked).data
        for asked in ("votable", form)
    )
    name = f"lab.from_{form.replace('/', '_')}"
    bench.publish(MINIMAL.replace("NAME", name.removeprefix("lab.")), answer)
    eventually_known(client, name)
    copy = ask(client, f"SELECT * FROM {name}").data
    if form == "fits":  # a text there has the length of the longest
        assert [one[:6] for one in _fields(copy)] == [one[:6] for one in _fields(original)]
    else:
        assert _fields(copy) == _fields(original)
        for element in ("COOSYS", "TIMESYS"):
            assert len(list(etree.fromstring(copy).iter(f"{{*}}{element}"))) == 1, element
    assert _plainer(cells(copy)) == _plainer(cells(original))
    if form not in ("votable/b", "fits"):
        assert cells(copy) == cells(original)
