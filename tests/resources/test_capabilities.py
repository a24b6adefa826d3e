from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from lxml import etree

from resources.capabilities import (
    DataModel,
    Feature,
    FeatureList,
    Format,
    Language,
    TableAccess,
    TimeLimits,
    Version,
    capabilities_document,
    tap_capability,
    vosi_capabilities,
)
from tests.support.validity import assert_valid_xml

URL = "https://vo.example.org/base/tap"
ACCESS = TableAccess(
    url=URL,
    languages=(
        Language(
            "ADQL",
            (Version("2.0", "ivo://ivoa.net/std/ADQL#v2.0"),),
            "Query language",
            (FeatureList("ivo://x#features-udf", (Feature("f(x REAL) -> REAL", "Does it"),)),),
        ),
    ),
    formats=(Format("text/csv", ("csv",)), Format("text/xml", (), "ivo://x#output")),
    default_rows=10,
    hard_rows=20,
    execution=TimeLimits(timedelta(minutes=2), timedelta(minutes=3)),
    retention=TimeLimits(timedelta(days=1), timedelta(days=2)),
    data_models=(DataModel("ObsCore-1.1", "ivo://ivoa.net/std/ObsCore#core-1.1"),),
)


def document(access: TableAccess = ACCESS) -> bytes:
    return capabilities_document([tap_capability(access), *vosi_capabilities(access.url)])


def test_document_is_valid_with_and_without_optional_parts() -> None:
    assert_valid_xml(document())
    assert_valid_xml(document(replace(ACCESS, data_models=(), retention=None)))


def test_tap_interface_is_as_clients_look_for_it() -> None:
    capability = etree.fromstring(document())[0]
    assert capability.tag == "capability"
    assert capability.get("standardID") == "ivo://ivoa.net/std/TAP"
    interfaces = capability.findall("interface")
    assert len(interfaces) == 1
    assert {str(name): value for name, value in interfaces[0].attrib.items()} == {
        "{http://www.w3.org/2001/XMLSchema-instance}type": "vs:ParamHTTP",
        "role": "std",
        "version": "1.1",
    }
    assert [(e.tag, e.text, e.get("use")) for e in interfaces[0]] == [("accessURL", URL, "base")]


def test_each_way_to_log_in_has_an_interface_beside_the_one_for_everybody() -> None:
    methods = ("ivo://ivoa.net/sso#BasicAA", "ivo://ivoa.net/sso#cookie")
    made = document(replace(ACCESS, security=methods))
    assert_valid_xml(made)
    interfaces = etree.fromstring(made)[0].findall("interface")
    assert [interface.get("role") for interface in interfaces] == ["std", None, None]
    found = [interface.find("securityMethod") for interface in interfaces]
    assert [None if method is None else method.get("standardID") for method in found] == [
        None, *methods,
    ]  # fmt: skip
    assert {interface.findtext("accessURL") for interface in interfaces} == {URL}


def test_vosi_resources_are_below_the_service() -> None:
    found = {
        capability.get("standardID"): capability.findtext("interface/accessURL")
        for capability in etree.fromstring(document())
    }
    assert found == {
        "ivo://ivoa.net/std/TAP": URL,
        "ivo://ivoa.net/std/VOSI#capabilities": f"{URL}/capabilities",
        "ivo://ivoa.net/std/VOSI#availability": f"{URL}/availability",
        "ivo://ivoa.net/std/VOSI#tables-1.1": f"{URL}/tables",
    }


def test_limits_are_told_default_then_hard() -> None:
    capability = etree.fromstring(document())[0]
    limits = [(e.tag, e.text, e.get("unit")) for e in capability.iterfind("outputLimit/*")]
    assert limits == [("default", "10", "row"), ("hard", "20", "row")]
    duration = [(e.tag, e.text) for e in capability.iterfind("executionDuration/*")]
    assert duration == [("default", "120"), ("hard", "180")]
    kept = [(e.tag, e.text) for e in capability.iterfind("retentionPeriod/*")]
    assert kept == [("default", "86400"), ("hard", "172800")]


def test_prefixes_are_declared_once_at_the_root() -> None:
    assert document().count(b"xmlns:xsi") == 1
    assert etree.fromstring(document()).nsmap["tr"] == "http://www.ivoa.net/xml/TAPRegExt/v1.0"
