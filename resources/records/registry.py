"""Capabilities of a publishing registry (RegistryInterface 1.1, section 3.2)."""

from __future__ import annotations

from lxml import etree

from resources.capabilities import (
    VOSI_AVAILABILITY_ID,
    VOSI_CAPABILITIES_ID,
    vosi_capability,
)
from resources.namespaces import VG, XSI, XSI_TYPE

REGISTRY_ID = "ivo://ivoa.net/std/Registry"
"""standardID of the harvesting interface."""


def registry_capabilities(url: str, most_records: int) -> tuple[etree._Element, ...]:
    """Make the capabilities of a registry: harvesting and VOSI.

    Parameters
    ----------
    url
        Base URL of its OAI-PMH interface.
    most_records
        Records in one answer.
    """
    harvest = etree.Element(
        "capability",
        {XSI_TYPE: "vg:Harvest", "standardID": REGISTRY_ID},
        nsmap={"xsi": XSI, "vg": VG},
    )
    interface = etree.SubElement(
        harvest, "interface", {XSI_TYPE: "vg:OAIHTTP", "role": "std", "version": "1.0"}
    )
    etree.SubElement(interface, "accessURL", {"use": "base"}).text = url
    etree.SubElement(harvest, "maxRecords").text = str(most_records)
    return (
        harvest,
        vosi_capability(VOSI_CAPABILITIES_ID, f"{url}/capabilities"),
        vosi_capability(VOSI_AVAILABILITY_ID, f"{url}/availability"),
    )
