"""Capability elements of VOResource, as VOSI and registry records hold them.

Elements are without a namespace, as the schemas want them. They name types by
prefix in ``xsi:type``; the document they are put into declares
:data:`PREFIXES`, and an element declares any other itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lxml import etree

from resources.namespaces import SSAP, TR, VG, VOSI_CAPABILITIES, VR, VS, XSI, XSI_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

PREFIXES = {"xsi": XSI, "vr": VR, "vs": VS, "vg": VG, "tr": TR, "ssap": SSAP}
"""Namespace prefixes that capability elements use in ``xsi:type``."""

TAP_ID = "ivo://ivoa.net/std/TAP"
"""standardID of TAP, without a version (TAP 1.1, section 2.4)."""
UPLOAD_METHODS = tuple(
    f"ivo://ivoa.net/std/TAPRegExt#upload-{method}" for method in ("inline", "http", "https")
)
"""Ways a table can come with a query (TAPRegExt 1.0, section 2.4)."""
VOSI_CAPABILITIES_ID = "ivo://ivoa.net/std/VOSI#capabilities"
VOSI_AVAILABILITY_ID = "ivo://ivoa.net/std/VOSI#availability"
VOSI_TABLES_ID = "ivo://ivoa.net/std/VOSI#tables-1.1"
DALI_EXAMPLES_ID = "ivo://ivoa.net/std/DALI#examples"


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
class TimeLimits:
    """A time if none is asked for, and the longest one."""

    default: timedelta
    hard: timedelta


@dataclass(frozen=True, slots=True)
class TableAccess:
    """All that a TAP service says about itself (TAPRegExt 1.0, section 2)."""

    url: str
    """Base URL of the service."""
    languages: tuple[Language, ...]
    formats: tuple[Format, ...]
    default_rows: int
    hard_rows: int
    execution: TimeLimits
    """How long a query, or a job where there are jobs, may run."""
    retention: TimeLimits | None = None
    """How long a job is kept; None where there are none."""
    upload_rows: int = 0
    """Most rows of an uploaded table; 0 where nothing can be uploaded."""
    upload_bytes: int = 0
    """Most bytes of it."""
    data_models: tuple[DataModel, ...] = ()
    security: tuple[str, ...] = ()
    """Ways to log in, beside the access that everybody has (SSO 2.0, section 2)."""


def capabilities_document(capabilities: Iterable[etree._Element]) -> bytes:
    """Write the VOSI capabilities document (VOSI 1.1, section 2)."""
    made = tuple(capabilities)
    prefixes = prefixes_of(made)
    root = etree.Element(
        f"{{{VOSI_CAPABILITIES}}}capabilities", nsmap={"vosi": VOSI_CAPABILITIES, **prefixes}
    )
    for capability in made:
        root.append(capability)
        etree.cleanup_namespaces(capability, keep_ns_prefixes=list(prefixes))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def prefixes_of(capabilities: Iterable[etree._Element]) -> dict[str, str]:
    """Give the prefixes that a document with some capabilities declares."""
    own = (pair for one in capabilities for pair in one.nsmap.items())
    return {**PREFIXES, **{prefix: uri for prefix, uri in own if prefix}}


def interfaces(
    capability: etree._Element,
    url: str,
    *,
    use: Literal["base", "full", "dir"],
    version: str | None = None,
    security: tuple[str, ...] = (),
) -> list[etree._Element]:
    """Append the standard HTTP interface to a capability, once for each way to log in.

    The first one has no securityMethod: it is for everybody. VOResource 1.1
    allows several methods in one interface and 1.2 does not; one each is valid
    in both.

    Parameters
    ----------
    security
        Identifiers of the ways to log in (SSO 2.0, section 2).
    """
    return [_interface(capability, url, use, version, method) for method in (None, *security)]


def _interface(
    capability: etree._Element, url: str, use: str, version: str | None, method: str | None
) -> etree._Element:
    attributes = {XSI_TYPE: "vs:ParamHTTP"}
    if method is None:
        # Validators want one interface of this role.
        attributes["role"] = "std"
    if version:
        attributes["version"] = version
    element = etree.SubElement(capability, "interface", attributes, nsmap={"xsi": XSI})
    _text(element, "accessURL", url, {"use": use})
    if method:
        etree.SubElement(element, "securityMethod", {"standardID": method})
    return element


def vosi_capability(
    standard_id: str, url: str, version: str | None = None, security: tuple[str, ...] = ()
) -> etree._Element:
    """Make the capability of a VOSI resource (VOSI 1.1, section 4)."""
    capability = etree.Element("capability", {"standardID": standard_id})
    interfaces(capability, url, use="full", version=version, security=security)
    return capability


def vosi_capabilities(base_url: str, security: tuple[str, ...] = ()) -> list[etree._Element]:
    """Make the capabilities of the three VOSI resources below a service's base URL.

    Capabilities and availability are for everybody (VOSI 1.1, section 4).
    """
    return [
        vosi_capability(VOSI_CAPABILITIES_ID, f"{base_url}/capabilities"),
        vosi_capability(VOSI_AVAILABILITY_ID, f"{base_url}/availability"),
        vosi_capability(VOSI_TABLES_ID, f"{base_url}/tables", "1.1", security),
    ]


def auxiliary_capability(capability: etree._Element) -> etree._Element:
    """Make the capability of a service that gives out a data collection, among other things.

    It makes the collection found with the protocol ("Discovering Data
    Collections within Services", section 3.2).

    Parameters
    ----------
    capability
        Of the service, for its protocol.
    """
    auxiliary = etree.Element("capability", {"standardID": f"{capability.get('standardID')}#aux"})
    (own,) = capability.iterfind("interface[@role='std']")
    interfaces(auxiliary, own.findtext("accessURL", ""), use="base", version=own.get("version"))
    return auxiliary


def examples_capability(url: str) -> etree._Element:
    """Make the capability of a document of examples (DALI 1.1, section 2.3)."""
    capability = etree.Element("capability", {"standardID": DALI_EXAMPLES_ID})
    _page(capability, url)
    return capability


def page_capability(url: str, description: str) -> etree._Element:
    """Make the capability of a page where people find data (VOResource 1.2, section 3.2.1).

    Parameters
    ----------
    url
        Of the page.
    description
        What is there.
    """
    capability = etree.Element("capability")
    _text(capability, "description", description)
    _page(capability, url)
    return capability


def _page(capability: etree._Element, url: str) -> None:
    page = etree.SubElement(
        capability, "interface", {XSI_TYPE: "vr:WebBrowser"}, nsmap={"xsi": XSI}
    )
    _text(page, "accessURL", url, {"use": "full"})


def tap_capability(access: TableAccess) -> etree._Element:
    """Make the tr:TableAccess capability; the order of children is the schema's."""
    capability = etree.Element(
        "capability", {XSI_TYPE: "tr:TableAccess", "standardID": TAP_ID}, nsmap={"xsi": XSI}
    )
    interfaces(capability, access.url, use="base", version="1.1", security=access.security)
    for model in access.data_models:
        _text(capability, "dataModel", model.name, {"ivo-id": model.ivo_id})
    for language in access.languages:
        _language(capability, language)
    for output in access.formats:
        _format(capability, output)
    for method in UPLOAD_METHODS if access.upload_rows else ():
        etree.SubElement(capability, "uploadMethod", {"ivo-id": method})
    if access.retention is not None:
        _time_limits(capability, "retentionPeriod", access.retention)
    _time_limits(capability, "executionDuration", access.execution)
    limit = etree.SubElement(capability, "outputLimit")
    _text(limit, "default", str(access.default_rows), {"unit": "row"})
    _text(limit, "hard", str(access.hard_rows), {"unit": "row"})
    if access.upload_rows:
        # There is one uploadLimit, with room for two numbers: both limits hold.
        limit = etree.SubElement(capability, "uploadLimit")
        _text(limit, "default", str(access.upload_rows), {"unit": "row"})
        _text(limit, "hard", str(access.upload_bytes), {"unit": "byte"})
    return capability


def _time_limits(capability: etree._Element, tag: str, limits: TimeLimits) -> None:
    element = etree.SubElement(capability, tag)
    _text(element, "default", str(int(limits.default.total_seconds())))
    _text(element, "hard", str(int(limits.hard.total_seconds())))


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
