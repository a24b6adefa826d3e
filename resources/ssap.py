"""The capability of an SSA service (SimpleDALRegExt 1.2, section 3.3)."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from resources.capabilities import (
    VOSI_AVAILABILITY_ID,
    VOSI_CAPABILITIES_ID,
    capabilities_document,
    interfaces,
    vosi_capability,
)
from resources.namespaces import SSAP, XSI, XSI_TYPE

SSA_ID = "ivo://ivoa.net/std/SSA"
"""standardID of SSA, without a version."""


@dataclass(frozen=True, slots=True)
class SpectralAccess:
    """All that an SSA service says about itself (SimpleDALRegExt 1.2, section 3.3)."""

    url: str
    """Address of the service, without a question mark."""
    product_types: tuple[str, ...]
    """Words of http://www.ivoa.net/rdf/product-type; without any, clients expect spectra."""
    data_sources: tuple[str, ...]
    creation_types: tuple[str, ...]
    default_rows: int
    hard_rows: int
    test_query: str
    """Parameters that find something, as the query part of a URL."""
    security: tuple[str, ...] = ()
    """Ways to log in, beside the access that everybody has (SSO 2.0, section 2)."""


def ssa_capability(access: SpectralAccess) -> etree._Element:
    """Make the ssap:SimpleSpectralAccess capability; the order of children is the schema's."""
    capability = etree.Element(
        "capability",
        {XSI_TYPE: "ssap:SimpleSpectralAccess", "standardID": SSA_ID},
        nsmap={"xsi": XSI, "ssap": SSAP},
    )
    for http in interfaces(
        capability, f"{access.url}?", use="base", version="1.1", security=access.security
    ):
        for method in ("GET", "POST"):
            _text(http, "queryType", method)
        _text(http, "resultType", "application/x-votable+xml")
        _text(http, "testQuery", f"REQUEST=queryData&{access.test_query}")
    # Data come as the archive holds them, in no format that SSA defines: hence "query".
    _text(capability, "complianceLevel", "query")
    for tag, values in (
        ("productType", access.product_types),
        ("dataSource", access.data_sources),
        ("creationType", access.creation_types),
        ("supportedFrame", ("ICRS",)),
        ("maxRecords", (str(access.hard_rows),)),
        ("defaultMaxRecords", (str(access.default_rows),)),
    ):
        for value in values:
            _text(capability, tag, value)
    test = etree.SubElement(capability, "testQuery")
    _text(test, "queryDataCmd", access.test_query)
    return capability


def ssa_capabilities(access: SpectralAccess) -> tuple[etree._Element, ...]:
    """Make all capabilities of an SSA service, for VOSI and for its record."""
    return (
        ssa_capability(access),
        vosi_capability(VOSI_CAPABILITIES_ID, f"{access.url}/capabilities"),
        vosi_capability(VOSI_AVAILABILITY_ID, f"{access.url}/availability"),
    )


def ssa_capabilities_document(access: SpectralAccess) -> bytes:
    """Write the VOSI capabilities document of an SSA service (VOSI 1.1, section 2)."""
    return capabilities_document(ssa_capabilities(access))


def _text(parent: etree._Element, tag: str, text: str) -> None:
    etree.SubElement(parent, tag).text = text
