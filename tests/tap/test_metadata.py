"""The VOSI resources and TAP_SCHEMA over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from schemas.arrow_session import ArrowDatabase
from schemas.declaration import Column, Schema, Table, catalogue
from schemas.tap_schema import TAP_SCHEMA, tap_schema_rows
from tap.adql import FEATURES, UDFS
from tap.features import adql_language
from tap.metadata import ServiceMetadata
from tap.query import TapLimits
from tests.support.validity import assert_valid_xml
from tests.tap.answers import ask, cells, error_text
from tests.tap.conftest import IDENTITY
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


def test_features_and_functions_of_the_translator_are_declared(client: FlaskClient) -> None:
    """That each of them works is shown with the documentation's examples."""
    document = client.get("/tap/capabilities").data
    declared = {
        str(group.get("type")).rpartition("#")[2]: {
            feature.findtext("form"): feature.findtext("description") for feature in group
        }
        for group in etree.fromstring(document).iterfind("capability/language/languageFeatures")
    }
    for feature in FEATURES:
        group = "features-own" if feature.group is None else f"features-{feature.group}"
        assert declared[group][feature.form] == feature.description
    assert declared["features-udf"] == {udf.form: udf.description for udf in UDFS}
    assert sum(map(len, declared.values())) == len(FEATURES) + len(UDFS)
    types = [group.get("type", "") for group in etree.fromstring(document).iter("languageFeatures")]
    assert [one for one in types if one != one.lower()] == []
    assert "ivo://org.example.lab/tap#features-own" in types


def test_ways_to_upload_and_their_limits_are_declared(client: FlaskClient) -> None:
    capability = etree.fromstring(client.get("/tap/capabilities").data)[0]
    assert [method.get("ivo-id") for method in capability.iterfind("uploadMethod")] == [
        "ivo://ivoa.net/std/TAPRegExt#upload-inline",
        "ivo://ivoa.net/std/TAPRegExt#upload-http",
        "ivo://ivoa.net/std/TAPRegExt#upload-https",
    ]
    (rows,) = capability.iterfind("uploadLimit/default")
    limits = TapLimits().uploads
    assert (rows.get("unit"), rows.text) == ("row", str(limits.rows))


def test_obscore_is_declared_only_where_it_is_published() -> None:
    obscore = Table("ivoa.obscore", "Observations", (Column("obs_id", "char", arraysize="*"),))
    published = catalogue([TAP_SCHEMA, Schema("ivoa", "IVOA tables", (obscore,))])
    described = ServiceMetadata(lambda: published, URL, adql_language("org.example.lab"))
    document = described.capabilities(TapLimits())
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
    nowhere = ArrowDatabase("postgresql://vo_reader@/x?host=/nonexistent", IDENTITY)
    client = make_client(database=nowhere)
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
