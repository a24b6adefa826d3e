"""A partner with a server of its own finds ours, searches both and matches its table with ours."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ingest.simulate import write_deliveries
from schemas.engine import APP, OWNER
from schemas.migrate import upgrade
from tests.federation.recipe import blocks, rewritten
from tests.rights.world import COUNT, KINDS, content, populate, tokens
from tests.support.deliveries import small_deliveries
from tests.support.server import VO_SERVER, environment, running_server
from vo_server.config import Settings
from vo_server.database import engine_of, reachable
from vo_server.wiring import ingest_service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from astropy.table import Table

    from tests.support.databases import DatabaseMaker

pytestmark = pytest.mark.filterwarnings(
    # pyvo and astropy warn of what they do not know; the tests look at what comes of it.
    "ignore::astropy.io.votable.exceptions.VOTableSpecWarning",
)

LIGHT_CURVES = 2
"""Those that the partner has itself."""

MATCHED = ("released", "star")
"""Kinds of our products that the partner's table has a star of, but for those that are hidden."""


@pytest.fixture(scope="module")
def ours(make_database: DatabaseMaker) -> Iterator[tuple[str, str]]:
    """Base URL of our server, with products of every kind, and a Guest Investigator's token."""
    settings = make_database("federation", migrate=True).model_copy(
        update={"upload_networks": "127.0.0.0/8"}
    )
    with make_database.engine(settings, OWNER).begin() as owner:
        populate(owner, settings.store)
    token = tokens(make_database.engine(settings, APP))["guest1"]
    with running_server(settings) as url:
        yield url, token


@pytest.fixture(scope="module")
def partner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Base URL of the partner's server: an embedded database, light curves and a table."""
    folder = tmp_path_factory.mktemp("partner")
    settings = Settings(data_dir=folder / "data", authority="net.example.partner")
    plan = small_deliveries(("IRa01",))[0]
    few = replace(plan, products=plan.products[:LIGHT_CURVES])
    (delivery,) = write_deliveries([few], folder / "delivery")
    (folder / "targets.toml").write_text(blocks("toml")[0], encoding="utf-8")
    (folder / "targets.csv").write_text(blocks("csv")[0], encoding="utf-8")

    with reachable(settings) as ready, engine_of(ready, OWNER) as owner:
        upgrade(owner)
        assert len(ingest_service(ready, owner).ingest(delivery).published) == LIGHT_CURVES
        subprocess.run(
            [VO_SERVER, "publish", "targets.toml", "--from", "targets.csv"],
            env=environment(settings),
            check=True,
            cwd=folder,
        )
        with running_server(settings) as url:
            yield url


@pytest.fixture(scope="module")
def recipe(ours: tuple[str, str], partner: str) -> dict[str, Any]:
    """Run the page's Python from its first line to its last; give what it leaves."""
    url, token = ours
    program = rewritten("\n".join(blocks("python")), ours=url, partner=partner, token=token)
    left: dict[str, Any] = {}
    exec(compile(program, "federation.md", "exec"), left)  # noqa: S102 # it is the test's subject
    return left


def test_the_services_are_found_in_the_records(
    recipe: dict[str, Any], ours: tuple[str, str], partner: str
) -> None:
    known = recipe["known"]
    assert len(known) >= 2
    assert {one["TAP"] for one in known.values()} == {f"{ours[0]}/tap", f"{partner}/tap"}
    assert {one["SSA"] for one in known.values()} == {f"{ours[0]}/ssa?", f"{partner}/ssa?"}


def test_both_are_searched_by_either_protocol(
    recipe: dict[str, Any], ours: tuple[str, str], partner: str
) -> None:
    found = recipe["everything"]
    by_ssa = dict(recipe["by_ssa"])
    for base, authority in ((ours[0], "org.corot"), (partner, "net.example.partner")):
        mine = found[[did.startswith(f"ivo://{authority}/") for did in found["obs_publisher_did"]]]
        assert len(mine) > 0
        for row in mine:
            assert row["access_url"].startswith(f"{base}/products/")
        assert any(did.startswith(f"ivo://{authority}/") for did in by_ssa)
    # What SSA finds in its circle is what ObsTAP finds, files and all.
    by_obstap = {row["obs_publisher_did"]: row["access_url"] for row in found}
    assert by_ssa.items() <= by_obstap.items()


def kinds(table: Table) -> list[str]:
    """Tell of which kind the products of a match are."""
    first = {made.first: kind for kind, made in KINDS.items()}
    return [first[number] for number in table["corot_id"]]


@pytest.mark.parametrize("way", ["matched", "fetched"])
def test_the_partners_table_is_matched_with_ours(recipe: dict[str, Any], way: str) -> None:
    table = recipe[way]
    assert list(table["target"]) == ["partner-1", "partner-2"]
    assert list(table["teff"]) == [5710, 6120]
    assert table["teff"].unit == "K"
    assert kinds(table) == list(MATCHED), "an N1 product is invisible, and one star is nowhere"
    assert list(table["data_rights"]) == ["public", "proprietary"]
    assert list(table["var_class1"].filled("")) == ["ECL", ""]


def test_who_is_granted_more_gets_more(recipe: dict[str, Any]) -> None:
    table = recipe["granted"]
    assert kinds(table) == list(MATCHED)
    assert list(table["var_class1"]) == ["ECL", "ECL"]
    address = table["access_url"][1]
    assert requests.get(address, timeout=60).status_code == 403
    answer = recipe["mine"].get(address, timeout=60)
    assert answer.content == content("star")
    recipe["mine"].close()


def test_what_is_invisible_is_so_in_a_federation_too(recipe: dict[str, Any]) -> None:
    everything = set(recipe["everything"]["obs_publisher_did"])
    hidden = [KINDS[kind].first + i for kind in ("n1", "alert", "withdrawn") for i in range(COUNT)]
    assert not [did for did in everything if any(str(number) in did for number in hidden)]
