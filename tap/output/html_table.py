"""Tables as a page for browsers: readable as it is, sortable where scripts run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from lxml import etree

from tap.arrow.records import joined_bytes
from tap.arrow.text import texts, xml_escaped
from tap.votable.elements import xml_text

if TYPE_CHECKING:
    from collections.abc import Generator

    from schemas.declaration import Column
    from tap.votable.model import TableResult

SCRIPT = "table.js"
"""Name of the script below the service's assets that sorts by a click on a heading."""

_STYLE = """
body { font: 15px/1.4 system-ui, sans-serif; margin: 1.5rem; color: #1b1f24; background: #fff }
pre { background: #f4f5f7; padding: .6rem; white-space: pre-wrap; overflow-wrap: anywhere }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .2rem .6rem; border-bottom: 1px solid #d8dce2; text-align: left }
thead th { position: sticky; top: 0; background: #fff; vertical-align: bottom }
th small { display: block; font-weight: normal; color: #57606a }
.n { text-align: right; white-space: nowrap }
""".strip()


def html_table(result: TableResult) -> Generator[bytes]:
    """Write a table as HTML.

    Parameters
    ----------
    result
        The table. Its INFO named query is shown above it; the one named
        server is the URL below which ``assets`` has :data:`SCRIPT`.

    Yields
    ------
    bytes
        Parts of the page in UTF-8.
    """
    sink: list[bytes] = []
    infos = {info.name: info.value for info in result.infos}
    with etree.htmlfile(_Writer(sink), encoding="utf-8") as page:
        page.write_doctype("<!DOCTYPE html>")
        with page.element("html", {"lang": "en"}):
            _head(page, f"{infos.get('server', '.')}/assets/{SCRIPT}")
            with page.element("body"):
                _introduction(page, infos.get("query"))
                with page.element("table"):
                    _headings(page, result)
                    with page.element("tbody"):
                        page.flush()
                        yield _taken(sink)
                        for batch in result.rows:
                            yield _rows(batch, result)
                _note(page, f"{result.rows.count} rows.")
                if result.rows.overflow:
                    _note(page, f"There is more: {result.rows.overflow}.")
    yield _taken(sink)


class _Writer:
    """Where lxml writes to."""

    def __init__(self, sink: list[bytes]) -> None:
        self.write = sink.append


def _taken(sink: list[bytes]) -> bytes:
    content = b"".join(sink)
    sink.clear()
    return content


def _head(page: etree._IncrementalFileWriter, script: str) -> None:
    with page.element("head"):
        for tag, attributes, text in (
            ("meta", {"charset": "utf-8"}, None),
            ("title", {}, "Query result"),
            ("style", {}, _STYLE),
            ("script", {"src": script, "defer": "defer"}, ""),
        ):
            element = etree.Element(tag, attributes)
            element.text = text
            page.write(element)


def _introduction(page: etree._IncrementalFileWriter, query: str | None) -> None:
    with page.element("h1"):
        page.write("Query result")
    if query:
        with page.element("pre"):
            page.write(xml_text(query))


def _headings(page: etree._IncrementalFileWriter, result: TableResult) -> None:
    with page.element("thead"), page.element("tr"):
        for column in result.columns:
            attributes = {"title": xml_text(column.description)} if column.description else {}
            if _is_number(column):
                attributes["class"] = "n"
            with page.element("th", {"scope": "col", **attributes}):
                page.write(xml_text(column.name))
                if column.unit:
                    small = etree.Element("small")
                    small.text = xml_text(column.unit)
                    page.write(small)


def _note(page: etree._IncrementalFileWriter, text: str) -> None:
    with page.element("p"):
        page.write(text)


def _is_number(column: Column) -> bool:
    return column.arraysize is None and column.datatype not in ("char", "unicodeChar", "boolean")


def _rows(batch: pa.RecordBatch, result: TableResult) -> bytes:
    parts: list[object] = [pa.scalar("<tr>")]
    for array, column in zip(batch.columns, result.columns, strict=True):
        cells = xml_escaped(texts(array, column))
        if (column.ucd or "").startswith("meta.ref.url"):
            cells = _links(cells)
        parts += [pa.scalar('<td class="n">' if _is_number(column) else "<td>"), cells]
        parts.append(pa.scalar("</td>"))
    return joined_bytes([*parts, pa.scalar("</tr>\n")])


def _links(cells: pa.Array) -> pa.Array:
    """Make links of web addresses; nothing else may become one."""
    quoted = pc.replace_substring(cells, '"', "&quot;")
    links = pc.binary_join_element_wise('<a href="', quoted, '">', cells, "</a>", "")
    return pc.if_else(pc.match_substring_regex(cells, "^https?://"), links, cells)
