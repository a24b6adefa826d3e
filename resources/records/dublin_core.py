"""A record as Dublin Core, for harvesters that know no VOResource (OAI-PMH 2.0, section 5)."""

from __future__ import annotations

from typing import Final

from lxml import etree

from resources.namespaces import DC, OAI_DC, SCHEMA_LOCATION, XSI
from resources.records.view import RecordView

_KINDS: Final = {
    "vs:CatalogResource": "Dataset",
    "vs:CatalogService": "Service",
    "vg:Registry": "Service",
}
"""Words of the DCMI Type Vocabulary, by type of resource; there is none for organisations."""


def dublin_core(resource: etree._Element) -> etree._Element:
    """Make the ``oai_dc:dc`` of a ``ri:Resource``."""
    view = RecordView(resource)
    root = etree.Element(f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": DC, "xsi": XSI})
    root.set(SCHEMA_LOCATION, f"{OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
    kind = _KINDS.get(view.type)
    related = (n.ivo_id or n.text for relationship in view.relationships for n in relationship.to)
    for tag, values in (
        ("title", (view.title,)),
        ("creator", view.creators),
        ("subject", view.subjects),
        ("description", (view.description,)),
        ("publisher", (view.publisher,)),
        ("date", (view.date,)),
        ("type", (kind,) if kind else ()),
        ("identifier", (view.ivo_id, view.reference_url)),
        ("identifier", (f"https://doi.org/{view.doi}",) if view.doi else ()),
        ("relation", (*related,)),
        ("rights", (view.rights,) if view.rights else ()),
    ):
        for value in values:
            etree.SubElement(root, f"{{{DC}}}{tag}").text = value
    return root
