"""The SQL files of this package."""

from __future__ import annotations

from importlib.resources import files


def sql_file(name: str) -> str:
    """Read one of them."""
    return files("schemas").joinpath("sql", name).read_text(encoding="utf-8")
