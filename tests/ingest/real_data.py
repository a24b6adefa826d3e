"""The real CoRoT data that lie beside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_DATA = Path(__file__).parents[3] / "shared" / "data" / "corot"


def corot_data(path: str = "") -> Path:
    """Give the path of real data; without them the test is skipped, or fails where CI=true."""
    found = _DATA / path
    if not found.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{found} is missing")
        pytest.skip(f"{found} is not here")
    return found


def excerpt(extension: str) -> Path:
    """Give the path of the printed rows of one table of the real CoRoT-8 product."""
    stem = "EN2_STAR_CHR_0101086161_20070516T060226_20071005T074409"
    return corot_data(f"derived/{stem}.{extension}.excerpt.csv")
