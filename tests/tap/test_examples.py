"""The document of examples, read as clients read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from lxml import etree

from schemas.examples import QueryExample
from schemas.session import PUBLIC
from tap.routes import blueprint
from tap.service import TapService
from tap.store import QueryStore
from tests.support.validity import assert_valid_xml
from tests.tap.answers import ask, error_text
from tests.tap.conftest import IDENTITY
from tests.tap.laboratory import LABORATORY

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.tap.conftest import CountingDatabase

EXAMPLES = (
    QueryExample("few", "Few & small", "Numbers.", "SELECT n FROM lab.numbers\nWHERE n < 3"),
    QueryExample(
        "joined", "Two tables", "One for each.",
        "SELECT n, name FROM lab.numbers JOIN lab.specimens ON n = id",
    ),
)  # fmt: skip


def client_with_examples(database: CountingDatabase) -> FlaskClient:
    service = TapService(LABORATORY, QueryStore(database), IDENTITY, examples=EXAMPLES)
    app = Flask("examples")
    app.register_blueprint(blueprint(service, lambda: PUBLIC))
    return app.test_client()


def test_examples_have_the_properties_of_dali_and_tap(reader_database: CountingDatabase) -> None:
    client = client_with_examples(reader_database)
    response = client.get("/tap/examples")
    assert (response.status_code, response.content_type) == (200, "application/xhtml+xml")
    root = etree.fromstring(response.data)
    (vocabulary,) = root.iterfind(".//*[@vocab]")
    assert vocabulary.get("vocab") == "http://www.ivoa.net/rdf/examples#"
    found = vocabulary.findall(".//*[@typeof='example']")
    for element, example in zip(found, EXAMPLES, strict=True):
        assert element.get("id") == example.name
        assert element.get("resource") == f"#{example.name}"
        assert [e.text for e in element.iterfind(".//*[@property='name']")] == [example.title]
        assert [e.text for e in element.iterfind(".//*[@property='query']")] == [example.adql]
    tables = [e.text for e in found[1].iterfind(".//*[@property='table']")]
    assert tables == ["lab.numbers", "lab.specimens"]
    # The text of a property on a link would be its address (RDFa 1.1 Lite, section 2.1).
    assert not root.xpath("//*[@property][@href or @src]")


def test_links_of_the_examples_run_them(reader_database: CountingDatabase) -> None:
    client = client_with_examples(reader_database)
    links = etree.fromstring(client.get("/tap/examples").data).xpath("//@href")
    runs = [link for link in links if "QUERY=" in link]  # type: ignore[union-attr,operator] # text only
    assert len(runs) == len(EXAMPLES)
    for link in runs:
        path = str(link).removeprefix(IDENTITY.base_url)
        response = client.get(path)
        assert (response.status_code, response.content_type) == (200, "text/html;charset=utf-8")


def test_examples_are_declared_and_linked(reader_database: CountingDatabase) -> None:
    client = client_with_examples(reader_database)
    document = client.get("/tap/capabilities").data
    assert_valid_xml(document)
    (capability,) = etree.fromstring(document).iterfind(
        "capability[@standardID='ivo://ivoa.net/std/DALI#examples']"
    )
    assert capability.findtext("interface/accessURL") == f"{IDENTITY.base_url}/tap/examples"
    assert f'href="{IDENTITY.base_url}/tap/examples"' in client.get("/tap").text


def test_a_service_without_examples_has_no_such_resource(client: FlaskClient) -> None:
    response = client.get("/tap/examples")
    assert response.status_code == 404
    assert error_text(response) == "This service has no examples."
    assert b"examples" not in client.get("/tap/capabilities").data
    assert "examples" not in client.get("/tap").text
    assert ask(client, EXAMPLES[0].adql).status_code == 200
