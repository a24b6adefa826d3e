"""The protocol, verb by verb and error by error (OAI-PMH 2.0), on a real server process."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
import requests
from flask import Flask
from lxml import etree
from sqlalchemy import text

from schemas.engine import APP
from tests.registry.harvester import OAI, ask, errors, identifiers, insert_many, token
from tests.support.server import running_server
from tests.support.validity import assert_valid_xml
from vo_server import wiring
from vo_server.app import create_app
from vo_server.config import Settings
from vo_server.registry_wiring import oai_blueprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.support.databases import DatabaseMaker

RECORDS = 6
"""Those of an archive without data are five; one is deleted."""


@pytest.fixture(scope="module")
def settings(make_database: DatabaseMaker) -> Settings:
    return make_database("oai", migrate=True)


@pytest.fixture(scope="module")
def url(make_database: DatabaseMaker, settings: Settings) -> Iterator[str]:
    """Base URL of a repository with five records and a deleted one."""
    with running_server(settings) as base_url:
        with make_database.engine(settings, APP).begin() as app:
            insert_many(app, 1, 1)
            app.execute(
                text("UPDATE registry.records SET deleted = true,"
                     " datestamp = '2021-02-03T04:05:06Z' WHERE identifier LIKE '%/many/1'")
            )  # fmt: skip
        yield f"{base_url}/oai"


LIST = "verb=ListRecords&metadataPrefix=ivo_vor"
REGISTRY = "identifier=ivo://org.corot/registry"
GONE = "identifier=ivo://org.corot/many/1"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"),
        ("verb=", "badVerb"),
        ("verb=identify", "badVerb"),
        ("verb=Nonsense", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("metadataPrefix=ivo_vor", "badVerb"),
        ("verb=Identify&set=ivo_managed", "badArgument"),
        ("verb=Identify&%00=%00", "badArgument"),
        ("verb=Identify&x=%FF", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        (f"{LIST}&metadataPrefix=ivo_vor", "badArgument"),
        (f"{LIST}&from=2020-01-01&from=2020-01-01", "badArgument"),
        (f"{LIST}&Set=ivo_managed", "badArgument"),
        (f"{LIST}&set=", "badArgument"),
        (f"{LIST}&set=a b", "badArgument"),
        (f"{LIST}&from=", "badArgument"),
        (f"{LIST}&from=2020", "badArgument"),
        (f"{LIST}&from=2020-02-30", "badArgument"),
        (f"{LIST}&from=2020-01-01T00:00Z", "badArgument"),
        (f"{LIST}&from=2020-01-01T00:00:00", "badArgument"),
        (f"{LIST}&from=2020-01-01T00:00:00.5Z", "badArgument"),
        (f"{LIST}&from=2020-01-01T24:00:00Z", "badArgument"),
        (f"{LIST}&from=0000-01-01", "badArgument"),
        (f"{LIST}&from=%D9%A2020-01-01", "badArgument"),
        (f"{LIST}&from=2020-01-01&until=2020-01-02T00:00:00Z", "badArgument"),
        (f"{LIST}&from=2020-01-02&until=2020-01-01", "badArgument"),
        (f"{LIST}&resumptionToken=x", "badArgument"),
        ("verb=ListRecords&resumptionToken=", "badArgument"),
        ("verb=ListRecords&resumptionToken=%00", "badArgument"),
        ("verb=ListRecords&resumptionToken=junktoken", "badResumptionToken"),
        ("verb=ListIdentifiers&resumptionToken=!", "badResumptionToken"),
        ("verb=ListSets&resumptionToken=x", "badResumptionToken"),
        ("verb=ListRecords&metadataPrefix=marc", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=a%20b", "badArgument"),
        (f"{LIST}&set=ivo_others", "noRecordsMatch"),
        (f"{LIST}&until=2020-01-01", "noRecordsMatch"),
        (f"{LIST}&from=2999-01-01T00:00:00Z", "noRecordsMatch"),
        (f"{LIST}&from=9999-12-31&until=9999-12-31", "noRecordsMatch"),
        ("verb=GetRecord", "badArgument"),
        (f"verb=GetRecord&{REGISTRY}", "badArgument"),
        (f"verb=GetRecord&{REGISTRY}&metadataPrefix=marc", "cannotDisseminateFormat"),
        ("verb=GetRecord&metadataPrefix=ivo_vor&identifier=ivo://org.corot/no", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=ivo_vor&identifier=%5C%22", "badArgument"),
        ("verb=ListMetadataFormats&identifier=no", "idDoesNotExist"),
        (f"verb=ListMetadataFormats&{GONE}", "noMetadataFormats"),
    ],
)
def test_what_is_wrong_is_an_error_of_the_protocol(url: str, query: str, code: str) -> None:
    answer = ask(url, query)
    assert errors(answer) == [code]
    assert answer.findtext(f"{OAI}error")
    repeated = answer.findall(f"{OAI}request")[0].keys()
    assert bool(repeated) == (code not in {"badVerb", "badArgument"})
    assert answer.findtext(f"{OAI}request") == url


def test_a_request_may_come_by_post(url: str) -> None:
    form = {"verb": "GetRecord", "identifier": "ivo://org.corot/tap", "metadataPrefix": "oai_dc"}
    got = ask(url, **form)
    posted = requests.post(url, form, timeout=60)
    assert_valid_xml(posted.content)
    element = etree.fromstring(posted.content)
    for answer in (got, element):
        answer.findall(f"{OAI}responseDate")[0].text = ""
    assert etree.tostring(element) == etree.tostring(got)
    twice = requests.post(f"{url}?verb=Identify", {"verb": "Identify"}, timeout=60)
    assert errors(etree.fromstring(twice.content)) == ["badVerb"]
    other = requests.post(url, "x", headers={"Content-Type": "text/plain"}, timeout=60)
    assert errors(etree.fromstring(other.content)) == ["badArgument"]
    assert requests.post(url, {"verb": "x" * 100_000}, timeout=60).status_code == 413


def test_identify(url: str) -> None:
    answer = ask(url, "verb=Identify")
    (element,) = answer.findall(f"{OAI}Identify")
    found = {etree.QName(child).localname: child.text for child in element}
    earliest = found.pop("earliestDatestamp")
    assert found == {
        "repositoryName": "CoRoT Data Centre: publishing registry",
        "baseURL": url,
        "protocolVersion": "2.0",
        "adminEmail": "postmaster@127.0.0.1",
        "deletedRecord": "persistent",
        "granularity": "YYYY-MM-DDThh:mm:ssZ",
        "compression": "gzip",
        "description": None,
    }
    assert earliest is not None
    assert earliest <= str(answer.findtext(f"{OAI}responseDate"))
    ((resource,),) = element.findall(f"{OAI}description")
    assert resource.findtext("identifier") == "ivo://org.corot/registry"
    assert resource.findtext("capability/interface/accessURL") == url
    assert [one.text for one in resource.findall("managedAuthority")] == ["org.corot"]


def test_answers_are_compressed_as_identify_says(url: str) -> None:
    packed = requests.get(f"{url}?{LIST}", headers={"Accept-Encoding": "gzip"}, timeout=60)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert_valid_xml(packed.content)
    assert int(packed.headers["Content-Length"]) < len(packed.content) / 2


def test_formats_and_sets(url: str) -> None:
    for query in ("verb=ListMetadataFormats", f"verb=ListMetadataFormats&{REGISTRY}"):
        prefixes = [one.text for one in ask(url, query).iter(f"{OAI}metadataPrefix")]
        assert prefixes == ["ivo_vor", "oai_dc"]
    assert [one.text for one in ask(url, "verb=ListSets").iter(f"{OAI}setSpec")] == ["ivo_managed"]


@pytest.mark.parametrize("prefix", ["ivo_vor", "oai_dc"])
def test_every_record_can_be_had_in_each_format(url: str, prefix: str) -> None:
    answer = ask(url, f"verb=ListRecords&metadataPrefix={prefix}&set=ivo_managed")
    names = identifiers(answer)
    assert len(names) == RECORDS
    assert token(answer) is None, "a list that is whole has none"
    for record in answer.iter(f"{OAI}record"):
        name = str(record.findtext(f"{OAI}header/{OAI}identifier"))
        assert record.findtext(f"{OAI}header/{OAI}setSpec") == "ivo_managed"
        single = ask(url, verb="GetRecord", identifier=name, metadataPrefix=prefix)
        (one,) = single.iter(f"{OAI}record")
        assert etree.tostring(one, method="c14n") == etree.tostring(record, method="c14n")
        if name.endswith("/many/1"):
            assert record.findall(f"{OAI}header")[0].get("status") == "deleted"
            assert record.find(f"{OAI}metadata") is None
            continue
        ((content,),) = record.findall(f"{OAI}metadata")
        if prefix == "ivo_vor":
            assert content.findtext("identifier") == name
            assert content.get("updated") == record.findtext(f"{OAI}header/{OAI}datestamp")
        else:
            assert content.findtext("{http://purl.org/dc/elements/1.1/}identifier") == name
    listed = ask(url, f"verb=ListIdentifiers&metadataPrefix={prefix}")
    assert identifiers(listed) == names
    assert listed.find(f".//{OAI}metadata") is None


def test_identifiers_are_the_same_whatever_their_case(url: str) -> None:
    query = "verb=GetRecord&metadataPrefix=ivo_vor&identifier=IVO://org.CoRoT/TAP"
    assert identifiers(ask(url, query)) == ["ivo://org.corot/tap"]


@pytest.mark.parametrize(
    ("dates", "found"),
    [
        ("until=2021-02-03", 1),
        ("from=2021-02-03&until=2021-02-03", 1),
        ("until=2021-02-02", None),
        ("from=2021-02-04&until=2021-02-04", None),
        ("from=2021-02-03T04:05:06Z&until=2021-02-03T04:05:06Z", 1),
        ("until=2021-02-03T04:05:05Z", None),
        ("from=2021-02-03T04:05:07Z", RECORDS - 1),
        ("from=2021-02-03", RECORDS),
        ("from=0001-01-01&until=9999-12-31", RECORDS),
    ],
)
def test_dates_take_their_ends_in(url: str, dates: str, found: int | None) -> None:
    answer = ask(url, f"verb=ListIdentifiers&metadataPrefix=ivo_vor&{dates}")
    if found is None:
        assert errors(answer) == ["noRecordsMatch"]
    else:
        assert len(identifiers(answer)) == found


def forged(values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode()


@pytest.mark.parametrize(
    "values",
    [
        ["ListIdentifiers", "ivo_vor", None, None, None, 1, 100, 200],
        ["ListRecords", "marc", None, None, None, 1, 100, 200],
        ["ListRecords", "ivo_vor", "yesterday", None, None, 1, 100, 200],
        ["ListRecords", "ivo_vor", 1, None, None, 1, 100, 200],
        ["ListRecords", "ivo_vor", None, None, None, -1, 100, 200],
        ["ListRecords", "ivo_vor", None, None, None, 2**63, 100, 200],
        ["ListRecords", "ivo_vor", None, None, None, 1.5, 100, 200],
        ["ListRecords", "ivo_vor", None, None, None, True, 100, 200],
        ["ListRecords", "ivo_vor", None, None, None, 1, 100],
        ["ListRecords", "ivo_vor", None, None, "soon", 1, 100, 200],
        ["ListRecords", "ivo_vor", None, None, 1, 100, 200],
        {"verb": "ListRecords"},
        17,
        None,
    ],
)
def test_a_token_that_is_made_up_is_none(url: str, values: object) -> None:
    answer = ask(url, verb="ListRecords", resumptionToken=forged(values).rstrip("="))
    assert errors(answer) == ["badResumptionToken"]


def canonical(elements: Iterable[etree._Element]) -> list[bytes]:
    return [etree.tostring(one, method="c14n", exclusive=True) for one in elements]


def test_vosi_of_the_registry(url: str) -> None:
    record = ask(url, f"verb=GetRecord&{REGISTRY}&metadataPrefix=ivo_vor")
    told = requests.get(f"{url}/capabilities", timeout=60).content
    assert_valid_xml(told)
    assert canonical(etree.fromstring(told)) == canonical(record.iter("capability"))
    available = requests.get(f"{url}/availability", timeout=60)
    assert_valid_xml(available.content)
    assert b">true<" in available.content


def test_without_records_harvesters_are_to_come_again(make_database: DatabaseMaker) -> None:
    settings = make_database("oai_empty", migrate=True)
    client = create_app(settings.model_copy(update={"owner_password": None})).test_client()
    answer = client.get("/oai?verb=Identify")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert b">false<" in client.get("/oai/availability").data
    assert errors(etree.fromstring(client.get(f"/oai?{LIST}").data)) == ["noRecordsMatch"]


def test_without_a_database_too() -> None:
    settings = Settings(database_url="postgresql://127.0.0.1:1/none")
    app = Flask("oai")
    app.register_blueprint(oai_blueprint(settings, wiring.app_engine(settings)))
    answer = app.test_client().get("/oai?verb=Identify")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "127.0.0.1" not in answer.text
    assert b">false<" in app.test_client().get("/oai/availability").data
