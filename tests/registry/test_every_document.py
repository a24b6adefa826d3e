"""Every document of OAI-PMH, VOResource and VOSI is valid, as a server process answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from lxml import etree

from resources.oai.requests import VERBS
from resources.oai.selection import PREFIXES
from tests.registry.harvester import ask, errors
from tests.support.validity import assert_valid_xml
from vo_server.app import create_app

if TYPE_CHECKING:
    from vo_server.config import Settings

VOSI = ("/capabilities", "/availability", "/tables")
"""How the addresses of VOSI end (VOSI 1.1, section 5)."""


@pytest.fixture(scope="module")
def documents(archive: Settings, server: str) -> list[str]:
    """Addresses of all documents that are schema-bound: whatever the application has."""
    app = create_app(archive.model_copy(update={"owner_password": None}))
    paths = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.endswith(VOSI)}
    assert paths >= {"/tap/capabilities", "/tap/availability", "/tap/tables"}
    assert paths >= {"/ssa/capabilities", "/ssa/availability"}
    assert paths >= {"/oai/capabilities", "/oai/availability"}
    listed = requests.get(f"{server}/tap/tables?detail=min", timeout=60).content
    names = [str(one.text) for one in etree.fromstring(listed).iterfind(".//table/name")]
    assert len(names) > 8
    details = [f"/tap/tables{name}?detail={much}" for much in ("min", "max")
               for name in ("", *(f"/{name}" for name in names))]  # fmt: skip
    answer = ask(f"{server}/oai", "verb=ListRecords&metadataPrefix=ivo_vor")
    pages = [
        str(one.text).removeprefix(str(one.text).partition("/records")[0])
        for one in answer.iter("referenceURL")
        if "/records/" in str(one.text)
    ]
    assert len(pages) > 5
    records = [f"{page}/voresource.xml" for page in pages]
    return [server + path for path in (*sorted(paths), *details, *records)]


def test_every_document_of_vosi_and_every_record_is_valid(documents: list[str]) -> None:
    for address in documents:
        answer = requests.get(address, timeout=60)
        assert answer.status_code == 200, address
        assert answer.headers["Content-Type"].split(";")[0] in {"text/xml", "application/xml"}
        assert_valid_xml(answer.content)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_verb_is_answered_validly_in_every_format(
    server: str, verb: str, prefix: str
) -> None:
    wanted = {
        "metadataPrefix": prefix,
        "identifier": "ivo://org.corot/tap",
        "set": "ivo_managed",
    }
    rules = VERBS[verb]
    given = {name: wanted[name] for name in (*rules.required, *rules.optional) if name in wanted}
    answer = ask(f"{server}/oai", verb=verb, **given)
    assert errors(answer) == []
    posted = requests.post(f"{server}/oai", {"verb": verb, **given}, timeout=60)
    assert_valid_xml(posted.content)
    assert errors(etree.fromstring(posted.content)) == []
