"""What the readers of all formats give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

    from schemas.declaration import Column

ROWS = 8192
"""Rows of one batch, where the format itself has none."""

LONGEST_FIXED = 4096
"""Elements a value of fixed size may have. A null takes as much room as any other
in some answers, so that a declared size must not be free to choose."""


class ReadError(ValueError):
    """A file is not what it should be; the text says where and why."""


@dataclass(frozen=True)
class SourceTable:
    """A table being read.

    Attributes
    ----------
    columns
        Declared as the file has them, under its names.
    rows
        Batches of the types of :func:`tap.arrow.types.arrow_schema`, read while
        they are taken. Walking them raises :class:`ReadError`.
    frames
        The reference frame of columns that say so, by their names: ``ICRS``.
    """

    columns: tuple[Column, ...]
    rows: Iterator[pa.RecordBatch]
    frames: Mapping[str, str] = field(default_factory=dict)
