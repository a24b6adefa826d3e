"""The passwords of an embedded PostgreSQL, made once and kept beside it."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = ("superuser", "owner", "app", "reader")
_FILE = "secrets.json"
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Secrets:
    """Passwords of the superuser and of the three login roles."""

    superuser: SecretStr
    owner: SecretStr
    app: SecretStr
    reader: SecretStr

    @classmethod
    def load(cls, data_dir: Path) -> Secrets:
        """Read the passwords of ``data_dir``, making them when there are none."""
        path = data_dir / _FILE
        if not path.exists():
            _write(path, {name: secrets.token_urlsafe(24) for name in _NAMES})
        values = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{name: SecretStr(values[name]) for name in _NAMES})


def _write(path: Path, values: dict[str, str]) -> None:
    """Write the file whole or not at all, readable by its owner only."""
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(values, stream)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)
