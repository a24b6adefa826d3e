"""Looks up the files of data products, in the caller's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from sqlalchemy import column, select, table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

_STORED = table(
    "stored_files",
    column("key"),
    column("file_name"),
    column("storage_path"),
    column("media_type"),
    column("size"),
    column("sha256"),
    column("published_at"),
    schema="vo",
)
_LISTED = table(
    "listed_files", column("key"), column("file_name"), column("release_date"), schema="vo"
)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file the caller may get."""

    file_name: str
    storage_path: str
    """Relative to the product store."""
    media_type: str
    size: int
    """Bytes."""
    sha256: str
    """Hexadecimal."""
    published_at: datetime
    """With its zone, UTC."""


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file the caller may know of."""

    file_name: str
    release_date: datetime | None
    """UTC, without a zone."""


class DownloadStore:
    """Reads ``vo.stored_files`` and ``vo.listed_files``, whose policies keep the two rights."""

    def stored(self, connection: Connection, key: str, file_name: str | None) -> StoredFile | None:
        """Find a file the caller may get, of any name if none is given."""
        stored = _STORED.c
        statement = select(
            stored.file_name,
            stored.storage_path,
            stored.media_type,
            stored.size,
            stored.sha256,
            stored.published_at,
        ).where(stored.key == key, *_named(stored.file_name, file_name))
        row = connection.execute(statement).first()
        if row is None:
            return None
        return StoredFile(
            file_name=row.file_name,
            storage_path=row.storage_path,
            media_type=row.media_type,
            size=row.size,
            sha256=row.sha256,
            published_at=_utc(row.published_at),
        )

    def listed(self, connection: Connection, key: str, file_name: str | None) -> ListedFile | None:
        """Find a file the caller may know of, of any name if none is given."""
        listed = _LISTED.c
        statement = select(listed.file_name, listed.release_date).where(
            listed.key == key, *_named(listed.file_name, file_name)
        )
        row = connection.execute(statement).first()
        return row and ListedFile(file_name=row.file_name, release_date=row.release_date)


def _named(named: ColumnElement[str], file_name: str | None) -> list[ColumnElement[bool]]:
    """Ask for a file's name, if there is one to ask for."""
    return [] if file_name is None else [named == file_name]


def _utc(moment: datetime) -> datetime:
    """Give a time its zone; the database keeps UTC without one."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
