"""The files of an edition: which rows and columns each has, in which form.

All rows are asked for as the public asks, through the reader; what is left out
beyond that are rows that the public may see and whose data it may not get.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from schemas.corot.products_table import LISTING, PRODUCTS
from schemas.declaration import Column
from tap.output.delimited import csv_table
from tap.output.parquet import parquet_table
from tap.votable import votable_document
from vo_server.exports.legacy import legacy_columns, legacy_table

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from schemas.declaration import Position
    from tap.votable import TableResult

    Writer = Callable[[TableResult], Generator[bytes | memoryview]]

NEWER = (
    "n.corot_id = l.corot_id AND n.run_code = l.run_code AND n.product_type = l.product_type"
    " AND n.product_level = l.product_level AND n.version_order > l.version_order"
    " AND NOT n.withdrawn AND vo.is_released(n.release_date)"
)
"""A later version of the product l, n, that the public gets."""

_PUBLIC: Final = "NOT l.withdrawn AND vo.is_released(l.release_date)"

_STAFF_ONLY: Final = {"withdrawn_reason"}
"""Columns that are empty for everybody else."""

_PRODUCT_COLUMNS: Final = tuple(c for c in PRODUCTS.columns if c.name not in _STAFF_ONLY)

_FILE_COLUMNS: Final = (
    Column("path", "char", "Key of the product and name of its file", "*", ucd="meta.id;meta.file"),
    PRODUCTS.column("file_size"),
    PRODUCTS.column("checksum"),
)


def _products_sql(columns: tuple[Column, ...]) -> str:
    names = ", ".join(column.name for column in columns)
    return (  # declared names
        f"SELECT {names} FROM {PRODUCTS.name} WHERE publisher_did IN ("  # noqa: S608
        f"SELECT vo.publisher_did(l.key) FROM {LISTING} l WHERE l.product_level = 'N2'"
        f" AND {_PUBLIC} AND NOT EXISTS (SELECT FROM {LISTING} n WHERE {NEWER}))"
        " ORDER BY corot_id, run_code, product_type"
    )


@dataclass(frozen=True)
class Form:
    """One file of an edition."""

    name: str
    """The last part of its address."""
    title: str
    media_type: str
    columns: tuple[Column, ...]
    sql: str
    write: Writer
    positions: tuple[Position, ...] = ()
    description: str = ""


_ABOUT: Final = (
    "The newest public version of each N2 light curve of CoRoT, with the columns of"
    f" {PRODUCTS.name}"
)

_LEGACY_COLUMNS: Final = legacy_columns(PRODUCTS.columns)


def _all_data(
    ending: str,
    title: str,
    media_type: str,
    write: Writer,
) -> Form:
    columns = _LEGACY_COLUMNS if write is legacy_table else _PRODUCT_COLUMNS
    return Form(
        name=f"all_data.{ending}",
        title=title,
        media_type=media_type,
        columns=columns,
        sql=_products_sql(columns),
        write=write,
        positions=PRODUCTS.positions,
        description=_ABOUT,
    )


FORMS: Final = (
    _all_data(
        "txt", "The 45 columns partners know, between bars", "text/plain; charset=utf-8",
        legacy_table,
    ),
    _all_data(
        "vot", "All columns, as VOTable with all metadata", "application/x-votable+xml",
        votable_document,
    ),
    _all_data("parquet", "The same as Parquet", "application/vnd.apache.parquet", parquet_table),
    _all_data("csv", "The same as CSV", "text/csv; header=present; charset=utf-8", csv_table),
    Form(
        name="products.csv",
        title="Path, size and SHA-256 of every public product's file",
        media_type="text/csv; header=present; charset=utf-8",
        columns=_FILE_COLUMNS,
        sql=f"SELECT l.key || '/' || l.file_name AS path, l.file_size, l.checksum"  # noqa: S608
        f' FROM {LISTING} l WHERE {_PUBLIC} ORDER BY l.key COLLATE "C"',
        write=csv_table,
    ),
)  # fmt: skip
"""All files of an edition, but for the manifest that lists them."""
