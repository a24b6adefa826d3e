"""Records as a searchable registry keeps them: the tables of RegTAP 1.2 that pyvo asks."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from ingest.publish.service import PublishService
from ingest.publish.store import PublishStore
from resources.namespaces import XSI_TYPE
from schemas.published import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lxml import etree
    from sqlalchemy import Engine

    Row = tuple[object, ...]

COLUMNS: Final = {
    "resource": "ivoid res_type short_name res_title content_level res_description reference_url"
    " creator_seq created updated rights content_type source_format source_value"
    " region_of_regard waveband",
    "res_subject": "ivoid res_subject",
    "res_detail": "ivoid cap_index detail_xpath detail_value",
    "capability": "ivoid cap_index cap_type cap_description standard_id",
    "interface": "ivoid cap_index intf_index intf_type intf_role access_url",
}
"""Of each table those that are asked for."""

_DATATYPES: Final = {"cap_index": "short", "intf_index": "short", "region_of_regard": "float"}

_DATA_MODEL: Final = "/capability/dataModel/@ivo-id"


def publish_registry(owner: Engine, records: Iterable[etree._Element], folder: Path) -> None:
    """Publish the tables, filled from records that were harvested."""
    found: dict[str, list[Row]] = {name: [] for name in COLUMNS}
    for record in records:
        for name, row in _rows(record):
            found[name].append(row)
    service = PublishService(PublishStore(owner, CATALOGUE), linger=0)
    for name, words in COLUMNS.items():
        columns = words.split()
        declaration, rows = folder / f"{name}.toml", folder / f"{name}.csv"
        declaration.write_text(
            '[schema]\nname = "rr"\ndescription = "Registry"\n'
            f'[table]\nname = "{name}"\ndescription = "RegTAP"\n'
            + "".join(_declared(column) for column in columns)
        )
        with rows.open("w", newline="") as file:
            csv.writer(file).writerows([columns, *found[name]])
        service.publish(declaration, rows)


def _declared(column: str) -> str:
    datatype = _DATATYPES.get(column)
    kind = f'datatype = "{datatype}"' if datatype else 'datatype = "char"\narraysize = "*"'
    return f'[[columns]]\nname = "{column}"\n{kind}\n'


def _rows(record: etree._Element) -> Iterator[tuple[str, Row]]:
    """Give the rows of a record, with the table of each; identifiers in lower case."""
    ivo_id = record.findtext("identifier", "").lower()
    yield (
        "resource",
        (
            *(ivo_id, str(record.get(XSI_TYPE)).lower(), record.findtext("shortName")),
            *(record.findtext("title"), _joined(record, "content/contentLevel")),
            *(record.findtext("content/description"), record.findtext("content/referenceURL")),
            "; ".join(str(one.text) for one in record.iterfind("curation/creator/name")),
            *(str(record.get("created"))[:19], str(record.get("updated"))[:19]),
            *(record.findtext("rights"), _joined(record, "content/type"), "bibcode"),
            *(record.findtext("content/source"), None, _joined(record, "coverage/waveband")),
        ),
    )
    for subject in record.iterfind("content/subject"):
        yield "res_subject", (ivo_id, subject.text)
    number = 0
    for index, one in enumerate(record.iterfind("capability"), 1):
        standard = str(one.get("standardID") or "").lower()
        described = one.findtext("description")
        yield "capability", (ivo_id, index, one.get(XSI_TYPE), described, standard)
        for model in one.iterfind("dataModel"):
            yield "res_detail", (ivo_id, index, _DATA_MODEL, str(model.get("ivo-id")).lower())
        for interface in one.iterfind("interface"):
            number += 1
            kind, address = str(interface.get(XSI_TYPE)).lower(), interface.findtext("accessURL")
            yield "interface", (ivo_id, index, number, kind, interface.get("role"), address)


def _joined(record: etree._Element, path: str) -> str:
    return "#".join(str(one.text).lower() for one in record.iterfind(path))
