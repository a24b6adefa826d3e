"""A collection or a service that comes later is one declaration: all the rest follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree
from sqlalchemy import create_engine

from resources.capabilities import interfaces, vosi_capability
from resources.namespaces import XSI, XSI_TYPE
from resources.records.view import RecordView
from schemas.engine import OWNER
from schemas.published import CATALOGUE
from schemas.session import ReaderDatabase
from tests.registry.test_oai import canonical
from tests.registry.test_pages import BROWSER, json_ld, parsed
from tests.support.rows import Products, insert_products
from tests.support.validity import assert_valid_datacite, assert_valid_xml
from vo_server import registry_wiring
from vo_server.app import create_app
from vo_server.config import Settings
from vo_server.registry import declared, landing, service
from vo_server.registry.collections import COLLECTIONS, Collection
from vo_server.registry.services import SERVICES, Server, Service
from vo_server.registry_wiring import refresh_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from tests.support.databases import DatabaseMaker

CS = "http://www.ivoa.net/xml/ConeSearch/v1.0"
CONE_ID = "ivo://ivoa.net/std/ConeSearch"


def cone_capabilities(server: Server) -> tuple[etree._Element, ...]:
    url = server.url("cone")
    cone = etree.Element(
        "capability",
        {XSI_TYPE: "cs:ConeSearch", "standardID": CONE_ID},
        nsmap={"xsi": XSI, "cs": CS},
    )
    interfaces(cone, f"{url}?", use="base", version="1.03")
    etree.SubElement(cone, "maxRecords").text = str(server.settings.hard_maxrec)
    etree.SubElement(cone, "verbosity").text = "true"
    return (
        cone,
        vosi_capability("ivo://ivoa.net/std/VOSI#capabilities", f"{url}/capabilities"),
        vosi_capability("ivo://ivoa.net/std/VOSI#availability", f"{url}/availability"),
    )


CONE = Service(
    key="cone",
    title="CoRoT stars by cone search",
    short_name="CoRoT cone",
    standard_id=CONE_ID,
    protocol="Cone search",
    types=("Catalog",),
    description="The stars of the satellite CoRoT around a position.",
    capabilities=cone_capabilities,
    vosi_path="cone",
)

CATALOGUES = Collection(
    key="n3/faint-stars",
    title="CoRoT N3 products of faint stars",
    short_name="CoRoT N3 faint",
    level="N3",
    channel="exoplanet",
    instrument="CoRoT exoplanet channel",
    subjects=("light-curves", "exoplanets"),
    description="What was made of the light curves of faint stars.",
)

ADDED = (CONE.key, CATALOGUES.key)


@pytest.fixture(scope="module")
def client(make_database: DatabaseMaker) -> Iterator[FlaskClient]:
    """An application in which both are declared, with data of the collection."""
    settings = make_database("later_declarations", migrate=True)
    with make_database.engine(settings, OWNER).begin() as owner:
        insert_products(owner, Products(first=1, count=3))
        insert_products(owner, Products(first=9, count=3, level="N3", version="N3-1.0", ra=280.0))
    with pytest.MonkeyPatch.context() as patch:
        # One constant each; a name that was imported is bound in the module that did so.
        for module in (service, landing):
            patch.setattr(module, "COLLECTIONS", (*COLLECTIONS, CATALOGUES))
        for module in (declared, landing, registry_wiring):
            patch.setattr(module, "SERVICES", (*SERVICES, CONE))
        refresh_records(settings)
        yield create_app(settings.model_copy(update={"owner_password": None})).test_client()


@pytest.fixture(scope="module")
def records(client: FlaskClient) -> dict[str, etree._Element]:
    """All records by their keys, harvested."""
    answer = client.get("/oai?verb=ListRecords&metadataPrefix=ivo_vor")
    assert_valid_xml(answer.data)
    return {
        str(one.findtext("identifier")).removeprefix("ivo://org.corot").lstrip("/"): one
        for one in etree.fromstring(answer.data).iter("{*}Resource")
    }


def test_both_are_harvested(records: dict[str, etree._Element]) -> None:
    assert list(records) == [
        *("", "organisation", "registry", "tap", "lightcurves", "cone"),
        *("n2/faint-stars", "n3/faint-stars"),
    ]
    capability = records["cone"].find("capability")
    assert capability is not None
    assert capability.get(XSI_TYPE) == "cs:ConeSearch"
    assert capability.nsmap["cs"] == CS
    assert records["n3/faint-stars"].findtext("curation/version") == "N3-1.0"


@pytest.mark.parametrize("key", ADDED)
def test_its_document_is_valid_alone(client: FlaskClient, key: str) -> None:
    document = client.get(f"/records/{key}/voresource.xml").data
    assert_valid_xml(document)
    listed = client.get(
        f"/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=ivo://org.corot/{key}"
    )
    assert_valid_xml(listed.data)
    assert b"<oai:error" not in listed.data


def test_vosi_tells_what_the_record_tells(
    client: FlaskClient, records: dict[str, etree._Element]
) -> None:
    told = client.get("/cone/capabilities")
    assert told.content_type == "text/xml; charset=utf-8"
    assert_valid_xml(told.data)
    root = etree.fromstring(told.data)
    assert canonical(root) == canonical(records["cone"].iterfind("capability"))
    assert len(root) == 3
    available = client.get("/cone/availability").data
    assert_valid_xml(available)
    assert b">true<" in available


def test_services_and_collections_name_each_other(records: dict[str, etree._Element]) -> None:
    collections = ("n2/faint-stars", "n3/faint-stars")
    services = ("tap", "lightcurves", "cone")
    for ours, theirs in ((collections, services), (services, collections)):
        for key in ours:
            (kinship, *_) = RecordView(records[key]).relationships
            assert [name.ivo_id for name in kinship.to] == [
                f"ivo://org.corot/{one}" for one in theirs
            ]
    for key in collections:
        found = dict(RecordView(records[key]).access)
        assert found[f"{CONE_ID}#aux"] == "http://127.0.0.1:8080/cone?"


@pytest.mark.parametrize("key", ADDED)
def test_it_has_a_page_that_others_lead_to(client: FlaskClient, key: str) -> None:
    answer = client.get(f"/records/{key}", headers=BROWSER)
    assert answer.status_code == 200
    page = parsed(answer.text)
    title = {one.key: one.title for one in (CONE, CATALOGUES)}[key]
    assert page.findtext(".//h1") == json_ld(page)["name"] == title
    assert "Cone search URL" in page.text_content()
    assert_valid_datacite(client.get(f"/records/{key}/datacite.xml").data)
    assert f'"/records/{key}"' in client.get("/records", headers=BROWSER).text
    assert f"/records/{key}<" in client.get("/sitemap.xml").text
    other = client.get(f"/records/{'n3/faint-stars' if key == 'cone' else 'cone'}", headers=BROWSER)
    assert f'href="/records/{key}"' in other.text


def test_a_list_of_the_products_is_that_of_the_collection(client: FlaskClient) -> None:
    page = parsed(client.get("/records/n3/faint-stars", headers=BROWSER).text)
    (link,) = (str(one) for one in page.xpath("//a/@href") if "RESPONSEFORMAT=csv" in str(one))
    lines = client.get(link).text.splitlines()
    assert len(lines) == 4
    assert all("N3-1.0" in line for line in lines[1:])


def test_a_service_whose_database_is_away_says_so() -> None:
    settings = Settings()
    nowhere = create_engine("postgresql+psycopg2:///vo?host=/nonexistent")
    database = ReaderDatabase(nowhere, settings.identity, settings.sync_timeout)
    assert not Server(settings, database, CATALOGUE).is_available()
