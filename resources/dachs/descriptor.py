"""The resource descriptor (GAVO DaCHS reference, "Element resource").

Its tables are views over foreign tables: whatever is asked of them is asked of
this server's database at that moment, as a role with the public's rights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.declaration import Column, Table

SCHEMA: Final = "corot"
"""Of DaCHS' views; its own tables own ``tap_schema`` and ``ivoa``."""

REMOTE: Final = "corot_remote"
"""Schema of the foreign tables."""

_TYPES: Final = {
    "short": "smallint",
    "int": "integer",
    "long": "bigint",
    "float": "real",
    "double": "double precision",
    "char": "text",
}

_NULLS: Final = {
    "smallint": -(2**15),
    "integer": -(2**31),
    "bigint": -(2**63),
}
"""What stands for null in VOTables whose integers have none (VOTable 1.4, section 4.7)."""

_PRINCIPAL: Final = "1"
"""DaCHS takes columns of verbosity 10 or less for principal ones."""

OBSCORE: Final = "obscore"
"""Local name of the table that goes into DaCHS' own ObsCore, too."""

_OBSCORE_MISSING: Final = {
    # DaCHS wants a polygon of its own type there.
    "s_region": "NULL",
    "obs_creator_did": "NULL",
    "s_pixel_scale": "NULL",
    "em_ucd": "NULL",
    "preview": "NULL",
}
"""Columns of DaCHS' ObsCore that ours lacks, or has in another form."""


@dataclass(frozen=True, slots=True)
class Description:
    """What the descriptor says of the whole."""

    title: str
    description: str
    subjects: tuple[str, ...]
    creator: str
    instruments: tuple[str, ...]
    source: str
    """Bibcode of the article to cite."""
    rights: str


def descriptor(about: Description, tables: Iterable[Table]) -> bytes:
    """Write the descriptor.

    Parameters
    ----------
    about
        Of the resource.
    tables
        Those to serve, with all of their columns.

    Returns
    -------
    bytes
        XML in UTF-8.
    """
    served = tuple(tables)
    root = etree.Element("resource", schema=SCHEMA)
    root.addprevious(
        etree.Comment(
            " Written by `make generate` from the declared columns; docs/federation.md tells what"
            " to do with it. "
        )
    )
    _about(root, about)
    for table in served:
        root.append(_table(table))
    data = etree.SubElement(root, "data", id="views")
    for table in served:
        etree.SubElement(data, "make", table=table.local_name)
    etree.indent(root)
    return etree.tostring(
        root.getroottree(), encoding="UTF-8", xml_declaration=True, pretty_print=True
    )


def _about(root: etree._Element, about: Description) -> None:
    # The day of the first of these descriptors; a record's day would differ from host to host.
    _meta(root, "creationDate", "2026-11-28T00:00:00Z")
    _meta(root, "title", about.title)
    _meta(root, "description", about.description)
    for subject in about.subjects:
        _meta(root, "subject", subject)
    _meta(root, "creator.name", about.creator)
    _meta(root, "facility", "CoRoT")
    for instrument in about.instruments:
        _meta(root, "instrument", instrument)
    _meta(root, "source", about.source)
    _meta(root, "rights", about.rights)
    _meta(root, "contentLevel", "Research")
    _meta(root, "type", "Archive")
    _meta(root, "coverage.waveband", "Optical")


def _meta(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, "meta", name=name).text = _plain(text)


def _table(table: Table) -> etree._Element:
    element = etree.Element("table", id=table.local_name, onDisk="True", adql="True")
    _meta(element, "title", table.title or table.local_name)
    _meta(element, "description", table.description)
    if table.local_name == OBSCORE:
        element.append(_into_obscore())
    for key in table.foreign_keys:
        # Only told to clients: DaCHS can't enforce what is elsewhere.
        etree.SubElement(
            element,
            "foreignKey",
            inTable=key.target_table.partition(".")[2],
            source=",".join(here for here, _ in key.columns),
            dest=",".join(there for _, there in key.columns),
            metaOnly="True",
        )
    for position in table.positions:
        if position.frame is not None:
            stc = f'Position {position.frame} "{position.longitude}" "{position.latitude}"'
            etree.SubElement(element, "stc").text = stc
    for column in table.columns:
        element.append(_column(column))
    statement = etree.SubElement(element, "viewStatement")
    statement.text = rf"CREATE VIEW \qName AS (TABLE {REMOTE}.{table.local_name})"
    return element


def _column(column: Column) -> etree._Element:
    kind = "timestamp" if column.xtype == "timestamp" else _TYPES[column.datatype]
    element = etree.Element("column", name=column.name, type=kind)
    for name in ("unit", "ucd", "utype"):
        if value := getattr(column, name):
            element.set(name, value)
    element.set("tablehead", column.name)
    element.set("description", _plain(column.description))
    if column.principal:
        element.set("verbLevel", _PRINCIPAL)
    if not column.nullable:
        element.set("required", "True")
    elif kind in _NULLS:
        etree.SubElement(element, "values", nullLiteral=str(_NULLS[kind]))
    return element


def _into_obscore() -> etree._Element:
    """Have the rows in ``ivoa.obscore`` as well, beside those that the partner has itself."""
    mixin = etree.Element("mixin", _OBSCORE_MISSING)
    mixin.text = "//obscore#publishObscoreLike"
    return mixin


def _plain(text: str) -> str:
    r"""Keep DaCHS from expanding anything: a backslash begins one of its macros."""
    return text.replace("\\", "\\\\")
