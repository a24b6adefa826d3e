"""Queries over HTTP against tables no mission knows, on a live PostgreSQL."""

from __future__ import annotations

import csv
import io
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from schemas.arrow_errors import ArrowDatabaseError
from tap.formats import FORMATS
from tap.query import TapLimits
from tests.support.validity import assert_valid_xml, assert_votlint_silent, parse_votable
from tests.tap.answers import VOTABLE, ask, cells, error_text, statuses
from tests.tap.conftest import CITATION

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.tap.conftest import ClientMaker, CountingDatabase

ALL = "SELECT * FROM lab.specimens ORDER BY id"
NUMBERS = "SELECT n FROM lab.numbers ORDER BY n"
MANY = "SELECT n, label FROM lab.many"


@pytest.fixture(scope="module")
def roomy(make_client: ClientMaker) -> FlaskClient:
    """A client of the laboratory that gets large answers."""
    return make_client(TapLimits(default_rows=10**9, hard_rows=10**9))


def test_a_foreign_table_is_answered_with_all_its_metadata(client: FlaskClient) -> None:
    response = ask(client, ALL)
    assert response.status_code == 200
    assert response.content_type == "application/x-votable+xml"
    assert_valid_xml(response.data)
    assert_votlint_silent(response.data)
    table = parse_votable(response.data).get_first_table()
    fields = {field.name: field for field in table.fields}
    assert list(fields) == ["id", "ra", "dec", "mag", "name", "seen", "fluxes", "valid"]
    assert fields["ra"].ucd == "pos.eq.ra;meta.main"
    assert fields["mag"].datatype == "float"
    assert fields["seen"].xtype == "timestamp"
    assert str(fields["fluxes"].unit) == "electron / s"
    noon = "2009-01-31T12:00:00"
    assert cells(response.data) == [
        ["1", "100.25", "-0.5", "12.1", "first & foremost", noon, "1.5 2.5", "true"],
        ["2", "100.26", "-0.51", "13.7", "zweitens äöü", f"{noon}.250000", "", "false"],
        ["3", "280", "45", "0.1", "", "", "", ""],
        ["4", "", "", "NaN", "100%", "", "1e+300 NaN NaN", "true"],
    ]  # fmt: skip


def test_coordinates_and_times_refer_to_their_systems(client: FlaskClient) -> None:
    root = etree.fromstring(ask(client, ALL).data)
    refs = {f.get("name"): f.get("ref") for f in root.iter(f"{VOTABLE}FIELD") if f.get("ref")}
    assert set(refs) == {"ra", "dec", "seen"}
    systems = {e.get("ID"): e.get("system") for e in root.iter(f"{VOTABLE}COOSYS")}
    assert systems == {refs["ra"]: "ICRS"}
    assert [e.get("timescale") for e in root.iter(f"{VOTABLE}TIMESYS")] == ["UTC"]


def test_an_expression_named_like_a_coordinate_is_none(client: FlaskClient) -> None:
    response = ask(client, "SELECT ra + 1 AS ra, mag AS dec FROM lab.specimens")
    assert b"COOSYS" not in response.data


def test_the_answer_says_what_it_is(client: FlaskClient) -> None:
    root = etree.fromstring(ask(client, ALL).data)
    infos = {i.get("name"): i.get("value") for i in root.iter(f"{VOTABLE}INFO")}
    assert infos == {
        "QUERY_STATUS": "OK",
        "standardID": "ivo://ivoa.net/std/TAP",
        "publisher": "ivo://org.example.lab",
        "server": "https://vo.example.org/base/tap",
        "citation": CITATION,
        "query": ALL,
    }


def test_a_cone_search(client: FlaskClient) -> None:
    query = (
        "SELECT id FROM lab.specimens"
        " WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(100.25, -0.5, 0.005)) ORDER BY id"
    )
    assert cells(ask(client, query).data) == [["1"]]
    assert cells(ask(client, query.replace("0.005", "0.05")).data) == [["1"], ["2"]]


def test_a_percent_sign_in_a_query_stays_one(client: FlaskClient) -> None:
    query = "SELECT id, '50%' AS half FROM lab.specimens WHERE name LIKE '%0%'"
    assert cells(ask(client, query).data) == [["4", "50%"]]


def test_text_outside_ascii_in_a_query(client: FlaskClient) -> None:
    query = "SELECT id FROM lab.specimens WHERE name = 'zweitens äöü'"
    assert cells(ask(client, query).data) == [["2"]]


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_post_with_names_in_any_case_and_unknown_parameters(
    client: FlaskClient, content_type: str
) -> None:
    query = "SELECT TOP 2 n FROM lab.numbers ORDER BY n"
    data = {
        "ReQuEsT": "doQuery", "lang": "ADQL-2.1", "Query": query,
        "maxrec": "10", "VERSION": "1.0", "PHASE": "RUN", "tapclient": "x", "RUNID": "me",
    }  # fmt: skip
    response = client.post("/tap/sync", data=data, content_type=content_type)
    assert cells(response.data) == [["1"], ["2"]]


def test_the_repeated_format_of_astroquery_passes(client: FlaskClient) -> None:
    data = [("FORMAT", "votable"), ("format", "votable"), ("LANG", "ADQL"), ("QUERY", NUMBERS)]
    response = client.get("/tap/sync", query_string=data)
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("top", "maxrec", "sent", "overflow"),
    [
        (None, None, 3000, True),  # the default limit of 3,000 of 5,000 rows
        (None, 10, 10, True),
        (None, 4000, 4000, True),
        (None, 99999, 4000, True),  # the hard limit
        (5, 10, 5, False),
        (10, 10, 10, False),
        (10, 5, 5, True),
        (5, 0, 0, True),
        (0, 10, 0, False),
        (3000, None, 3000, False),
        (3001, None, 3001, False),  # TOP lifts the default
        (3001, 3000, 3000, True),
        (4001, None, 4000, True),
    ],
)
def test_top_and_maxrec(
    client: FlaskClient, top: int | None, maxrec: int | None, sent: int, *, overflow: bool
) -> None:
    query = NUMBERS if top is None else NUMBERS.replace("SELECT", f"SELECT TOP {top}")
    response = ask(client, query, **({} if maxrec is None else {"MAXREC": maxrec}))
    assert response.status_code == 200
    assert_valid_xml(response.data)
    assert cells(response.data) == [[str(n)] for n in range(1, sent + 1)]
    assert [s for s, _ in statuses(response.data)] == ["OK"] + ["OVERFLOW"] * overflow


def test_a_table_that_just_fits_does_not_overflow(client: FlaskClient) -> None:
    assert statuses(ask(client, ALL, MAXREC=4).data) == [("OK", "")]
    assert [s for s, _ in statuses(ask(client, ALL, MAXREC=3).data)] == ["OK", "OVERFLOW"]


def test_maxrec_0_gives_the_columns_but_still_checks_the_query(client: FlaskClient) -> None:
    response = ask(client, ALL, MAXREC=0)
    assert len(parse_votable(response.data).get_first_table().fields) == 8
    assert ask(client, "SELECT x FROM lab.specimens", MAXREC=0).status_code == 400


def test_csv(client: FlaskClient) -> None:
    response = ask(client, ALL, FORMAT="csv")
    assert response.content_type == "text/csv;header=present;charset=utf-8"
    lines = list(csv.reader(io.StringIO(response.data.decode(), newline="")))
    assert lines[0] == ["id", "ra", "dec", "mag", "name", "seen", "fluxes", "valid"]
    assert [line[4] for line in lines[1:]] == ["first & foremost", "zweitens äöü", "", "100%"]
    assert ask(client, NUMBERS, FORMAT="csv").data.count(b"\r\n") == 3001


def test_text_xml_in_text_xml_out(client: FlaskClient) -> None:
    response = ask(client, ALL, RESPONSEFORMAT="text/xml")
    assert response.content_type == "text/xml"
    assert_valid_xml(response.data)


def test_small_answers_tell_their_length_and_large_ones_stream(roomy: FlaskClient) -> None:
    small = ask(roomy, ALL)
    assert small.content_length == len(small.data)
    large = ask(roomy, MANY)
    assert large.content_length is None
    assert len(cells(large.data)) == 100_000


def test_head_runs_like_get_without_a_body(
    roomy: FlaskClient, reader_database: CountingDatabase
) -> None:
    parameters = {"LANG": "ADQL", "QUERY": MANY}
    with roomy.head("/tap/sync", query_string=parameters) as response:
        assert response.status_code == 200
        assert response.data == b""
    assert reader_database.in_use == 0


def test_a_client_that_goes_away_frees_the_connection(
    roomy: FlaskClient, reader_database: CountingDatabase
) -> None:
    response = ask(roomy, MANY)
    assert reader_database.in_use == 1
    response.close()
    assert reader_database.in_use == 0


def test_a_reader_half_way_frees_the_connection_too(
    roomy: FlaskClient, reader_database: CountingDatabase
) -> None:
    response = ask(roomy, f"{MANY} UNION ALL SELECT a.n, b.label FROM lab.many AS a, lab.many AS b")
    parts = iter(response.response)
    assert str(next(parts)).startswith("b'<?xml")
    assert next(parts)
    assert reader_database.in_use == 1
    started = time.monotonic()
    response.close()
    assert reader_database.in_use == 0
    assert time.monotonic() - started < 1


def test_a_finished_answer_frees_the_connection(
    roomy: FlaskClient, reader_database: CountingDatabase
) -> None:
    assert ask(roomy, MANY).data
    assert ask(roomy, ALL).data
    assert ask(roomy, "SELECT 1 / (n - 3) FROM lab.numbers").status_code == 400
    assert reader_database.in_use == 0


LATE = "SELECT 1 / (n - 90000) AS x, label FROM lab.many"


def test_an_error_behind_the_first_rows_closes_the_document(roomy: FlaskClient) -> None:
    for form in ("votable", "votable/b", "votable/b2"):
        response = ask(roomy, LATE, FORMAT=form)
        assert response.status_code == 200
        assert_valid_xml(response.data)
        (first, _), (last, text) = statuses(response.data)
        assert (first, last) == ("OK", "ERROR")
        assert text.startswith("The query divides by zero")


@pytest.mark.parametrize("form", [made.aliases[0] for made in FORMATS if not made.tells_errors])
def test_an_error_behind_the_first_rows_breaks_off_other_formats(
    roomy: FlaskClient, form: str
) -> None:
    with pytest.raises(ArrowDatabaseError, match="22012"):
        ask(roomy, LATE, FORMAT=form).data  # noqa: B018 # reading it is what fails


def test_a_query_over_the_time_limit_is_told_the_limit(make_client: ClientMaker) -> None:
    client = make_client(TapLimits(execution=timedelta(milliseconds=300)))
    query = (
        "SELECT COUNT(*) AS c FROM lab.numbers AS a, lab.numbers AS b, lab.numbers AS c"
        " WHERE a.n + b.n + c.n = 0"
    )
    response = ask(client, query)
    assert response.status_code == 503
    assert "longer than the limit of 0.3 s" in error_text(response)


def test_the_time_of_all_fetches_counts(make_client: ClientMaker) -> None:
    limits = TapLimits(execution=timedelta(milliseconds=300), hard_rows=10**8)
    client = make_client(limits)
    query = "SELECT a.n FROM lab.numbers AS a, lab.numbers AS b"
    response = ask(client, query, MAXREC=10**8)
    assert response.status_code == 200
    value, text = statuses(response.data)[-1]
    assert value == "ERROR"
    assert "limit of 0.3 s" in text


def test_answers_are_open_to_scripts_of_other_pages(client: FlaskClient) -> None:
    for response in (ask(client, ALL), ask(client, "nonsense"), client.get("/tap/tables")):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response.headers
    preflight = client.options("/tap/sync")
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
