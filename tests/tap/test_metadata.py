"""The VOSI resources and TAP_SCHEMA over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree
from sqlalchemy import create_engine

from schemas.declaration import Column, Schema, Table, catalogue
from schemas.tap_schema import TAP_SCHEMA, tap_schema_rows
from tap.metadata import ServiceMetadata
from tap.query import TapLimits
from tests.support.validity import assert_valid_xml
from tests.tap.answers import ask, cells, error_text
from tests.tap.laboratory import LABORATORY

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.tap.conftest import ClientMaker

URL = "https://vo.example.org/base/tap"


@pytest.mark.parametrize(
    "path", ["capabilities", "tables", "tables?detail=min", "tables/lab.specimens", "availability"]
)
def test_documents_are_valid_and_answer_head(client: FlaskClient, path: str) -> None:
    response = client.get(f"/tap/{path}")
    assert response.status_code == 200
    assert response.content_type == "application/xml;charset=utf-8"
    assert_valid_xml(response.data)
    head = client.head(f"/tap/{path}")
    assert (head.status_code, head.data) == (200, b"")
    assert head.content_length == len(response.data)


def test_urls_come_from_the_identity_and_not_from_the_request(client: FlaskClient) -> None:
    for path in ("", "capabilities"):
        response = client.get(f"/tap/{path}", headers={"Host": "evil.example"})
        assert b"evil.example" not in response.data
        assert URL.encode() in response.data


def test_capabilities_tell_the_limits_in_force(client: FlaskClient) -> None:
    capability = etree.fromstring(client.get("/tap/capabilities").data)[0]
    assert capability.findtext("outputLimit/default") == "3000"
    assert capability.findtext("outputLimit/hard") == "4000"
    assert capability.findtext("executionDuration/hard") == "60"
    assert [e.text for e in capability.iterfind("language/version")] == ["2.0", "2.1"]
    assert capability.find("dataModel") is None
    assert capability.find("uploadMethod") is None


def test_every_declared_language_and_format_is_accepted(client: FlaskClient) -> None:
    capability = etree.fromstring(client.get("/tap/capabilities").data)[0]
    query = "SELECT TOP 1 n FROM lab.numbers"
    for version in capability.iterfind("language/version"):
        parameters = {"LANG": f"ADQL-{version.text}", "QUERY": query}
        assert client.get("/tap/sync", query_string=parameters).status_code == 200
    names = [e.text or "" for e in capability.xpath("outputFormat/mime | outputFormat/alias")]  # type: ignore[union-attr] # elements only
    assert len(names) > 5
    for name in names:
        assert ask(client, query, RESPONSEFORMAT=name).status_code == 200


FEATURE_EXAMPLES = {
    "AREA": "SELECT TOP 1 AREA(CIRCLE(10, 20, 1)) AS a FROM lab.specimens",
    "CENTROID": "SELECT CENTROID(CIRCLE(ra, dec, 1)) AS c FROM lab.specimens",
    "CIRCLE": "SELECT id FROM lab.specimens WHERE CONTAINS(POINT(ra, dec), CIRCLE(100, 0, 3)) = 1",
    "CONTAINS": "SELECT CONTAINS(POINT(1, 1), CIRCLE(POINT(1, 2), 3)) AS c FROM lab.specimens",
    "COORD1": "SELECT COORD1(POINT(ra, dec)) AS x FROM lab.specimens",
    "COORD2": "SELECT COORD2(POINT(ra, dec)) AS y FROM lab.specimens",
    "COORDSYS": "SELECT COORDSYS(POINT(ra, dec)) AS s FROM lab.specimens",
    "DISTANCE": "SELECT DISTANCE(ra, dec, 1, 2) AS d, DISTANCE(POINT(ra, dec), POINT(1, 2)) AS e"
    " FROM lab.specimens",
    "INTERSECTS": "SELECT id FROM lab.specimens"
    " WHERE 1 = INTERSECTS(CIRCLE(ra, dec, 1), CIRCLE(100, 0, 1))"
    " AND 1 = INTERSECTS(POINT(ra, dec), CIRCLE(100, 0, 1))",
    "POINT": "SELECT POINT('ICRS', ra, dec) AS p FROM lab.specimens",
    "LOWER": "SELECT LOWER(name) AS x FROM lab.specimens",
    "UPPER": "SELECT UPPER(name) AS x FROM lab.specimens",
    "ILIKE": "SELECT id FROM lab.specimens WHERE name ILIKE 'FIRST%'",
    "WITH": "WITH few AS (SELECT n FROM lab.numbers WHERE n < 5) SELECT * FROM few",
    "UNION": "SELECT id FROM lab.specimens UNION SELECT n FROM lab.numbers WHERE n < 9",
    "EXCEPT": "SELECT id FROM lab.specimens EXCEPT ALL SELECT n FROM lab.numbers",
    "INTERSECT": "SELECT id FROM lab.specimens INTERSECT SELECT n FROM lab.numbers",
    "CAST": "SELECT CAST(id AS DOUBLE PRECISION) AS x, CAST(id AS VARCHAR) AS y,"
    " CAST(mag AS VARCHAR(4)) AS z FROM lab.specimens",
    "COALESCE": "SELECT COALESCE(name, 'none') AS x FROM lab.specimens",
    "OFFSET": "SELECT id FROM lab.specimens ORDER BY id OFFSET 2",
}


def declared_features(document: bytes) -> list[str]:
    path = "capability/language/languageFeatures/feature/form"
    return [form.text or "" for form in etree.fromstring(document).iterfind(path)]


@pytest.mark.parametrize("form", FEATURE_EXAMPLES)
def test_every_declared_feature_works(client: FlaskClient, form: str) -> None:
    response = ask(client, FEATURE_EXAMPLES[form])
    assert response.status_code == 200, error_text(response)
    assert cells(response.data) or form == "EXCEPT"
    assert form in declared_features(client.get("/tap/capabilities").data)


def test_every_declared_feature_has_an_example(client: FlaskClient) -> None:
    declared = declared_features(client.get("/tap/capabilities").data)
    assert sorted(declared) == sorted(FEATURE_EXAMPLES)


def test_obscore_is_declared_only_where_it_is_published() -> None:
    obscore = Table("ivoa.obscore", "Observations", (Column("obs_id", "char", arraysize="*"),))
    published = catalogue([TAP_SCHEMA, Schema("ivoa", "IVOA tables", (obscore,))])
    document = ServiceMetadata(published, URL, TapLimits()).capabilities()
    assert_valid_xml(document)
    models = list(etree.fromstring(document).iterfind("capability/dataModel"))
    assert [(m.get("ivo-id"), m.text) for m in models] == [
        ("ivo://ivoa.net/std/ObsCore#core-1.1", "ObsCore-1.1")
    ]


def test_tap_schema_answers_what_the_tables_document_says(client: FlaskClient) -> None:
    query = "SELECT table_name, column_name, datatype FROM tap_schema.columns"
    listed = [
        [table.findtext("name"), column.findtext("name"), column.findtext("dataType")]
        for table in etree.fromstring(client.get("/tap/tables").data).iter("table")
        for column in table.iterfind("column")
    ]
    assert sorted(cells(ask(client, query).data)) == sorted(listed)


@pytest.mark.parametrize("table", [table.name for table in TAP_SCHEMA.tables])
def test_tap_schema_can_be_read_whole(client: FlaskClient, table: str) -> None:
    rows = cells(ask(client, f"SELECT * FROM {table}").data)  # names of our own
    expected = tap_schema_rows(LABORATORY)[table]
    assert rows == [["" if v is None else str(v) for v in row.values()] for row in expected]


def test_size_is_reached_in_quotes(client: FlaskClient) -> None:
    response = ask(client, 'SELECT TOP 1 "size" FROM tap_schema.columns')
    assert b'<FIELD name="size" datatype="int"' in response.data


@pytest.mark.parametrize("name", ["lab.specimens", "LAB.Specimens", "tap_schema.columns"])
def test_a_single_table(client: FlaskClient, name: str) -> None:
    root = etree.fromstring(client.get(f"/tap/tables/{name}").data)
    assert root.findtext("name") == name.lower()
    assert root.find("column") is not None
    small = etree.fromstring(client.get(f"/tap/tables/{name}?DETAIL=min").data)
    assert small.find("column") is None


def test_the_base_url_shows_people_a_page(client: FlaskClient) -> None:
    for path in ("/tap", "/tap/"):
        response = client.get(path)
        assert response.status_code == 200
        assert response.content_type == "text/html;charset=utf-8"
        assert b"<code>lab.specimens</code>" in response.data
        assert b"<script" not in response.data


def test_availability_is_true_while_the_database_answers(client: FlaskClient) -> None:
    root = etree.fromstring(client.get("/tap/availability").data)
    assert next(e.text for e in root) == "true"


def test_without_a_database_availability_says_so_and_queries_get_503(
    make_client: ClientMaker,
) -> None:
    nowhere = create_engine("postgresql+psycopg2://vo_reader@/x?host=/nonexistent")
    client = make_client(engine=nowhere)
    response = client.get("/tap/availability")
    assert response.status_code == 200
    assert_valid_xml(response.data)
    available, note = etree.fromstring(response.data)
    assert available.text == "false"
    assert note.text == "The database cannot be reached at the moment. Please try again later."
    failed = ask(client, "SELECT n FROM lab.numbers")
    assert failed.status_code == 503
    assert failed.headers["Retry-After"] == "30"
    assert error_text(failed) == note.text
    assert client.get("/tap/capabilities").status_code == 200
