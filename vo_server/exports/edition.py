"""An edition: all files of one moment, and the manifest that lists them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from schemas.identity import Identity

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.json.sig"

KEYS_PATH: Final = ".well-known/vo-signing-keys.json"
"""Where the public keys are (RFC 8615)."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file of an edition."""

    name: str
    key: str
    """Where the storage has it."""
    media_type: str
    size: int
    """Bytes."""
    sha256: str
    changed: datetime
    """Since when its content is the same."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What is given out at present."""

    edition_id: int
    made: datetime
    manifest: bytes
    signature: bytes
    key_id: str
    files: tuple[ExportFile, ...]
    stale: float | None
    """Seconds since which there is something newer; None where this is the newest."""

    def file(self, name: str) -> ExportFile | None:
        """Find a file by its name."""
        return next((one for one in self.files if one.name == name), None)

    @property
    def digests(self) -> dict[str, str]:
        """The SHA-256 of each file by its name."""
        return {one.name: one.sha256 for one in self.files}


def manifest(identity: Identity, made: datetime, key_id: str, files: Iterable[ExportFile]) -> bytes:
    """Write the manifest of an edition, in JSON: what is signed are these bytes."""
    told = {
        "server": identity.base_url,
        "authority": f"ivo://{identity.authority}",
        "made": made.isoformat(timespec="seconds"),
        "key_id": key_id,
        "keys": identity.url(KEYS_PATH),
        "files": [
            {
                "name": file.name,
                "url": identity.url(f"exports/{file.name}"),
                "media_type": file.media_type,
                "size": file.size,
                "sha256": file.sha256,
                "changed": file.changed.isoformat(timespec="seconds"),
            }
            for file in files
        ],
    }
    return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()
