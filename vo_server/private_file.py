"""Files that only their owner may read."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_OWNER_ONLY = 0o600


def write_private(path: Path, values: object) -> None:
    """Write a file of JSON whole or not at all, readable by its owner only."""
    write_private_bytes(path, json.dumps(values, indent=1).encode())


def write_private_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)
