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
    from tap.pieces import Part
    from tap.votable.model import TableResult


SCRIPT = "table.js"
"""Name of the script below the service's assets that sorts by a click on a heading."""

STYLE = """
:root { color-scheme: light dark; --text: #18212f; --page: #fff; --soft: #546073; --code: #eef1f6;
  --line: #d5dbe4; --link: #1b55a5 }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6ebf3; --page: #0b111d; --soft: #a3afc2; --code: #1b2536; --line: #2c3a52;
    --link: #8fc0ff }
}
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.25rem; color: var(--text);
  background: var(--page) }
h1 { font-size: 1.35rem; margin: 0 0 .75rem }
a { color: var(--link) }
pre { background: var(--code); padding: .6rem .8rem; border-radius: .4rem; white-space: pre-wrap;
  overflow-wrap: anywhere; max-height: 12rem; overflow-y: auto }
.rows { overflow: auto; max-height: calc(100vh - 3rem); border: 1px solid var(--line);
  border-radius: .4rem; width: fit-content; max-width: 100% }
table { width: max-content; border-collapse: separate; border-spacing: 0;
  font-variant-numeric: tabular-nums }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; max-width: 34rem; overflow-wrap: anywhere }
td { min-width: 3ch }
tbody tr:last-child td { border-bottom: 0 }
thead th { position: sticky; top: 0; background: var(--code); vertical-align: bottom;
  white-space: nowrap }
th small { display: block; font-weight: normal; color: var(--soft) }
th[aria-sort=ascending]::after { content: " \\25B2" }
th[aria-sort=descending]::after { content: " \\25BC" }
.n { text-align: right; white-space: nowrap }
.more { font-weight: bold }
@media (max-width: 40rem) { body { margin: .75rem; font-size: 14px } td, th { max-width: 70vw } }
""".strip()
"""In the page itself, so that a saved one looks the same; policies of content name its hash."""

_SCROLLED = {"class": "rows", "role": "region", "aria-label": "Rows", "tabindex": "0"}
_VIEWPORT = {"name": "viewport", "content": "width=device-width, initial-scale=1"}


def html_table(result: TableResult) -> Generator[Part]:
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
                # It scrolls by itself, so that the headings stay in sight; also by keys.
                with page.element("div", _SCROLLED), page.element("table"):
                    _headings(page, result)
                    with page.element("tbody"):
                        page.flush()
                        yield _taken(sink)
                        for batch in result.rows:
                            yield _rows(batch, result)
                _note(page, f"{result.rows.count} row{'s' * (result.rows.count != 1)}.")
                if result.rows.overflow:
                    _note(page, f"There is more: {result.rows.overflow}.", {"class": "more"})
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
            ("meta", _VIEWPORT, None),
            ("title", {}, "Query result"),
            ("style", {}, STYLE),
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


def _note(
    page: etree._IncrementalFileWriter, text: str, attributes: dict[str, str] | None = None
) -> None:
    with page.element("p", attributes or {}):
        page.write(text)


def _is_number(column: Column) -> bool:
    return column.arraysize is None and column.datatype not in ("char", "unicodeChar", "boolean")


def _rows(batch: pa.RecordBatch, result: TableResult) -> memoryview:
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
