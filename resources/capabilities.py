"""Capability elements of VOResource, as VOSI and registry records hold them.

Elements are without a namespace, as the schemas want them. They name types by
prefix in ``xsi:type``; the document they are put into declares
:data:`PREFIXES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lxml import etree

from resources.namespaces import SSAP, TR, VOSI_CAPABILITIES, VR, VS, XSI, XSI_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

PREFIXES = {"xsi": XSI, "vr": VR, "vs": VS, "tr": TR, "ssap": SSAP}
"""Namespace prefixes that capability elements use in ``xsi:type``."""

TAP_ID = "ivo://ivoa.net/std/TAP"
"""standardID of TAP, without a version (TAP 1.1, section 2.4)."""
VOSI_CAPABILITIES_ID = "ivo://ivoa.net/std/VOSI#capabilities"
VOSI_AVAILABILITY_ID = "ivo://ivoa.net/std/VOSI#availability"
VOSI_TABLES_ID = "ivo://ivoa.net/std/VOSI#tables-1.1"


@dataclass(frozen=True, slots=True)
class DataModel:
    """A data model that published tables follow."""

    name: str
    ivo_id: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a query language."""

    number: str
    ivo_id: str


@dataclass(frozen=True, slots=True)
class Feature:
    """An optional feature of a query language."""

    form: str
    """Name, or for a user-defined function its signature."""
    description: str = ""


@dataclass(frozen=True, slots=True)
class FeatureList:
    """Features of one type."""

    type: str
    """IVOID of the type of feature."""
    features: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """A query language with its versions and optional features."""

    name: str
    versions: tuple[Version, ...]
    description: str
    features: tuple[FeatureList, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """An output format."""

    mime: str
    aliases: tuple[str, ...] = ()
    ivo_id: str | None = None


@dataclass(frozen=True, slots=True)
class TableAccess:
    """All that a TAP service says about itself (TAPRegExt 1.0, section 2)."""

    url: str
    """Base URL of the service."""
    languages: tuple[Language, ...]
    formats: tuple[Format, ...]
    default_rows: int
    hard_rows: int
    execution: timedelta
    """Longest a query may run; default and hard limit are the same."""
    data_models: tuple[DataModel, ...] = ()


def capabilities_document(capabilities: Iterable[etree._Element]) -> bytes:
    """Write the VOSI capabilities document (VOSI 1.1, section 2)."""
    root = etree.Element(
        f"{{{VOSI_CAPABILITIES}}}capabilities", nsmap={"vosi": VOSI_CAPABILITIES, **PREFIXES}
    )
    for capability in capabilities:
        root.append(capability)
        etree.cleanup_namespaces(capability, keep_ns_prefixes=list(PREFIXES))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def interface(
    capability: etree._Element,
    url: str,
    *,
    use: Literal["base", "full", "dir"],
    version: str | None = None,
) -> etree._Element:
    """Append the standard HTTP interface to a capability.

    There is no securityMethod: this form means anonymous access and is valid
    in VOResource 1.1 and 1.2 alike.
    """
    attributes = {XSI_TYPE: "vs:ParamHTTP", "role": "std"}
    if version:
        attributes["version"] = version
    element = etree.SubElement(capability, "interface", attributes, nsmap={"xsi": XSI})
    _text(element, "accessURL", url, {"use": use})
    return element


def vosi_capability(standard_id: str, url: str, version: str | None = None) -> etree._Element:
    """Make the capability of a VOSI resource (VOSI 1.1, section 4)."""
    capability = etree.Element("capability", {"standardID": standard_id})
    interface(capability, url, use="full", version=version)
    return capability


def vosi_capabilities(base_url: str) -> list[etree._Element]:
    """Make the capabilities of the three VOSI resources below a service's base URL."""
    return [
        vosi_capability(VOSI_CAPABILITIES_ID, f"{base_url}/capabilities"),
        vosi_capability(VOSI_AVAILABILITY_ID, f"{base_url}/availability"),
        vosi_capability(VOSI_TABLES_ID, f"{base_url}/tables", "1.1"),
    ]


def tap_capability(access: TableAccess) -> etree._Element:
    """Make the tr:TableAccess capability; the order of children is the schema's."""
    capability = etree.Element(
        "capability", {XSI_TYPE: "tr:TableAccess", "standardID": TAP_ID}, nsmap={"xsi": XSI}
    )
    interface(capability, access.url, use="base", version="1.1")
    for model in access.data_models:
        _text(capability, "dataModel", model.name, {"ivo-id": model.ivo_id})
    for language in access.languages:
        _language(capability, language)
    for output in access.formats:
        _format(capability, output)
    seconds = str(int(access.execution.total_seconds()))
    duration = etree.SubElement(capability, "executionDuration")
    _text(duration, "default", seconds)
    _text(duration, "hard", seconds)
    limit = etree.SubElement(capability, "outputLimit")
    _text(limit, "default", str(access.default_rows), {"unit": "row"})
    _text(limit, "hard", str(access.hard_rows), {"unit": "row"})
    return capability


def _language(capability: etree._Element, language: Language) -> None:
    element = etree.SubElement(capability, "language")
    _text(element, "name", language.name)
    for version in language.versions:
        _text(element, "version", version.number, {"ivo-id": version.ivo_id})
    _text(element, "description", language.description)
    for group in language.features:
        features = etree.SubElement(element, "languageFeatures", {"type": group.type})
        for feature in group.features:
            entry = etree.SubElement(features, "feature")
            _text(entry, "form", feature.form)
            if feature.description:
                _text(entry, "description", feature.description)


def _format(capability: etree._Element, output: Format) -> None:
    attributes = {"ivo-id": output.ivo_id} if output.ivo_id else {}
    element = etree.SubElement(capability, "outputFormat", attributes)
    _text(element, "mime", output.mime)
    for alias in output.aliases:
        _text(element, "alias", alias)


def _text(
    parent: etree._Element, tag: str, text: str, attributes: dict[str, str] | None = None
) -> None:
    etree.SubElement(parent, tag, attributes or {}).text = text
