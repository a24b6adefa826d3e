"""Once a searchable registry has our records, pyvo.registry finds what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyvo import registry

from schemas.engine import OWNER
from tests.federation.searchable import publish_registry
from tests.registry.harvester import ask
from tests.support.server import running_server
from vo_server.registry.collections import COLLECTIONS
from vo_server.registry_wiring import refresh_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings


@pytest.fixture(scope="module", autouse=True)
def searched(
    archive: Settings,
    server: str,
    make_database: DatabaseMaker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Another server has harvested ours, and is the registry that pyvo asks."""
    refresh_records(archive.model_copy(update={"base_url": server}))
    harvested = ask(f"{server}/oai", "verb=ListRecords&metadataPrefix=ivo_vor")
    other = make_database("searchable", migrate=True)
    publish_registry(
        make_database.engine(other, OWNER),
        harvested.iter("{*}Resource"),
        tmp_path_factory.mktemp("searchable"),
    )
    former = registry.regtap.REGISTRY_BASEURL
    with running_server(other) as url:
        registry.choose_RegTAP_service(f"{url}/tap")
        yield
    registry.choose_RegTAP_service(former)


def test_services_are_found_by_type_and_word_and_can_be_asked() -> None:
    (tap,) = registry.search(servicetype="tap", keywords="CoRoT")
    assert tap.ivoid == "ivo://org.corot/tap"
    assert len(tap.get_service("tap").search("SELECT TOP 2 corot_id FROM corot.stars")) == 2
    (ssa,) = registry.search(servicetype="ssa", keywords="CoRoT")
    assert ssa.ivoid == "ivo://org.corot/lightcurves"
    assert len(ssa.get_service("ssa").search(pos=(100.0, -1.0), diameter=60)) > 10


def test_who_has_obscore_is_found_by_the_data_model() -> None:
    assert [one.ivoid for one in registry.search(datamodel="obscore")] == ["ivo://org.corot/tap"]


def test_collections_are_found_by_subject_with_the_services_that_have_them() -> None:
    found = {one.ivoid: one for one in registry.search(keywords=["light-curves", "faint"])}
    assert f"ivo://org.corot/{COLLECTIONS[0].key}" in found
    assert f"ivo://org.corot/{COLLECTIONS[1].key}" not in found
    assert {"tap#aux", "ssa#aux"} <= found["ivo://org.corot/n2/faint-stars"].access_modes()


def test_a_word_that_is_in_no_record_finds_nothing() -> None:
    assert len(registry.search(keywords="galaxy")) == 0
