"""The folder in which published products are kept, every version of each.

Products lie below ``VERSION/YYYY/MM/DD`` by the start of the light curve, as
in the mission's archive. A file appears whole or not at all, and is never
overwritten with other content once it is published.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.errors import ProductError

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.names import ProductName

_REJECTED = "rejected"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store: its path there, its size in bytes, its SHA-256."""

    path: str
    size: int
    checksum: str


class ProductStore:
    """Keeps products below a folder.

    Parameters
    ----------
    root
        The folder; made when first needed.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    @staticmethod
    def path_of(name: ProductName, version: str) -> str:
        """Say where a product is kept, relative to the store."""
        return f"{version}/{name.start:%Y/%m/%d}/{name.file_name}"

    def keep(self, source: Path, stored: StoredFile) -> None:
        """Copy a product into the store.

        What a killed run left there is replaced; the caller has made sure that
        nothing published lies at its path.

        Raises
        ------
        ProductError
            If the file is no longer the one whose checksum was taken.
        """
        if _copy(source, self._root / stored.path) != stored.checksum:
            (self._root / stored.path).unlink()
            raise ProductError(f"{source.name}: the file changed while it was read")

    def set_aside(self, source: Path, delivery_id: str, path: str) -> None:
        """Keep a file that was not accepted, for those who look into it."""
        _copy(source, self._root / _REJECTED / delivery_id / path)


def sha256(path: Path) -> str:
    """Compute the SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _copy(source: Path, target: Path) -> str:
    """Copy a file whole or not at all, and give the SHA-256 of what was copied."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{os.getpid()}.partial")
    digest = hashlib.sha256()
    try:
        with source.open("rb") as reading, partial.open("wb") as writing:
            while chunk := reading.read(_CHUNK):
                digest.update(chunk)
                writing.write(chunk)
            writing.flush()
            os.fsync(writing.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return digest.hexdigest()
