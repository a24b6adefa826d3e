"""Header cards of FITS (FITS standard 4.0, sections 3 and 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BLOCK = 2880
"""Bytes to whose multiple everything is filled up."""

_CARD = 80
_STRING = 67
"""Characters of text in one card, with the mark that more follow."""

Card = tuple[str, str | int | bool]
"""Keyword of up to 8 characters, and value."""


def header(cards: Iterable[Card]) -> bytes:
    """Write a whole header unit, END and filling included."""
    lines = [line for keyword, value in cards for line in _card(keyword, value)]
    text = "".join(line.ljust(_CARD) for line in [*lines, "END"])
    return text.ljust(filled(len(text))).encode("ascii")


def filled(size: int) -> int:
    """Round a number of bytes up to whole blocks."""
    return -(-size // BLOCK) * BLOCK


def comments(keyword: str, text: str) -> list[Card]:
    """Spread a text over cards without a value, such as COMMENT."""
    plain = ascii_text(text)
    width = _CARD - 8
    return [(keyword, plain[start : start + width]) for start in range(0, len(plain), width)]


def ascii_text(text: str) -> str:
    """Keep what a header can hold (section 4.1.1): a question mark for anything else."""
    return "".join(c if " " <= c <= "~" else " " if c in "\t\n\r" else "?" for c in text)


def _card(keyword: str, value: str | int | bool) -> list[str]:  # noqa: FBT001 # a card's value
    if keyword in ("COMMENT", "HISTORY"):
        return [f"{keyword:8}{value}"]
    if isinstance(value, bool):
        return [f"{keyword:8}= {'T' if value else 'F':>20}"]
    if isinstance(value, int):
        return [f"{keyword:8}= {value:>20}"]
    return _string(keyword, ascii_text(value).replace("'", "''"))


def _string(keyword: str, text: str) -> list[str]:
    """Write a text, over several cards where it is long (section 4.2.1.2)."""
    if len(text) <= _STRING + 1:
        return [f"{keyword:8}= '{text:8}'"]
    parts = []
    while len(text) > _STRING:
        end = _STRING
        if text[:end].count("'") % 2:  # never between the two quotes that mean one
            end -= 1
        parts.append(text[:end] + "&")
        text = text[end:]
    parts.append(text)
    return [f"{keyword:8}= '{parts[0]}'", *(f"CONTINUE  '{part}'" for part in parts[1:])]
