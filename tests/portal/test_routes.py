from __future__ import annotations

import logging
import subprocess
import sys
import urllib.request
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import create_engine, text

from schemas.engine import OWNER
from schemas.identity import Identity
from schemas.session import PUBLIC, Caller, ReaderDatabase
from tests.support.rows import Products, insert_products
from vo_server import page_headers
from vo_server.portal import routes
from vo_server.portal.examples import run_query
from vo_server.portal.service import PortalService
from vo_server.portal.store import PortalStore

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

IDENTITY = Identity("https://vo.example.org/corot", "org.example")
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def client_of(database: ReaderDatabase, publisher: str = "A <b>Publisher</b>") -> FlaskClient:
    app = Flask("portal")
    service = PortalService(
        database, PortalStore(), IDENTITY, publisher=publisher, fresh_for=timedelta(0)
    )
    routes.register(app, service, lambda: PUBLIC)
    page_headers.init_app(app)

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("the secret is 42")

    return app.test_client()


@pytest.fixture(scope="module")
def client(make_database: DatabaseMaker, archive: Settings) -> FlaskClient:
    return client_of(make_database.reader(archive))


@pytest.fixture(scope="module")
def page(client: FlaskClient) -> html.HtmlElement:
    response = client.get("/", headers=BROWSER)
    assert response.status_code == 200
    return html.fromstring(response.text)


def count(database: ReaderDatabase, query: str) -> str:
    with database.transaction() as connection:
        return f"{connection.execute(text(query)).scalar_one():,}"


def test_numbers_are_the_databases(
    page: html.HtmlElement, make_database: DatabaseMaker, archive: Settings
) -> None:
    reader = make_database.reader(archive)
    numbers = [element.text for element in page.findall(".//dl[@class='numbers']//dd")]
    assert numbers == [
        count(reader, "SELECT count(*) FROM ivoa.obscore"),
        count(reader, "SELECT count(*) FROM ivoa.obscore WHERE data_rights = 'public'"),
        count(reader, "SELECT count(*) FROM corot.stars"),
        count(reader, "SELECT count(DISTINCT run_code) FROM corot.products"),
    ]
    assert numbers[0] != numbers[1]


def test_all_runs_are_listed(page: html.HtmlElement) -> None:
    rows = page.findall(".//tbody/tr")
    assert len(rows) == 26
    cells = [" ".join(cell.text_content().split()) for cell in rows[0]]
    assert cells[:4] == ["IRa01", "initial", "anticentre", "2007-02-03 to 2007-04-02"]
    assert cells[4] == "not known"
    assert int(cells[5]) > 0
    assert len(page.findall(".//svg[@class='timeline']//rect")) == 26


def test_simulated_data_are_announced(page: html.HtmlElement) -> None:
    (notice,) = page.findall(".//aside[@class='notice']")
    assert "light curves here are simulated" in " ".join(notice.text_content().split())


def test_data_that_are_not_simulated_are_not_announced_as_such(
    make_database: DatabaseMaker,
) -> None:
    settings = make_database("portal_real", migrate=True)
    client = client_of(make_database.reader(settings), publisher="")
    empty = html.fromstring(client.get("/").text)
    assert [element.text for element in empty.findall(".//dl[@class='numbers']//dd")] == [
        "0",
        "0",
        "0",
        "0",
    ]
    assert not empty.findall(".//footer//strong")
    with make_database.engine(settings, OWNER).begin() as owner:
        insert_products(owner, Products(first=1, count=3))
    page = html.fromstring(client.get("/").text)
    assert page.findall(".//dl[@class='numbers']//dd")[0].text == "3"
    assert not page.findall(".//aside[@class='notice']")


def test_lines_to_paste_have_the_base_url_and_links_its_path(page: html.HtmlElement) -> None:
    code = [element.text_content() for element in page.findall(".//pre/code")]
    assert f"{IDENTITY.base_url}/tap" in code
    assert f"{IDENTITY.base_url}/ssa" in code
    links = [str(link) for link in page.xpath("//@href | //@src")]
    assert links
    assert all(link.startswith(("/corot/", "#")) for link in links)
    assert "localhost" not in page.text_content()


def test_nothing_is_loaded_from_elsewhere_or_inline(client: FlaskClient) -> None:
    response = client.get("/")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    page = html.fromstring(response.text)
    assert not page.xpath("//style | //@style | //@onclick | //script[not(@src)] | //iframe")
    css = client.get("/assets/portal.css", buffered=True).text
    assert "url(" not in css
    assert "@import" not in css


def test_the_page_can_be_used_without_seeing_it(page: html.HtmlElement) -> None:
    assert page.get("lang") == "en"
    assert len(page.findall(".//h1")) == 1
    for landmark in ("header", "main", "footer", "nav[@aria-label]"):
        assert len(page.findall(f".//{landmark}")) == 1, landmark
    assert page.findall(".//a[@class='skip']")[0].get("href") == "#main"
    for drawing in page.findall(".//svg"):
        assert drawing.get("role") == "img"
        assert drawing.get("aria-label")
    labels = {str(label) for label in page.xpath("//@aria-labelledby")}
    assert labels
    assert labels <= {str(identifier) for identifier in page.xpath("//@id")}


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("portal.css", "text/css; charset=utf-8"),
        ("portal.js", "text/javascript; charset=utf-8"),
        ("favicon.svg", "image/svg+xml; charset=utf-8"),
    ],
)
def test_assets(client: FlaskClient, name: str, media_type: str) -> None:
    response = client.get(f"/assets/{name}", buffered=True)
    assert (response.status_code, response.content_type) == (200, media_type)
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_that_is_not_there(client: FlaskClient) -> None:
    response = client.get("/nowhere/<script>", headers=BROWSER)
    assert response.status_code == 404
    assert "Content-Security-Policy" in response.headers
    page = html.fromstring(response.text)
    assert page.findall(".//h1")[0].text == "This page is not here"
    assert page.findall(".//a[@class='button']")[0].get("href") == "/corot/"
    assert "A &lt;b&gt;Publisher&lt;/b&gt;" in response.text


def test_programs_get_a_line(client: FlaskClient) -> None:
    response = client.get("/nowhere", headers={"Accept": "*/*"})
    assert (response.status_code, response.content_type) == (404, "text/plain; charset=utf-8")
    assert response.text.startswith("This page is not here. There is nothing")


def test_a_fault_of_ours_is_logged_and_not_shown(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        response = client.get("/broken", headers=BROWSER)
    assert response.status_code == 500
    assert "Something went wrong here" in response.text
    assert "42" not in response.text
    assert "the secret is 42" in caplog.text


def test_another_method_is_refused(client: FlaskClient) -> None:
    response = client.post("/", headers=BROWSER)
    assert response.status_code == 405
    assert {"GET", "HEAD"} <= set(response.headers["Allow"].split(", "))


def test_a_database_that_does_not_answer(caplog: pytest.LogCaptureFixture) -> None:
    engine = create_engine("postgresql+psycopg2://nobody@127.0.0.1:1/none")
    client = client_of(ReaderDatabase(engine, IDENTITY, timedelta(seconds=1)))
    with caplog.at_level(logging.ERROR):
        response = client.get("/", headers=BROWSER)
    assert response.status_code == 503
    assert "The database does not answer" in response.text
    assert "127.0.0.1" not in response.text
    assert "could not be counted" in caplog.text


def test_public_numbers_are_kept_a_while(make_database: DatabaseMaker, archive: Settings) -> None:
    service = PortalService(make_database.reader(archive), PortalStore(), IDENTITY)
    first = service.overview(PUBLIC)
    assert service.overview(PUBLIC) is first
    # Nobody has this name, so nobody sees anything, and the public's numbers are not used.
    assert service.overview(Caller("nobody")).products == 0
    assert service.overview(PUBLIC) is first


def test_run_codes_are_quoted_in_adql() -> None:
    (adql,) = parse_qs(run_query("O'Neill"))["QUERY"]
    assert "run_code = 'O''Neill'" in adql


def live_page(server: str) -> html.HtmlElement:
    with urllib.request.urlopen(f"{server}/") as response:
        return html.fromstring(response.read().decode())


def test_every_link_of_the_page_gives_something(server: str) -> None:
    links = {str(link) for link in live_page(server).xpath("//@href | //@src")}
    for link in links - {"#main"}:
        with urllib.request.urlopen(f"{server}{link}") as response:
            assert response.status == 200
            content = response.read()
            assert b'QUERY_STATUS" value="ERROR"' not in content, link
            if urlsplit(link).path == "/tap/sync" and "RESPONSEFORMAT=csv" in link:
                assert content.count(b"\n") > 1, link


def test_the_python_lines_of_the_page_run(server: str, tmp_path: Path) -> None:
    lines = [code.text_content() for code in live_page(server).findall(".//pre/code")]
    scripts = [code for code in lines if code.startswith("import pyvo")]
    assert len(scripts) == 2
    for script in scripts:
        run = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        assert run.stdout
    assert (tmp_path / "lightcurve.fits").stat().st_size > 0
