"""Tables sent along with a query, over HTTP, on a live PostgreSQL."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from tests.support.validity import assert_valid_xml, assert_votlint_silent
from tests.tap.answers import cells, error_text

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

STARS = """<?xml version="1.0" encoding="utf-8"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
<RESOURCE><COOSYS ID="system" system="ICRS"/><TABLE name="stars">
<FIELD name="id" datatype="int" ucd="meta.id"><VALUES null="-1"/></FIELD>
<FIELD name="RA" ref="system" datatype="double" unit="deg" ucd="pos.eq.ra;meta.main"/>
<FIELD name="Dec" ref="system" datatype="double" unit="deg" ucd="pos.eq.dec;meta.main"/>
<FIELD name="the name" datatype="unicodeChar" arraysize="*"><DESCRIPTION>Its name</DESCRIPTION>
</FIELD>
<DATA><TABLEDATA>
<TR><TD>1</TD><TD>100.25</TD><TD>-0.5</TD><TD>Étoile &lt;1&gt;</TD></TR>
<TR><TD>-1</TD><TD>280</TD><TD>45</TD><TD/></TR>
</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>""".encode()

MATCH = (
    "SELECT s.id AS here, t.id AS there FROM lab.specimens AS s JOIN tap_upload.t AS t"
    " ON DISTANCE(POINT(s.ra, s.dec), POINT(t.RA, t.Dec)) < 1/3600. ORDER BY s.id"
)


def send(
    client: FlaskClient, query: str, upload: str, files: dict[str, bytes], **more: str
) -> TestResponse:
    """Send a query with files by POST."""
    parts = {name: (io.BytesIO(content), f"{name}.dat") for name, content in files.items()}
    return client.post(
        "/tap/sync", data={"LANG": "ADQL", "QUERY": query, "UPLOAD": upload, **more, **parts}
    )


def test_an_inline_table_comes_back_with_all_its_metadata(client: FlaskClient) -> None:
    response = send(client, "SELECT * FROM TAP_UPLOAD.t", "t,param:f", {"f": STARS})
    assert response.status_code == 200, error_text(response)
    assert_valid_xml(response.data)
    assert_votlint_silent(response.data)
    assert cells(response.data) == [
        ["1", "100.25", "-0.5", "Étoile <1>"],
        ["", "280", "45", ""],
    ]  # fmt: skip
    for piece in (b'name="the name"', b"<DESCRIPTION>Its name", b'system="ICRS"', b'unit="deg"'):
        assert piece in response.data


def test_an_inline_table_is_matched_by_position(client: FlaskClient) -> None:
    response = send(client, MATCH, "t,param:f", {"f": STARS})
    assert cells(response.data) == [["1", "1"], ["3", ""]]


def test_nothing_is_left_for_the_next_query(client: FlaskClient) -> None:
    for _ in range(5):
        send(client, "SELECT * FROM tap_upload.t", "t,param:f", {"f": STARS})
        alone = client.get("/tap/sync?LANG=ADQL&QUERY=SELECT+*+FROM+tap_upload.t")
        assert alone.status_code == 400
        assert "tap_upload.t" in error_text(alone)


@pytest.mark.parametrize("joined", [True, False])
def test_several_tables(client: FlaskClient, *, joined: bool) -> None:
    query = "SELECT a.id FROM tap_upload.a AS a JOIN tap_upload.b AS b ON a.id = b.id"
    data: dict[str, object] = {
        "LANG": "ADQL", "QUERY": query,
        "f": (io.BytesIO(STARS), "f"), "g": (io.BytesIO(STARS), "g"),
        "UPLOAD": "a,param:f;b,param:g" if joined else ["a,param:f", "b,param:g"],
    }  # fmt: skip
    assert cells(client.post("/tap/sync", data=data).data) == [["1"]]


def test_a_part_without_file_name(client: FlaskClient) -> None:
    data = {"LANG": "ADQL", "QUERY": "SELECT id FROM tap_upload.t", "UPLOAD": "t,param:f",
            "f": STARS.decode()}  # fmt: skip
    response = client.post("/tap/sync", data=data, content_type="multipart/form-data")
    assert cells(response.data) == [["1"], [""]]


def test_an_upload_does_not_hide_a_published_table(client: FlaskClient) -> None:
    files = {"f": STARS}
    query = "SELECT COUNT(*) FROM lab.specimens"
    assert cells(send(client, query, "specimens,param:f", files).data) == [["4"]]
    response = send(client, "SELECT * FROM specimens", "specimens,param:f", files)
    assert "write lab.specimens or tap_upload.specimens" in error_text(response)


@pytest.mark.parametrize(
    ("upload", "text"),
    [
        ("t", "names no table and place"),
        ("t,", "names no table and place"),
        ("t,param:absent", "the part 'absent' of the request"),
        ("t,ftp://x/y", "no such place"),
        ("t,file:///etc/passwd", "no such place"),
        ("2t,param:f", "no regular ADQL identifier"),
        ("select,param:f", "no regular ADQL identifier"),
        ("a b,param:f", "no regular ADQL identifier"),
        ("t.x,param:f", "no regular ADQL identifier"),
        ("t,param:f;T,param:f", "names the table T twice"),
        (";".join(f"t{n},param:f" for n in range(21)), "at most 20"),
    ],
)
def test_what_upload_may_not_say(client: FlaskClient, upload: str, text: str) -> None:
    response = send(client, "SELECT * FROM tap_upload.t", upload, {"f": STARS})
    assert response.status_code == 400
    assert text in error_text(response)
