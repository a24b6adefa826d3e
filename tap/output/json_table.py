"""Tables as JSON: the columns' metadata, the rows as arrays, and how it ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from tap.arrow.records import joined_bytes
from tap.arrow.text import data_of, scalar_texts
from tap.arrow.types import ragged
from tap.votable.elements import references

if TYPE_CHECKING:
    from collections.abc import Generator

    from schemas.declaration import Column
    from tap.pieces import Part
    from tap.votable.model import TableResult


_PLAIN = bytes(code for code in range(256) if code >= ord(" ") and code not in b'"\\')


def json_table(result: TableResult) -> Generator[Part]:
    """Write a table as a JSON object: info, systems, metadata, data, query_status.

    The systems are those of coordinates and times, with the attributes that
    COOSYS and TIMESYS have in VOTable; columns refer to them by ``ref``.

    Nulls are null, also within arrays. JSON has no numbers that are not
    finite: they are the strings NaN, +Inf and -Inf.

    Yields
    ------
    bytes
        Parts of the object in UTF-8.
    """
    refs = references(result.columns, result.positions)
    described = {
        "info": {info.name: info.value for info in result.infos},
        "systems": [{"element": one.tag, **one.attrib} for one in refs.elements],
        "metadata": [_described(c, refs.by_column.get(c.name)) for c in result.columns],
    }
    members = [f'"{name}": {json.dumps(v, ensure_ascii=False)}' for name, v in described.items()]
    yield ("{" + ",\n".join([*members, '"data": [\n'])).encode()
    between = b""
    for batch in result.rows:
        yield between
        yield _rows(batch)
        between = b",\n"
    ending = {"query_status": "OVERFLOW" if result.rows.overflow else "OK"}
    yield b"\n],\n" + json.dumps(ending)[1:].encode() + b"\n"


def _described(column: Column, ref: str | None) -> dict[str, str | None]:
    attributes: dict[str, str | None] = {
        "name": column.name,
        "datatype": column.datatype,
        "arraysize": column.arraysize,
        "xtype": column.xtype,
        "ucd": column.ucd,
        "utype": column.utype,
        "ref": ref,
    }
    known = {name: value for name, value in attributes.items() if value}
    # astroquery wants these two in any case.
    return {**known, "unit": column.unit or None, "description": column.description or None}


def _rows(batch: pa.RecordBatch) -> memoryview:
    """Write rows, a comma between them but none at the end."""
    parts: list[object] = []
    for array in batch.columns:
        parts += [pa.scalar(", ") if parts else pa.scalar("["), _tokens(array)]
    return joined_bytes([*parts, pa.scalar("],\n")])[:-2]


def _tokens(array: pa.Array) -> pa.Array:
    """Write each value as JSON."""
    if pa.types.is_list(array.type):
        offsets, values = ragged(array)
        lists = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), _tokens(values))
        written = pc.binary_join_element_wise("[", pc.binary_join(lists, ", "), "]", "")
        return pc.if_else(array.is_valid(), written, "null")
    written = scalar_texts(array)
    if pa.types.is_string(array.type):
        written = _escaped(written)
    elif pa.types.is_timestamp(array.type):
        written = _in_quotes(written)
    elif pa.types.is_floating(array.type):
        finite = pc.is_finite(array)
        if not pc.all(finite).as_py():
            written = pc.if_else(finite, written, _in_quotes(written))
    return written.fill_null("null")


def _in_quotes(written: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise('"', written, '"', "")


def _escaped(written: pa.Array) -> pa.Array:
    if not data_of(written).translate(None, _PLAIN):
        return _in_quotes(written)
    escaped = [v if v is None else json.dumps(v, ensure_ascii=False) for v in written.to_pylist()]
    return pa.array(escaped, pa.string())
