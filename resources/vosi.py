"""VOSI 1.1 documents: availability and table metadata.

The capabilities document is in :mod:`resources.capabilities`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from lxml import etree

from resources.namespaces import VOSI_AVAILABILITY, VOSI_TABLES, VS, XSI, XSI_TYPE
from schemas.identifiers import adql_identifier, adql_table_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from schemas.declaration import Catalogue, Column, ForeignKey, Schema, Table

Detail = Literal["min", "max"]
"""How much of the tables to tell: names and descriptions, or all (VOSI 1.1, section 2.3.1)."""

_TABLES_PREFIXES = {"vosi": VOSI_TABLES, "vs": VS, "xsi": XSI}


def availability_document(
    *, available: bool, up_since: datetime | None = None, notes: Iterable[str] = ()
) -> bytes:
    """Write the availability of a service (VOSI 1.1, section 2.2).

    Parameters
    ----------
    available
        Whether queries are answered at present.
    up_since
        When the service came up, with a time zone.
    notes
        Sentences for people.
    """
    root = etree.Element(f"{{{VOSI_AVAILABILITY}}}availability", nsmap={"vosi": VOSI_AVAILABILITY})
    _text(root, f"{{{VOSI_AVAILABILITY}}}available", "true" if available else "false")
    if up_since is not None:
        _text(root, f"{{{VOSI_AVAILABILITY}}}upSince", up_since.isoformat(timespec="seconds"))
    for note in notes:
        _text(root, f"{{{VOSI_AVAILABILITY}}}note", note)
    return _document(root)


def tableset_document(
    catalogue: Catalogue, detail: Detail = "max", names: Collection[str] | None = None
) -> bytes:
    """Write the metadata of all tables (VOSI 1.1, section 2.3), or of those with some names.

    The names are in lower case.
    """
    root = etree.Element(f"{{{VOSI_TABLES}}}tableset", nsmap=_TABLES_PREFIXES)
    for schema in catalogue.schemas:
        element = schema_element(schema, detail)
        for table in element.findall("table") if names is not None else ():
            if names is not None and (table.findtext("name") or "").lower() not in names:
                element.remove(table)
        if names is None or element.find("table") is not None:
            root.append(element)
    return _document(root)


def table_document(table: Table, detail: Detail = "max") -> bytes:
    """Write the metadata of one table (VOSI 1.1, section 2.3.2)."""
    root = etree.Element(f"{{{VOSI_TABLES}}}table", nsmap=_TABLES_PREFIXES)
    _fill_table(root, table, detail)
    return _document(root)


def schema_element(schema: Schema, detail: Detail = "max") -> etree._Element:
    """Make the ``schema`` of a VODataService tableset (VODataService 1.2, section 3.3)."""
    element = etree.Element("schema")
    _text(element, "name", adql_identifier(schema.name))
    _text(element, "description", schema.description)
    _text(element, "utype", schema.utype)
    for table in schema.tables:
        _fill_table(etree.SubElement(element, "table"), table, detail)
    return element


def _fill_table(element: etree._Element, table: Table, detail: Detail) -> None:
    element.set("type", table.kind)
    _text(element, "name", adql_table_name(table.name))
    _text(element, "title", table.title)
    _text(element, "description", table.description)
    _text(element, "utype", table.utype)
    if detail == "min":
        return
    for column in table.columns:
        element.append(_column(column))
    for key in table.foreign_keys:
        _foreign_key(element, key)


def _column(column: Column) -> etree._Element:
    """Describe a column with its VOTable type, as TAP 1.1, section 2.5, recommends."""
    element = etree.Element("column", {"std": "true" if column.std else "false"})
    _text(element, "name", adql_identifier(column.name))
    _text(element, "description", column.description)
    _text(element, "unit", column.unit)
    _text(element, "ucd", column.ucd)
    _text(element, "utype", column.utype)
    attributes = {XSI_TYPE: "vs:VOTableType"}
    if column.arraysize:
        attributes["arraysize"] = column.arraysize
    if column.xtype:
        attributes["extendedType"] = column.xtype
    datatype = etree.SubElement(element, "dataType", attributes, nsmap={"xsi": XSI})
    datatype.text = column.datatype
    flags = {"indexed": column.indexed, "principal": column.principal}
    for flag in (name for name, is_set in flags.items() if is_set):
        _text(element, "flag", flag)
    if column.nullable:
        _text(element, "flag", "nullable")
    return element


def _foreign_key(parent: etree._Element, key: ForeignKey) -> None:
    element = etree.SubElement(parent, "foreignKey")
    _text(element, "targetTable", adql_table_name(key.target_table))
    for here, there in key.columns:
        pair = etree.SubElement(element, "fkColumn")
        _text(pair, "fromColumn", adql_identifier(here))
        _text(pair, "targetColumn", adql_identifier(there))
    _text(element, "description", key.description)


def _text(parent: etree._Element, tag: str, text: str | None) -> None:
    """Append an element with text, or nothing where there is no text."""
    if text:
        etree.SubElement(parent, tag).text = text


def _document(root: etree._Element) -> bytes:
    etree.cleanup_namespaces(root, keep_ns_prefixes=[p for p in root.nsmap if p])
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
