"""What is uploaded, before and after it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import IO

    import pyarrow as pa

    from schemas.declaration import Table

SCHEMA = "tap_upload"
"""The schema that uploaded tables are in (TAP 1.1, section 2.5)."""


@dataclass(frozen=True, slots=True)
class InlineFile:
    """A part of a multipart request, which ``param:NAME`` in UPLOAD refers to."""

    content: IO[bytes]
    """Seekable, open for reading."""
    content_type: str = ""
    """As the client has it; what the file is, is told by its content."""


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How large one uploaded table may be; the capabilities say the same."""

    rows: int = 1_000_000
    size: int = 64 * 1024 * 1024
    """Bytes, as sent and as unpacked; also of all tables of a request together."""


@dataclass(frozen=True)
class UploadedTable:
    """A table that exists for one query."""

    declared: Table
    """Named ``tap_upload.<name>``; its columns with all metadata, and its positions."""
    rows: pa.Table
    """Columns in physical order, c0, c1, …, of types PostgreSQL has."""
