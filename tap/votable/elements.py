"""Elements of a VOTable around its rows: FIELD, PARAM, INFO, COOSYS and TIMESYS.

They are built without a namespace: :mod:`tap.votable.document` writes them
inside an element that declares VOTable's as the default, and so they are in it
without each of a million rows declaring it again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from tap.arrow.batches import batches_of
from tap.arrow.text import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schemas.declaration import Column, Position, TimeSystem
    from tap.votable.model import Info, Param

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters XML 1.0 cannot hold, not even as references (section 2.2)."""

_SYSTEMS = {
    "ICRS": "ICRS",
    "FK5": "eq_FK5",
    "FK4": "eq_FK4",
    "GALACTIC": "galactic",
    "ECLIPTIC": "ecl_FK5",
}
"""COOSYS/@system of the VOTable 1.4 schema for each frame name."""


@dataclass(frozen=True)
class References:
    """The coordinate and time systems of a table, and which column refers to which."""

    elements: tuple[etree._Element, ...]
    by_column: dict[str, str]
    """Name of a column -> ID of the element it refers to."""


def references(columns: Sequence[Column], positions: Iterable[Position]) -> References:
    """Make one COOSYS for each frame and one TIMESYS for each time system in use.

    A position counts only where both its columns are in the table.

    Raises
    ------
    ValueError
        If a frame has no name in VOTable 1.4.
    """
    names = {column.name for column in columns}
    elements: dict[str, etree._Element] = {}
    by_column: dict[str, str] = {}
    for position in positions:
        if position.frame and {position.longitude, position.latitude} <= names:
            system = _system(position.frame)
            identifier = f"frame_{system}"
            elements[identifier] = etree.Element("COOSYS", {"ID": identifier, "system": system})
            by_column[position.longitude] = by_column[position.latitude] = identifier
    systems = dict.fromkeys(column.time_system for column in columns if column.time_system)
    identifiers = {system: f"time_{n}_{_token(system.name)}" for n, system in enumerate(systems, 1)}
    for time_system, identifier in identifiers.items():
        elements[identifier] = _time_system(time_system, identifier)
    for column in columns:
        if column.time_system:
            by_column[column.name] = identifiers[column.time_system]
    return References(tuple(elements.values()), by_column)


def xml_text(text: str) -> str:
    """Replace each character that XML cannot hold by U+FFFD."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _token(name: str) -> str:
    """Make part of an XML ID of any name."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name)


def _system(frame: str) -> str:
    system = _SYSTEMS.get(frame.upper())
    if system is None:
        message = f"frame {frame!r} has no VOTable name; use one of {', '.join(_SYSTEMS)}"
        raise ValueError(message)
    return system


def _time_system(system: TimeSystem, identifier: str) -> etree._Element:
    """Make a TIMESYS (VOTable 1.4, section 3.4); no origin for calendar timestamps."""
    attributes = {
        "ID": identifier,
        "timescale": system.timescale,
        "refposition": system.refposition,
    }
    if system.origin is not None:
        attributes["timeorigin"] = repr(float(system.origin))
    return etree.Element("TIMESYS", attributes)


def field(
    column: Column, ref: str | None = None, *, tag: str = "FIELD", null: int | None = None
) -> etree._Element:
    """Make the FIELD of a column (VOTable 1.4, section 4.1), and say what stands for null."""
    attributes = {
        "name": column.name,
        "datatype": column.datatype,
        "arraysize": column.arraysize,
        "xtype": column.xtype,
        "unit": column.unit,
        "ucd": column.ucd,
        "utype": column.utype,
        "ref": ref,
    }
    element = etree.Element(tag, {k: xml_text(v) for k, v in attributes.items() if v})
    description(element, column.description)
    if null is not None:
        etree.SubElement(element, "VALUES", {"null": str(null)})
    return element


def param(parameter: Param) -> etree._Element:
    """Make a PARAM, its value written as in a cell."""
    element = field(parameter.column, tag="PARAM")
    (batch,) = batches_of([parameter.column], [(parameter.value,)])
    (written,) = texts(batch.column(0), parameter.column).to_pylist()
    element.set("value", xml_text(written or ""))
    return element


def info(item: Info) -> etree._Element:
    """Make an INFO; name and value come first, as astroquery's pattern expects."""
    element = etree.Element("INFO", {"name": item.name, "value": xml_text(item.value)})
    if item.ucd:
        element.set("ucd", item.ucd)
    if item.text:
        element.text = xml_text(item.text)
    return element


def description(parent: etree._Element, text: str | None) -> None:
    """Append a DESCRIPTION, if there is one."""
    if text:
        etree.SubElement(parent, "DESCRIPTION").text = xml_text(text)
