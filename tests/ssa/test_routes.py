from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from schemas.session import PUBLIC
from ssa.parameters import Cone, Query
from ssa.service import SsaService
from ssa.store import ObsCoreStore
from tests.ssa.answers import Answer
from tests.ssa.beside import shared
from tests.ssa.conftest import BASE_URL, HOLDINGS, PLATES
from tests.ssa.test_parameters import MALFORMED
from tests.support.validity import assert_valid_xml, assert_votlint_silent

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from schemas.session import ReaderDatabase


def ask(client: FlaskClient, query: str = "") -> Answer:
    return Answer(client.get(f"/ssa?{query}"))


@pytest.mark.parametrize(("query", "message"), MALFORMED)
def test_malformed_requests_get_a_votable_that_says_why(
    client: FlaskClient, query: str, message: str
) -> None:
    answer = ask(client, query)
    ((status, text),) = answer.statuses()
    assert status == "ERROR"
    assert (text or "").startswith(message)
    assert not answer.fields


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("POS=100.9,-0.9&SIZE=0.1", {"field"}),
        ("POS=100.9,-0.9&SIZE=0", {"field"}),
        ("POS=100.95,-0.9&SIZE=0", set()),
        ("POS=100.95,-0.9&SIZE=0.1001", {"field", "near"}),
        ("POS=100.95,-0.9&SIZE=0.0999", set()),
        ("POS=100.9,-0.9", {"field", "near"}),  # the default diameter
        ("POS=100.9,-0.9&SIZE=4", {"field", "near", "made"}),
        ("POS=0,0&SIZE=0.2", {"early", "late"}),
        ("POS=360,0&SIZE=0.2", {"early", "late"}),
        ("POS=359.99,0&SIZE=0.1", {"late"}),
        ("POS=123,90&SIZE=0.001", {"north", "north2"}),
        ("POS=10,89.9999&SIZE=0.0001", {"north"}),
        ("POS=250,-90&SIZE=0", {"south"}),
        ("POS=100,-90&SIZE=180.5", {"south", "early", "late", "field", "near", "made"}),
        ("POS=0,90&SIZE=360", {"north", "north2", "south", "early", "late", "field", "near",
                               "made"}),
    ],
)  # fmt: skip
def test_cone(client: FlaskClient, query: str, found: set[str]) -> None:
    assert ask(client, query).plates() == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("BAND=4.5e-7", {"north", "north2", "south", "early", "late"}),
        ("BAND=5e-7/6e-7&SIZE=4&POS=100.9,-0.9", {"field", "near", "made"}),
        ("BAND=/4e-7,9e-7/", {"north", "north2", "south", "early", "late"}),
        ("BAND=5.1e-7/5.9e-7", set()),
        ("TIME=2007-05-16", {"field"}),  # MJD 54236
        ("TIME=2007-05-16T05:59:59", set()),
        ("TIME=2007-05-16T06:00:00.5", {"field"}),
        ("TIME=2007-11-01/", {"made"}),
        ("TIME=/2007-02-05T00:00:00", {"north", "north2", "south", "early", "late"}),
        ("TIME=2007-07-20,2007-10-27", {"field", "near", "made"}),
        ("time=2007-07-20t01:02:03z", {"field", "near"}),
        ("FORMAT=votable", {"near"}),
        ("FORMAT=compliant", {"near"}),
        ("FORMAT=graphic", set()),
        ("FORMAT=fits&TIME=2007-07-20", {"field"}),
        ("FORMAT=application/fits&TIME=2007-07-20", {"field"}),
        ("COLLECTION=red", {"field", "near"}),
        ("COLLECTION=Red,made%20up", {"field", "near", "made"}),
        ("COLLECTION=Green", set()),
        ("TARGETNAME=hd%20%20FIELD", {"field"}),
        ("PUBDID=ivo://plates.example/p?near", {"near"}),
        ("TARGETNAME=%27%20OR%201=1%20--", set()),
        ("TARGETNAME=%25", set()),
    ],
)
def test_other_restrictions(client: FlaskClient, query: str, found: set[str]) -> None:
    assert ask(client, query).plates() == found


def test_products_of_other_types_are_not_given_out(client: FlaskClient) -> None:
    assert "picture" not in ask(client).plates()
    assert ask(client, "PUBDID=ivo://plates.example/p?picture").rows == []


def test_post_and_mixed_parameters(client: FlaskClient) -> None:
    answer = Answer(client.post("/ssa?REQUEST=queryData", data={"POS": "100.9,-0.9"}))
    assert answer.plates() == {"field", "near"}
    twice = Answer(client.post("/ssa?POS=1,1", data={"pos": "100.9,-0.9"}))
    assert twice.statuses()[0][0] == "ERROR"


def test_maxrec_cuts_and_says_so(client: FlaskClient) -> None:
    answer = ask(client, "COLLECTION=Blue&MAXREC=2")
    assert len(answer.rows) == 2
    assert [status for status, _ in answer.statuses()] == ["OK", "OVERFLOW"]


def test_maxrec_that_is_not_reached_is_no_overflow(client: FlaskClient) -> None:
    answer = ask(client, "COLLECTION=Blue&MAXREC=5")
    assert len(answer.rows) == 5
    assert [status for status, _ in answer.statuses()] == ["OK"]


def test_maxrec_zero_gives_the_columns_only(client: FlaskClient) -> None:
    answer = ask(client, "MAXREC=0")
    assert (answer.rows, len(answer.fields) > 20) == ([], True)
    assert [status for status, _ in answer.statuses()] == ["OK", "OVERFLOW"]


def test_maxrec_above_the_limit_is_taken_as_the_limit(client: FlaskClient) -> None:
    assert [s for s, _ in ask(client, "MAXREC=99999999999999999999").statuses()] == ["OK"]


def test_top_gives_the_nearest_and_is_no_overflow(client: FlaskClient) -> None:
    answer = ask(client, "POS=101.01,-0.9&SIZE=4&TOP=2")
    assert [row["dataset_id"] for row in answer.rows] == ["plate near", "plate field"]
    assert [status for status, _ in answer.statuses()] == ["OK"]
    scores = [float(row["score"] or "nan") for row in answer.rows]
    assert 1 > scores[0] > scores[1] > 0


def test_top_above_maxrec_overflows(client: FlaskClient) -> None:
    answer = ask(client, "COLLECTION=Blue&MAXREC=2&TOP=4")
    assert len(answer.rows) == 2
    assert [status for status, _ in answer.statuses()] == ["OK", "OVERFLOW"]


def test_values_of_a_row(client: FlaskClient) -> None:
    (row,) = ask(client, "PUBDID=ivo://plates.example/p?field").rows
    assert row["access_url"] == f"{BASE_URL}/products/field/field.fits"
    assert row["publisher_did"] == "ivo://plates.example/p?field"
    assert row["location"] == "100.9 -0.9"
    assert row["title"] == "plate field"  # the table has no obs_title
    assert row["date_obs"] == "2007-07-31 09:00:00"
    assert row["data_source"] == "survey"
    assert row["instrument"] == "Astrograph"
    numbers = {
        "dataset_length": 1234, "access_estsize": 12, "aperture": 0.01,
        "angular_resolution": 0.001, "band_centre": 7e-7, "band_width": 2e-7,
        "band_resolution": 1.4e-7, "time_centre": 54312.375, "time_extent": 152.25 * 86400,
        "time_start": 54236.25, "time_stop": 54388.5, "exposure": 3600, "time_resolution": 32,
    }  # fmt: skip
    found = {name: float(row[name] or "nan") for name in numbers}
    assert found == pytest.approx(numbers)


def test_data_source_may_differ_by_row(client: FlaskClient) -> None:
    (row,) = ask(client, "COLLECTION=made%20up").rows
    assert row["data_source"] == "artificial"


def test_fields_and_params_are_the_standards(client: FlaskClient) -> None:
    answer = ask(client, "POS=100.9,-0.9")
    declared: dict[str, Any] = {}
    for element in (*answer.fields, *answer.params):
        utype = element.get("utype")
        if utype:
            assert utype not in declared
            declared[utype] = element
    columns = json.loads(shared("standards/ssa_response_columns.json").read_text())["columns"]
    for column in columns:
        element = declared.pop(column["utype"], None)
        if element is None:
            assert column["obligation"] != "MAN", column["utype"]
            continue
        assert element.get("ucd") == column["ucd"], column["utype"]
        unit = column["unit"] and column["unit"].removesuffix(" (MJD)")
        assert element.get("unit") == unit, column["utype"]
        datatype = column["type"].replace("char*", "char").replace("[2]", "")
        assert element.get("datatype") == datatype, column["utype"]
    assert set(declared) == {"ssa:Target.Pos"}


def test_recommended_fields_left_out_are_those_without_a_source(client: FlaskClient) -> None:
    answer = ask(client, "MAXREC=0")
    present = {element.get("utype") for element in (*answer.fields, *answer.params)}
    columns = json.loads(shared("standards/ssa_response_columns.json").read_text())["columns"]
    missing = {c["utype"] for c in columns if c["obligation"] == "REC"} - present
    assert missing == {"ssa:DataID.CreatorDID", "ssa:Char.SpatialAxis.Accuracy.StatError"}


def test_answers_name_protocol_frame_and_time_system(client: FlaskClient) -> None:
    root = ask(client, "MAXREC=1").root
    infos = {info.get("name"): info for info in root.iter("{*}INFO")}
    assert infos["SERVICE_PROTOCOL"].get("value") == "1.1"
    assert infos["SERVICE_PROTOCOL"].text == "SSAP"
    (frame,) = root.iter("{*}COOSYS")
    assert frame.get("system") == "ICRS"
    fields = {field.get("name"): field for field in root.iter("{*}FIELD")}
    assert fields["location"].get("ref") == frame.get("ID")
    (system,) = root.iter("{*}TIMESYS")
    assert (system.get("timescale"), system.get("timeorigin")) == ("UTC", "2400000.5")
    assert fields["time_centre"].get("ref") == system.get("ID")


def test_metadata_lists_parameters_and_columns(client: FlaskClient) -> None:
    answer = ask(client, "FORMAT=METADATA&POS=100.9,-0.9")
    inputs = {p.get("name") for p in answer.params if str(p.get("name")).startswith("INPUT:")}
    assert {"INPUT:POS", "INPUT:SIZE", "INPUT:BAND", "INPUT:TIME", "INPUT:FORMAT"} <= inputs
    assert [f.get("name") for f in answer.fields] == [
        f.get("name") for f in ask(client, "MAXREC=1").fields
    ]
    assert answer.rows == []
    assert answer.statuses() == [("OK", None)]


@pytest.mark.parametrize(
    "path",
    ["/ssa?POS=100.9,-0.9", "/ssa?FORMAT=METADATA", "/ssa?POS=x", "/ssa?MAXREC=1",
     "/ssa/capabilities", "/ssa/availability"],
)  # fmt: skip
def test_documents_are_valid(client: FlaskClient, path: str) -> None:
    assert_valid_xml(client.get(path).data)


@pytest.mark.parametrize("query", ["POS=100.9,-0.9", "FORMAT=METADATA", "POS=x", "MAXREC=1"])
def test_votlint_finds_nothing(client: FlaskClient, query: str) -> None:
    assert_votlint_silent(ask(client, query).content)


def test_capabilities(client: FlaskClient) -> None:
    response = client.get("/ssa/capabilities", headers={"Host": "evil.example.org"})
    assert response.content_type.startswith("text/xml")
    root = etree.fromstring(response.data)
    ssa = root.find("capability[@standardID='ivo://ivoa.net/std/SSA']")
    assert ssa is not None
    assert ssa.findtext("interface/accessURL") == f"{BASE_URL}/ssa?"
    assert [e.text for e in ssa.findall("productType")] == ["timeseries", "light-curve"]
    assert [e.text for e in ssa.findall("dataSource")] == ["survey", "artificial"]
    assert (ssa.findtext("maxRecords"), ssa.findtext("defaultMaxRecords")) == ("60", "50")
    test_query = ssa.findtext("testQuery/queryDataCmd")
    assert ask(client, str(test_query)).rows


def test_availability_asks_the_database(client: FlaskClient) -> None:
    root = etree.fromstring(client.get("/ssa/availability").data)
    assert root.findtext("{*}available") == "true"


def test_a_table_that_is_gone_is_reported_and_logged(
    plates: tuple[ReaderDatabase, Path], caplog: pytest.LogCaptureFixture
) -> None:
    gone = PLATES.__class__(
        name="plates.gone", description="", columns=PLATES.columns, positions=PLATES.positions
    )
    service = SsaService(plates[0], ObsCoreStore(gone, HOLDINGS), HOLDINGS)
    with caplog.at_level(logging.ERROR):
        document = b"".join(service.answer([], PUBLIC))
    assert b'value="ERROR">The service cannot answer at the moment' in document
    assert b"gone" not in document
    assert "plates.gone" in caplog.text
    assert not service.is_available(PUBLIC)


def test_a_table_without_position_is_refused() -> None:
    bare = PLATES.__class__(name="plates.bare", description="", columns=PLATES.columns)
    with pytest.raises(ValueError, match=r"plates\.bare declares no position"):
        ObsCoreStore(bare, HOLDINGS)


def test_cone_uses_the_index(plates: tuple[ReaderDatabase, Path]) -> None:
    store = ObsCoreStore(PLATES, HOLDINGS)
    statement = store.statement(Query(cone=Cone(100.9, -0.9, 0.1)), 10)
    with plates[0].transaction() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        compiled = statement.compile(connection.engine, compile_kwargs={"render_postcompile": True})
        plan = connection.exec_driver_sql(f"EXPLAIN {compiled}", compiled.params).scalars().all()
    assert any("Index Cond: (place <@" in line for line in plan)


def test_the_transaction_ends_when_the_client_leaves(
    client: FlaskClient, plates: tuple[ReaderDatabase, Path]
) -> None:
    for _ in range(20):  # more than the pool holds
        client.head("/ssa?POS=100.9,-0.9")
        client.get("/ssa?POS=100.9,-0.9", buffered=False).close()
    with plates[0].transaction() as connection:
        states = connection.exec_driver_sql(
            "SELECT state FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = current_user AND pid <> pg_backend_pid()"
        )
        assert "idle in transaction" not in states.scalars().all()
