"""The records say what is declared and what there is, in the form the schemas want."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from astropy import units
from lxml import etree
from mocpy import MOC
from sqlalchemy import text

from resources.namespaces import RI, XSI_TYPE
from schemas.published import CATALOGUE
from tests.support.validity import assert_valid_xml
from vo_server.registry.collections import COLLECTIONS
from vo_server.registry.coverage import spatial
from vo_server.registry.holdings import merged

if TYPE_CHECKING:
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

KEYS = (
    "",
    "organisation",
    "registry",
    "tap",
    "lightcurves",
    *(collection.key for collection in COLLECTIONS),
)


THESAURUS = {
    "asteroseismology": 73,
    "astronomy-databases": 83,
    "exoplanets": 498,
    "light-curves": 918,
    "stellar-oscillations": 1617,
    "transit-photometry": 1709,
    "variable-stars": 1761,
    "virtual-observatories": 1774,
}
"""Concepts of the Unified Astronomy Thesaurus 5.1 by their numbers (astrothesaurus.org/uat/…).

A subject that is new is to be looked up there.
"""


def texts(document: bytes, path: str) -> list[str]:
    found = etree.fromstring(document).xpath(path)
    assert isinstance(found, list)
    return [str(one.text) if etree.iselement(one) else str(one) for one in found]


def test_these_are_all(documents: dict[str, bytes]) -> None:
    assert documents.keys() == set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_a_record_is_valid(documents: dict[str, bytes], key: str) -> None:
    document = documents[key]
    assert_valid_xml(document)
    root = etree.fromstring(document)
    assert root.tag == f"{{{RI}}}Resource"
    assert root.findtext("identifier") == f"ivo://org.corot/{key}".rstrip("/")
    assert len(root.findtext("shortName") or "") <= 16
    assert str(root.get("created")) <= str(root.get("updated"))
    assert (root.findtext("content/referenceURL") or "").startswith("http://127.0.0.1:8080/")


@pytest.mark.parametrize("key", KEYS)
def test_a_record_names_its_schemas_and_the_customary_prefixes(
    documents: dict[str, bytes], key: str
) -> None:
    root = etree.fromstring(documents[key])
    places = str(root.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation")).split()
    assert places[::2] == places[1::2]
    assert "http://www.ivoa.net/xml/VOResource/v1.0" in places
    # A namespace is a name: with https it would be another one.
    assert not any("https://www.ivoa.net/xml" in str(uri) for uri in root.nsmap.values())
    for element in root.iter():
        prefix = str(element.get(XSI_TYPE) or "vr:").partition(":")[0]
        assert root.nsmap[prefix] in places
        assert prefix in {"vr", "vs", "vg", "tr", "ssap"}


def test_every_resource_that_is_named_has_a_record(documents: dict[str, bytes]) -> None:
    named = {
        ivo_id
        for document in documents.values()
        for ivo_id in texts(document, "//publisher/@ivo-id | //relatedResource/@ivo-id"
                            " | //managingOrg/@ivo-id")
    }  # fmt: skip
    assert named
    assert named <= {f"ivo://org.corot/{key}" for key in KEYS}


def test_a_collection_and_its_services_name_each_other(documents: dict[str, bytes]) -> None:
    for collection in COLLECTIONS:
        served = "//relationship[relationshipType='IsServedBy']/relatedResource/@ivo-id"
        assert texts(documents[collection.key], served) == [
            "ivo://org.corot/tap",
            "ivo://org.corot/lightcurves",
        ]
        assert texts(documents[collection.key], "//relationship[relationshipType='Cites']/*[2]")
    for service in ("tap", "lightcurves"):
        serves = "//relationship[relationshipType='IsServiceFor']/relatedResource/@ivo-id"
        assert texts(documents[service], serves) == [
            f"ivo://org.corot/{collection.key}" for collection in COLLECTIONS
        ]


def test_a_collection_is_found_by_the_protocols_of_its_services(
    documents: dict[str, bytes],
) -> None:
    for collection in COLLECTIONS:
        document = documents[collection.key]
        assert texts(document, "//capability/@standardID") == [
            "ivo://ivoa.net/std/TAP#aux",
            "ivo://ivoa.net/std/SSA#aux",
        ]
        for service, name in (("tap", "TAP"), ("lightcurves", "SSA")):
            url = texts(documents[service], "//capability[1]/interface[@role='std']/accessURL")
            aux = f"//capability[contains(@standardID, '{name}')]/interface[@role='std']/accessURL"
            assert texts(document, aux) == url
        assert texts(document, "//subject")[0] == "light-curves"
        assert texts(document, "//source[@format='bibcode']") == ["2009A&A...506..411A"]
        assert texts(document, "//creator/name | //rights | //instrument | //facility")
        assert texts(document, "//version") == ["N2-4.4"]


def test_subjects_are_of_the_thesaurus(documents: dict[str, bytes]) -> None:
    told = {word for document in documents.values() for word in texts(document, "//subject")}
    assert told == THESAURUS.keys()


def test_ssa_tells_what_its_data_are(documents: dict[str, bytes]) -> None:
    assert texts(documents["lightcurves"], "//productType") == ["timeseries", "light-curve"]


def test_tables_are_those_that_everybody_may_read(documents: dict[str, bytes]) -> None:
    tables = texts(documents["tap"], "//tableset/schema/table/name")
    assert tables == [table.name for table in CATALOGUE if table.schema_name != "ingest"]
    assert "ivoa.obscore" in tables
    for collection in COLLECTIONS:
        assert texts(documents[collection.key], "//tableset//table/name") == [
            "corot.runs",
            "corot.stars",
            "corot.products",
        ]
    for document in documents.values():
        columns = set(texts(document, "//tableset//column/name"))
        assert columns.isdisjoint({"storage_path", "withdrawn", "pos", "region_array"})


def test_coverage_is_that_of_the_stars_and_runs(
    documents: dict[str, bytes], make_database: DatabaseMaker, archive: Settings
) -> None:
    for collection in COLLECTIONS:
        document = documents[collection.key]
        moc = MOC.from_string(texts(document, "//spatial")[0])
        assert moc.max_order >= 6
        times = [tuple(map(float, t.split())) for t in texts(document, "//temporal")]
        with make_database.reader(archive).transaction() as connection:
            rows = connection.execute(
                text(
                    "SELECT ra, dec, t_min, t_max FROM corot.products"
                    " WHERE product_level = 'N2' AND channel = :channel"
                ),
                {"channel": collection.channel},
            ).all()
        assert rows
        inside = moc.contains_lonlat(
            [row.ra for row in rows] * units.deg, [row.dec for row in rows] * units.deg
        )
        assert inside.all()
        assert moc.sky_fraction < 0.01
        for row in rows:
            assert any(begin <= row.t_min and row.t_max <= end for begin, end in times)
        assert all(before[1] < after[0] for before, after in pairwise(times))
        low, high = map(float, texts(document, "//spectral")[0].split())
        ends = units.Quantity([low, high], units.J).to(units.nm, units.spectral()).value
        assert ends == pytest.approx([1000, 370], rel=1e-3)
        assert texts(document, "//waveband") == ["Optical"]


def test_simulated_data_are_announced(documents: dict[str, bytes]) -> None:
    for collection in COLLECTIONS:
        assert texts(documents[collection.key], "/*/title")[0].endswith("(simulated)")
        assert "do not use them" in texts(documents[collection.key], "//content/description")[0]


def test_intervals_are_rounded_outwards_and_joined() -> None:
    assert merged([(3.001, 4.0), (1.0, 2.0), (1.5, 2.999)]) == ((1.0, 4.0),)
    assert merged([(5.123, 6.789), (1.0, 2.0)]) == ((1.0, 2.0), (5.12, 6.79))
    once = merged([(54134.541, 54154.799)])
    assert merged(once) == once == ((54134.54, 54154.8),)
    assert merged([]) == ()


def test_a_star_at_the_pole_has_a_cell() -> None:
    assert spatial(np.array([[0.0, 90.0]])).startswith("8/")
