"""Headers of FITS files (FITS standard 4.0, section 4)."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from tap.readers.model import ReadError

if TYPE_CHECKING:
    from typing import IO

    Value = str | int | float | bool
    Header = dict[str, Value]

BLOCK = 2880
_CARD = 80
_MOST_BLOCKS = 5000
"""Blocks of one header; the widest table that can be needs fewer."""
_STRING = re.compile(r"\s*'((?:[^']|'')*)'")
_INTEGER = re.compile(r"[+-]?\d+")


def read_header(file: IO[bytes]) -> Header | None:
    """Read the header at the file's position, and go to the data behind it.

    Returns
    -------
    dict or None
        The values by keyword; None at the end of the file.

    Raises
    ------
    ReadError
        If the header is not whole, or a value is none.
    """
    cards: list[str] = []
    for _ in range(_MOST_BLOCKS):
        block = file.read(BLOCK)
        if not block.strip(b"\0 ") and not cards:
            return None
        if len(block) < BLOCK:
            raise ReadError("the file ends within a FITS header")
        text = block.decode("latin-1")
        cards += [text[start : start + _CARD] for start in range(0, BLOCK, _CARD)]
        ends = [place for place, card in enumerate(cards) if card[:8] == "END     "]
        if ends:
            return _values(cards[: ends[0]])
    raise ReadError("a FITS header does not end")


def data_size(header: Header) -> int:
    """Count the bytes of data behind a header, filling included (section 4.4.1)."""
    axes = [number(header, f"NAXIS{axis}") for axis in range(1, number(header, "NAXIS", 0) + 1)]
    elements = math.prod(axes) if axes else 0
    elements = number(header, "GCOUNT", 1) * (number(header, "PCOUNT", 0) + elements)
    size = abs(number(header, "BITPIX", 8)) // 8 * elements
    return -(-size // BLOCK) * BLOCK


def number(header: Header, keyword: str, default: int | None = None) -> int:
    """Give a value that must be a whole number, and not negative unless it is BITPIX.

    Raises
    ------
    ReadError
        If it is absent or another.
    """
    value = header.get(keyword, default)
    if not isinstance(value, int) or isinstance(value, bool) or (value < 0 and keyword != "BITPIX"):
        raise ReadError(f"the FITS keyword {keyword} is {value!r}, which is no such number")
    return value


def _values(cards: list[str]) -> Header:
    header: Header = {}
    last = ""
    for card in cards:
        keyword = card[:8].rstrip()
        held = header.get(last)
        if keyword == "CONTINUE" and isinstance(held, str) and held.endswith("&"):
            found = _STRING.match(card[8:])
            header[last] = held[:-1] + (_unquoted(found[1]) if found else "")
        elif card[8:10] == "= ":
            last = keyword
            header[keyword] = _value(keyword, card[10:])
    return {key: v.removesuffix("&") if isinstance(v, str) else v for key, v in header.items()}


def _value(keyword: str, text: str) -> Value:
    found = _STRING.match(text)
    if found:
        return _unquoted(found[1])
    word = text.partition("/")[0].strip()
    if word in ("T", "F"):
        return word == "T"
    if _INTEGER.fullmatch(word):
        return int(word)
    try:
        return float(word.replace("D", "E")) if word else ""
    except ValueError:
        raise ReadError(
            f"the FITS keyword {keyword} has the value {word!r}, which is none"
        ) from None


def _unquoted(text: str) -> str:
    return text.replace("''", "'").rstrip()
