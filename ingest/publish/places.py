"""On which line of a TOML file a key stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*[\w\"'-]+)*)\s*=")
_LONG = ('"""', "'''")

Path = tuple[str | int, ...]
"""Keys and places in arrays, as ``("columns", 2, "unit")``."""


class Places:
    """The lines of a file's keys and tables; ``tomllib`` tells only those of syntax errors."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        counts: dict[str, int] = {}
        table: Path = ()
        inside: str | None = None
        for number, line in enumerate(text.splitlines(), 1):
            if inside is not None:
                if inside in line:
                    inside = None
                continue
            if header := _HEADER.match(line):
                name = header[2]
                table = _keys(name)
                if header[1] == "[[":
                    counts[name] = counts.get(name, -1) + 1
                    table = (*table, counts[name])
                self._lines[table] = number
            elif key := _KEY.match(line):
                self._lines[*table, *_keys(key[1])] = number
            inside = next((mark for mark in _LONG if line.count(mark) % 2), None)

    def line(self, path: Sequence[str | int]) -> int | None:
        """Give the line of a key, or of the table it is missing in."""
        for length in range(len(path), 0, -1):
            if (found := self._lines.get(tuple(path[:length]))) is not None:
                return found
        return None


def _keys(dotted: str) -> Path:
    parts = re.findall(r"\"([^\"]*)\"|'([^']*)'|([^.\s\"']+)", dotted)
    return tuple(next(filter(None, part), "") for part in parts)


def shown(path: Sequence[str | int]) -> str:
    """Write a path for a message, places in arrays counted from 1."""
    written = ""
    for part in path:
        written += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if written else part
    return written
