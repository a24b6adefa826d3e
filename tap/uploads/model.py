"""An uploaded table, ready to be queried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from schemas.declaration import Table


@dataclass(frozen=True)
class UploadedTable:
    """A table that exists for one query."""

    declared: Table
    """Named ``tap_upload.<name>``; its columns with all metadata, and its positions."""
    rows: pa.Table
    """Columns in physical order, c0, c1, …, of types PostgreSQL has."""
    physical: str
    """Name of the temporary table."""
