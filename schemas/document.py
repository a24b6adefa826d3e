"""Write the documentation of the published tables: ``python -m schemas.document``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from schemas.published import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.declaration import Column, Table

_HEAD = "| column | type | unit | UCD | description | legacy name |\n|---|---|---|---|---|---|"


def tables_page() -> str:
    """Give the page of all published tables, in Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# Published tables"
    yield ""
    yield "Written by `python -m schemas.document` from the declared columns; a test keeps it so."
    yield "*Legacy name* is the column's name in the pipe-separated metadata file partners know."
    for schema in CATALOGUE.schemas:
        yield f"\n## {schema.name}\n\n{schema.description}."
        for table in schema.tables:
            yield from _table(table)
    yield ""


def _table(table: Table) -> Iterator[str]:
    yield f"\n### {table.name}\n\n{table.description} ({table.kind})\n"
    yield _HEAD
    for column in table.columns:
        cells = (
            f"`{column.name}`",
            _type(column),
            column.unit or "",
            column.ucd or "",
            column.description,
            f"`{column.legacy_name}`" if column.legacy_name else "",
        )
        yield f"| {' | '.join(cells)} |"


def _type(column: Column) -> str:
    if column.xtype:
        return column.xtype
    if column.datatype in ("char", "unicodeChar"):
        return "text"
    return column.datatype + (f"[{column.arraysize}]" if column.arraysize else "")


if __name__ == "__main__":
    sys.stdout.write(tables_page())
