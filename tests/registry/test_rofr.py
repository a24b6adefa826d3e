"""What the validator of the Registry of Registries asks (github.com/ivoa/rofr).

Each check has its code there: RI…, OAI… and VR… are those of
``assets/validate/*.xsl``, the probes those of ``phase1_tests_data.py``.
``python -m tests.support.rofr`` runs the validator's own files.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from resources.namespaces import RI, XSI_TYPE
from tests.registry.harvester import OAI, ask, errors
from tests.support.server import running_server
from tests.support.validity import assert_valid_for_the_registry_of_registries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vo_server.config import Settings

RESOURCE = f"{{{RI}}}Resource"
HARVEST = "verb=ListRecords&metadataPrefix=ivo_vor&set=ivo_managed"


@pytest.fixture(scope="module")
def url(archive: Settings) -> Iterator[str]:
    """Base URL of the archive's registry, as it is set up to be registered."""
    settings = archive.model_copy(update={"registry_schemas": "rofr"})
    with running_server(settings) as base_url:
        yield f"{base_url}/oai"


def resources(url: str) -> list[etree._Element]:
    return [one for metadata in ask(url, HARVEST).iter(f"{OAI}metadata") for one in metadata]


LIST_DC = "ListIdentifiers&metadataPrefix=oai_dc"
RECORDS_DC = "ListRecords&metadataPrefix=oai_dc"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Identify", ""),
        ("Identify&test=test", "badArgument"),
        ("ListMetadataFormats", ""),
        ("ListSets", ""),
        (LIST_DC, ""),
        (f"{LIST_DC}&set=ivo_managed", ""),
        (f"{LIST_DC}&from=2000-01-01&until=2000-01-01", "noRecordsMatch"),
        (f"{LIST_DC}&set=really_wrong_set&from=some_random_date&until=some_random_date",
         "badArgument"),
        (f"{LIST_DC}&from=2001-01-01&until=2002-01-01T00:00:00Z", "badArgument"),
        (f"{LIST_DC}&from=2000-01-01&until=1999-01-01", "badArgument"),
        ("ListIdentifiers", "badArgument"),
        ("ListIdentifiers&metadataPrefix=illegal_mdp", "cannotDisseminateFormat"),
        ("ListIdentifiers&metadataPrefix=oai_dc&metadataPrefix=oai_dc", "badArgument"),
        ("ListIdentifiers&resumptionToken=junktoken", "badResumptionToken"),
        (f"{LIST_DC}&from=2001-01-01", ""),
        (f"{LIST_DC}&from=2001-01-01T00:00:00Z", ""),
        (f"{LIST_DC}&from=2001", "badArgument"),
        ("ListMetadataFormats&identifier=really_wrong_id", "idDoesNotExist"),
        ("GetRecord&metadataPrefix=oai_dc", "badArgument"),
        ("GetRecord&identifier=really_wrong_id&metadataPrefix=oai_dc", "idDoesNotExist"),
        ("GetRecord&identifier=invalid%5C%22id&metadataPrefix=oai_dc", "badArgument"),
        (f"{RECORDS_DC}&from=2000-01-01&until=2000-01-01", "noRecordsMatch"),
        (f"{RECORDS_DC}&set=really_wrong_set&from=some_random_date&until=some_random_date",
         "badArgument"),
        ("ListRecords", "badArgument"),
        (f"{RECORDS_DC}&from=2001-01-01&until=2002-01-01T00:00:00Z", "badArgument"),
        (f"{RECORDS_DC}&until=1969-01-01T00:00:00Z", "noRecordsMatch"),
        (RECORDS_DC, ""),
        ("ListRecords&resumptionToken=junktoken", "badResumptionToken"),
        ("IllegalVerb", "badVerb"),
    ],
)  # fmt: skip
def test_a_probe_gets_the_answer_that_is_wanted(url: str, query: str, expected: str) -> None:
    assert errors(ask(url, f"verb={query}")) == ([expected] if expected else [])


@pytest.mark.parametrize(
    "query", ["verb=Identify", "verb=ListMetadataFormats", "verb=ListSets", HARVEST]
)
def test_legal_queries_are_answered_validly(url: str, query: str) -> None:
    """RI3.1.1, and the schemas the validator has."""
    answer = ask(url, query)
    assert errors(answer) == []
    for holder in (*answer.iter(f"{OAI}metadata"), *answer.iter(f"{OAI}description")):
        for resource in holder:
            assert_valid_for_the_registry_of_registries(etree.tostring(resource))


def test_identify(url: str) -> None:
    """RI3.1.5a, RI3.1.5b1 to RI3.1.5b4."""
    answer = ask(url, "verb=Identify")
    assert answer.findtext(f"{OAI}Identify/{OAI}baseURL") == url
    ((registry,),) = answer.iter(f"{OAI}description")
    assert registry.tag == RESOURCE
    assert str(registry.get(XSI_TYPE)).endswith(":Registry")
    assert registry.xpath("capability[contains(@*[local-name()='type'], ':Harvest')]")


def test_formats(url: str) -> None:
    """RI3.1.2c."""
    answer = ask(url, "verb=ListMetadataFormats")
    assert "ivo_vor" in [one.text for one in answer.iter(f"{OAI}metadataPrefix")]


def test_sets(url: str) -> None:
    """RI3.1.6a and RI3.1.6b."""
    names = [str(one.text) for one in ask(url, "verb=ListSets").iter(f"{OAI}setSpec")]
    assert "ivo_managed" in names
    assert [name for name in names if name.startswith("ivo_")] == ["ivo_managed"]


def test_records_are_resources_under_their_own_names(url: str) -> None:
    """RI3.1.2a, RI3.1.2b, RI3.1.3 and OAI2.5.1."""
    answer = ask(url, HARVEST)
    assert answer.find(f".//{OAI}metadata/*/curation") is not None
    for record in answer.iter(f"{OAI}record"):
        metadata = record.find(f"{OAI}metadata")
        if record.findall(f"{OAI}header")[0].get("status") == "deleted":
            assert metadata is None
            continue
        assert metadata is not None
        (resource,) = metadata
        assert resource.tag == RESOURCE
        assert resource.findtext("identifier") == record.findtext(f"{OAI}header/{OAI}identifier")


def test_the_registry_and_its_authorities_are_among_the_records(url: str) -> None:
    """RI3.1.4a, RI3.1.4aw, RI3.1.4b and RI3.1.4c."""
    ((registry,),) = ask(url, "verb=Identify").iter(f"{OAI}description")
    managed = {str(one.text) for one in registry.iterfind("managedAuthority")}
    found = resources(url)
    assert registry.findtext("identifier") in [one.findtext("identifier") for one in found]
    authorities = {
        str(one.findtext("identifier")).removeprefix("ivo://")
        for one in found
        if one.get(XSI_TYPE) == "vg:Authority"
    }
    assert authorities == managed
    for one in found:
        assert str(one.findtext("identifier")).removeprefix("ivo://").split("/")[0] in managed


def test_records_have_what_is_recommended(url: str) -> None:
    """VR3.1b1 to b3, VR3.2.2a, VRdate, RI4.0b, RI4.0c and 4.3.2b."""
    today = datetime.now(UTC).isoformat()
    for one in resources(url):
        assert one.get("status") == "active"
        for moment in (str(one.get("created")), str(one.get("updated"))):
            assert moment <= today
        for date in one.iterfind("curation/date"):
            assert str(date.text) <= today
        if one.get(XSI_TYPE) in {"vs:CatalogService", "vg:Registry", "vs:CatalogResource"}:
            assert one.find("capability") is not None
        for capability in one.iterfind("capability"):
            assert capability.find("interface") is not None
            if capability.get(XSI_TYPE) == "vg:Harvest":
                assert one.get(XSI_TYPE) == "vg:Registry"
                ((interface),) = capability.findall("interface")
                assert interface.get(XSI_TYPE) == "vg:OAIHTTP"
                assert (interface.get("role"), interface.get("version")) == ("std", "1.0")


def test_what_clients_need_and_those_schemas_do_not_know_is_left_out(url: str) -> None:
    assert not [one for one in resources(url) if one.find(".//productType") is not None]
