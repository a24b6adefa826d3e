"""What astroquery's TapPlus expects of the table metadata beyond VOSI.

It is written for the services of ESA, whose columns have an attribute of their
own that the schema of VODataService does not allow. So it is put in for
clients that do not name themselves, as this one, which fails without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from tap.parameters import Parameters

_NAMESPACE = "http://esa.int/xml/EsaTapPlus"
_PREFIX = "esatapplus"
"""The client looks for the prefix itself."""


def may_be_tap_plus(user_agent: str) -> bool:
    """Tell whether TapPlus may have sent a GET, which is of few clients that do not say so."""
    return not user_agent


def flagged(document: bytes) -> bytes:
    """Give every column of a tableset the attribute ``flags``, which says nothing."""
    plain = etree.fromstring(document)
    prefixes = {prefix: uri for prefix, uri in plain.nsmap.items() if prefix is not None}
    root = etree.Element(plain.tag, nsmap={**prefixes, _PREFIX: _NAMESPACE})
    root.extend(plain)
    for column in root.iter("column"):
        column.set(f"{{{_NAMESPACE}}}flags", "0")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def wanted_tables(parameters: Parameters) -> frozenset[str] | None:
    """Read which tables alone are asked for, in lower case; None for all."""
    names = [
        name.strip().lower() for value in parameters.all("TABLES") for name in value.split(",")
    ]
    return frozenset(names) if names else None


def names_alone(parameters: Parameters) -> bool:
    """Read whether columns are to be left out."""
    return (parameters.single("ONLY_TABLES") or "").lower() == "true"
