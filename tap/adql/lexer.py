"""What happens to tokens between the lexer and the parser, and before the lexer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tap.adql.errors import MistakeError
from tap.adql.keywords import TERMINALS

if TYPE_CHECKING:
    from lark import Token

MAX_LENGTH = 2_000_000
"""Longest query accepted, in characters."""

MAX_NESTING = 200
"""Deepest nesting of parentheses and CASE; PostgreSQL itself breaks some way above."""

MAX_JOINS = 100
"""Most JOINs of one query: each is a level of nesting."""

_STRUCTURE = re.compile(
    r"""'[^']*(?:''[^']*)*'|"[^"]*"|--[^\r\n]*|[()]|\b(?:CASE|END|JOIN)\b""", re.IGNORECASE
)
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")


def keyword(token: Token) -> Token:
    """Turn a NAME that is a reserved word into that word's terminal."""
    terminal = TERMINALS.get(token.upper())
    if terminal is not None:
        token.type = terminal
    return token


def number(token: Token) -> Token:
    """Tell integers, which TOP and OFFSET need, from other numbers."""
    if token.isdigit():
        token.type = "UNSIGNED_INTEGER"
    return token


def check_bounds(text: str) -> None:
    """Refuse a text no parser or database should be asked to work on.

    Raises
    ------
    MistakeError
        If the text is too long or nested too deeply, or has a character that
        no database text may contain.
    """
    if len(text) > MAX_LENGTH:
        raise MistakeError(
            f"the query has {len(text)} characters; at most {MAX_LENGTH} are accepted."
            " Upload long lists as a table and join with it",
            0,
        )
    if found := _FORBIDDEN.search(text):
        raise MistakeError(
            f"the character U+{ord(found[0]):04X} is not allowed in a query", found.start()
        )
    _check_nesting(text)


def _check_nesting(text: str) -> None:
    depth = joins = 0
    for found in _STRUCTURE.finditer(text):
        word = found[0].upper()
        if word in {"(", "CASE"}:
            depth += 1
            if depth > MAX_NESTING:
                raise MistakeError(
                    f"the query is nested too deeply: at most {MAX_NESTING} levels of"
                    " parentheses are accepted",
                    found.start(),
                )
        elif word in {")", "END"}:
            depth -= 1
        elif word == "JOIN":
            joins += 1
            if joins > MAX_JOINS:
                raise MistakeError(
                    f"the query has too many joins: at most {MAX_JOINS} are accepted",
                    found.start(),
                )
