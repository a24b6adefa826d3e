"""Aids that lie beside the project: the standards' columns."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_SHARED = Path(__file__).parents[3] / "shared"


def shared(path: str) -> Path:
    """Give the path of an aid; without it the test is skipped, or fails where CI=true."""
    found = _SHARED / path
    if not found.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{found} is missing")
        pytest.skip(f"{found} is not here")
    return found
