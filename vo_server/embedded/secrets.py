"""The passwords of an embedded PostgreSQL, made once and kept beside it."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from vo_server.private_file import write_private

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = ("superuser", "owner", "app", "reader")
_FILE = "secrets.json"


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
            write_private(path, {name: secrets.token_urlsafe(24) for name in _NAMES})
        values = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{name: SecretStr(values[name]) for name in _NAMES})
