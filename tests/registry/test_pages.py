"""The pages about records, and what machines find in them."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import requests
from lxml import etree, html
from sqlalchemy import text

from resources.namespaces import XSI_TYPE
from resources.records.bibtex import bibtex
from resources.records.datacite import DATACITE, datacite
from resources.records.view import RecordView
from schemas.engine import APP, OWNER
from tests.output.test_html_in_browser import chromium
from tests.registry.harvester import ask
from tests.registry.test_oai import canonical
from tests.support.rows import Products, insert_products
from tests.support.validity import assert_valid_datacite
from vo_server.app import create_app
from vo_server.registry_wiring import refresh_records

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

LANDINGS = (
    *("authority", "organisation", "registry", "tap", "lightcurves"),
    *("n2/faint-stars", "n2/bright-stars"),
)
CITED = LANDINGS[3:]
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def site(server: str, archive: Settings) -> str:
    """Base URL of the archive, whose records are this server's."""
    refresh_records(archive.model_copy(update={"base_url": server}))
    return server


def fetched(url: str) -> requests.Response:
    answer = requests.get(url, headers=BROWSER, timeout=60)
    assert answer.status_code == 200, url
    return answer


def parsed(page: str) -> html.HtmlElement:
    return html.fromstring(page)


def record(site: str, key: str) -> etree._Element:
    (found,) = (
        one
        for one in ask(f"{site}/oai", "verb=ListRecords&metadataPrefix=ivo_vor").iter("{*}Resource")
        if str(one.findtext("content/referenceURL")) == f"{site}/records/{key}"
        or (key == "organisation" and one.get(XSI_TYPE) == "vr:Organisation")
    )
    return found


def json_ld(page: html.HtmlElement) -> dict[str, Any]:
    (script,) = page.xpath("//script[@type='application/ld+json']")
    told: dict[str, Any] = json.loads(script.text)
    return told


@pytest.mark.parametrize("service", ["tap", "lightcurves", "registry"])
def test_vosi_tells_what_the_record_tells(site: str, service: str) -> None:
    path = {"tap": "tap", "lightcurves": "ssa", "registry": "oai"}[service]
    told = etree.fromstring(fetched(f"{site}/{path}/capabilities").content)
    assert canonical(told) == canonical(record(site, service).iterfind("capability"))
    assert len(told) >= 3


@pytest.mark.parametrize("key", LANDINGS)
def test_a_page_says_what_the_record_says(site: str, key: str) -> None:
    answer = fetched(f"{site}/records/{key}")
    page = parsed(answer.text)
    view = RecordView(record(site, key))
    assert page.findtext(".//h1") == view.title
    shown = " ".join(page.text_content().split())
    for part in (view.ivo_id, view.description, view.publisher, view.email, view.version):
        assert part in shown
    for table in view.tables:
        assert table.name in shown
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert not page.xpath("//script[not(@src) and not(@type)] | //style | //@style | //@onclick")
    assert len(page.findall(".//h1")) == len(page.findall(".//main")) == 1
    described = json_ld(page)
    assert described["name"] == view.title
    assert view.ivo_id in described["identifier"]
    document = fetched(f"{site}/records/{key}/voresource.xml").content
    assert canonical([etree.fromstring(document)]) == canonical([record(site, key)])


def test_every_link_leads_somewhere(site: str) -> None:
    links = {"/records"}
    for key in LANDINGS:
        page = parsed(fetched(f"{site}/records/{key}").text)
        links |= {str(link) for link in page.xpath("//a/@href | //link/@href | //script/@src")}
    local = {link for link in links if link.startswith("/")}
    assert len(local) > 30
    for link in local:
        content = fetched(site + link).content
        assert b'QUERY_STATUS" value="ERROR"' not in content
        assert b"<oai:error" not in content
    others = {link for link in links - local if not link.startswith(("#", "mailto:", site))}
    assert others == {
        "https://ui.adsabs.harvard.edu/abs/2009A%26A...506..411A",
        "https://doi.org/10.1051/978-2-7598-1876-1",
    }


def test_a_browser_runs_the_script_and_nothing_else(site: str, tmp_path: Path) -> None:
    command = [
        *(chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
        *("--enable-logging=stderr", f"--user-data-dir={tmp_path / 'profile'}"),
        f"{site}/records/n2/faint-stars",
    ]
    run = subprocess.run(command, capture_output=True, check=True, text=True, timeout=120)
    page = parsed(run.stdout)
    assert len(page.xpath("//figure[@class='lines']")) == 4
    assert len(page.xpath("//figure//button[@class='copy']")) == 4
    assert "CONSOLE" not in run.stderr, "the policy of the page forbids nothing that is on it"


def test_search_engines_find_a_data_set(site: str) -> None:
    """What schema.org wants of a Dataset, and Google's search for data sets."""
    for key in ("n2/faint-stars", "n2/bright-stars"):
        told = json_ld(parsed(fetched(f"{site}/records/{key}").text))
        assert told["@context"] == "https://schema.org/"
        assert told["@type"] == "Dataset"
        assert 50 <= len(told["description"]) <= 5000
        assert told["url"] == told["@id"] == f"{site}/records/{key}"
        assert told["creator"][0] == {"@type": "Organization", "name": "CoRoT consortium"}
        assert re.fullmatch(r"20\d\d-\d\d-\d\d/20\d\d-\d\d-\d\d", told["temporalCoverage"])
        assert told["isAccessibleForFree"] is True
        for download in told["distribution"]:
            answer = fetched(download["contentUrl"])
            assert answer.headers["Content-Type"].startswith(download["encodingFormat"])
            assert len(answer.content) > 1000
    assert json_ld(parsed(fetched(f"{site}/records/tap").text))["@type"] == "WebAPI"


@pytest.mark.parametrize("key", LANDINGS)
def test_who_has_authors_can_be_cited(site: str, key: str) -> None:
    for file, kind in (
        ("citation.bib", "application/x-bibtex"),
        ("datacite.xml", "application/xml"),
    ):
        answer = requests.get(f"{site}/records/{key}/{file}", timeout=60)
        assert answer.status_code == (200 if key in CITED else 404)
        if key in CITED:
            assert answer.headers["Content-Type"].startswith(kind)
    if key in CITED:
        assert_valid_datacite(fetched(f"{site}/records/{key}/datacite.xml").content)
        entry = fetched(f"{site}/records/{key}/citation.bib").text
        assert parsed(fetched(f"{site}/records/{key}").text).xpath("//code")
        assert f"url = {{{site}/records/{key}}}" in entry


def test_datacites_schema_sees_what_is_wrong(site: str) -> None:
    document = fetched(f"{site}/records/tap/datacite.xml").content
    for right, wrong, word in (
        (b'identifierType="DOI"', b"", "identifierType"),
        (b"InteractiveResource", b"Service of ours", "resourceTypeGeneral"),
        (b"publicationYear>", b"year>", "year"),
    ):
        assert right in document
        with pytest.raises(etree.DocumentInvalid, match=word):
            assert_valid_datacite(document.replace(right, wrong))


def test_the_sitemap_lists_the_pages(site: str) -> None:
    robots = fetched(f"{site}/robots.txt").text
    (place,) = re.findall(r"^Sitemap: (.*)$", robots, re.MULTILINE)
    root = etree.fromstring(fetched(place).content)
    pages = [str(one.text) for one in root.iter("{*}loc")]
    assert pages == [
        *(f"{site}/", f"{site}/records", f"{site}/exports", f"{site}/tap/examples"),
        *(f"{site}/records/{key}" for key in LANDINGS),
    ]
    for page in pages:
        fetched(page)
        path = page.removeprefix(site)
        assert not any(path.startswith(one) for one in re.findall(r"Disallow: (.*)", robots))
    index = parsed(fetched(f"{site}/records").text)
    assert list(index.xpath("//tbody//@href")) == [f"/records/{key}" for key in LANDINGS]


class Small:
    """An application with a few records, under an address with a path."""

    def __init__(self, maker: DatabaseMaker, name: str, **settings: object) -> None:
        self.settings = maker(name, migrate=True).model_copy(
            update={"base_url": "https://vo.example.org/corot", **settings}
        )
        self.app = maker.engine(self.settings, APP)
        with maker.engine(self.settings, OWNER).begin() as owner:
            insert_products(owner, Products(first=1, count=3))
        refresh_records(self.settings)

    @property
    def client(self) -> FlaskClient:
        return create_app(self.settings.model_copy(update={"owner_password": None})).test_client()


def test_a_doi_and_a_licence_are_told_everywhere(make_database: DatabaseMaker) -> None:
    small = Small(
        make_database,
        "records_doi",
        dois={"n2/faint-stars": "10.5072/co_rot"},
        rights_uri="https://spdx.org/licenses/CC-BY-4.0.html",
    )
    client = small.client
    page = client.get("/records/n2/faint-stars", headers=BROWSER).text
    assert 'href="https://doi.org/10.5072/co_rot"' in page
    told = json_ld(parsed(page))
    assert told["@id"] == "https://doi.org/10.5072/co_rot"
    assert told["license"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    metadata = client.get("/records/n2/faint-stars/datacite.xml").data
    assert_valid_datacite(metadata)
    document = etree.fromstring(metadata)
    assert document.findtext(f"{{{DATACITE}}}identifier") == "10.5072/co_rot"
    assert b'rightsURI="https://spdx.org' in etree.tostring(document)
    assert "doi = {10.5072/co_rot}" in client.get("/records/n2/faint-stars/citation.bib").text
    harvested = client.get(
        "/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=ivo://org.corot/n2/faint-stars"
    )
    assert b"https://doi.org/10.5072/co_rot" in harvested.data
    assert "simulated" not in page


def test_links_have_the_path_of_the_server(make_database: DatabaseMaker) -> None:
    client = Small(make_database, "records_path").client
    for path in ("/records", "/records/n2/faint-stars"):
        page = parsed(client.get(path, headers=BROWSER).text)
        links = [str(link) for link in page.xpath("//@href | //@src")]
        assert all(link.startswith(("/corot/", "#", "mailto:", "https://")) for link in links)
    robots = client.get("/robots.txt").text
    assert "Disallow: /corot/tap/sync\n" in robots
    assert "Sitemap: https://vo.example.org/corot/sitemap.xml\n" in robots


def test_a_publisher_of_odd_letters_does_no_harm(make_database: DatabaseMaker) -> None:
    name = 'A </script><script>alert(1)</script> & {B} "C" 100 % ä'
    client = Small(make_database, "records_odd", publisher=name).client
    answer = client.get("/records/organisation", headers=BROWSER).text
    page = parsed(answer)
    assert "<script>alert" not in answer
    assert page.findtext(".//h1") == name
    assert json_ld(page)["name"] == name
    entry = client.get("/records/tap/citation.bib").text
    assert entry.count("{") == entry.count("}")
    assert r"\& \{B\}" in entry
    assert r"100 \% ä" in entry


def test_a_deleted_record_is_gone_and_an_unknown_one_was_never_there(
    make_database: DatabaseMaker,
) -> None:
    small = Small(make_database, "records_gone")
    with small.app.begin() as app:
        app.execute(text("UPDATE registry.records SET deleted = true, datestamp = '2026-01-02'"
                         " WHERE landing LIKE 'n2/%'"))  # fmt: skip
    client = small.client
    gone = client.get("/records/n2/faint-stars", headers=BROWSER)
    assert gone.status_code == 410
    assert "was deleted on 2026-01-02" in gone.text
    assert client.get("/records/n2/faint-stars/datacite.xml").status_code == 410
    assert client.get("/records/n2/none", headers=BROWSER).status_code == 404
    assert b"faint-stars" not in client.get("/sitemap.xml").data
    assert "faint-stars" not in client.get("/records").text


def test_people_among_the_authors_are_persons() -> None:
    resource = etree.fromstring(
        "<r created='2020-01-01T00:00:00Z' updated='2020-01-02T00:00:00Z'><title>T_1</title>"
        "<identifier>ivo://a/b</identifier><curation><publisher>P</publisher>"
        "<creator><name>Curie, M.</name></creator><creator><name>A group</name></creator>"
        "</curation><content><description>D</description></content></r>"
    )
    view = RecordView(resource)
    assert "author = {Curie, M. and {A group}}" in bibtex(view)
    assert r"title = {{T\_1}}" in bibtex(view)
    kinds = [one.get("nameType") for one in datacite(view).iter(f"{{{DATACITE}}}creatorName")]
    assert kinds == ["Personal", "Organizational"]
