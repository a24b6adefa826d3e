"""Cuts the text of a query into tokens, as the terminals of the grammar say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lark.lexer import PatternRE

from tap.adql.errors import MistakeError
from tap.adql.keywords import TERMINALS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lark.lexer import TerminalDef

MAX_LENGTH = 2_000_000
"""Longest query accepted, in characters."""

MAX_NESTING = 200
"""Deepest nesting of parentheses and CASE; PostgreSQL itself breaks some way above."""

MAX_JOINS = 100
"""Most JOINs of one query: each is a level of nesting."""

_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
_DEEPER = {"LPAR": 1, "CASE": 1, "RPAR": -1, "_END": -1, "JOIN": 0}


class Token(str):
    """A piece of a query's text, with the terminal it is and where it begins."""

    __slots__ = ("start_pos", "type")

    type: str
    start_pos: int

    @classmethod
    def of(cls, kind: str, text: str, position: int) -> Token:
        """Make a token."""
        token = cls(text)
        token.type = kind
        token.start_pos = position
        return token


class UnknownCharacterError(Exception):
    """A character no token begins with, or a token without end."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class Lexer:
    """Cuts texts into tokens.

    Parameters
    ----------
    terminals
        The grammar's terminals; no two may begin alike but as patterns before
        plain texts (``.5`` before ``.``).
    ignored
        Names of those that only separate others.
    """

    def __init__(self, terminals: Collection[TerminalDef], ignored: Collection[str]) -> None:
        skipped, kept = [], []
        # Plain texts last: a pattern may begin with one of them.
        for one in sorted(terminals, key=lambda one: not isinstance(one.pattern, PatternRE)):
            if one.name in ignored:
                skipped.append(one.pattern.to_regexp())
            else:
                kept.append(f"(?P<{one.name}>{one.pattern.to_regexp()})")
        # Possessive by construction: what separates tokens begins none of them.
        separators = f"(?:{'|'.join(skipped)})*"
        choices = "|".join([*kept, r"(?P<END>\Z)", "(?P<UNKNOWN>.)"])
        self._pattern = re.compile(f"{separators}(?:{choices})", re.DOTALL)

    def tokens(self, text: str) -> Iterator[Token]:
        """Give the tokens of a text one by one, and ``$END`` after the last.

        Raises
        ------
        UnknownCharacterError
            Where no token begins.
        MistakeError
            If the text is nested too deeply.
        """
        depth = joins = end = 0
        make, keywords = Token, TERMINALS
        for found in self._pattern.finditer(text):
            kind = found.lastgroup or ""
            start, stop = found.span(kind)
            token = make(text[start:stop])
            if kind == "NAME":
                kind = keywords.get(token.upper(), kind)
            elif kind == "UNSIGNED_DECIMAL" and token.isdigit():
                kind = "UNSIGNED_INTEGER"
            elif kind == "END":
                break
            elif kind == "UNKNOWN":
                raise UnknownCharacterError(start)
            if kind in _DEEPER:
                depth += _DEEPER[kind]
                joins += kind == "JOIN"
                _check_bounds(depth, joins, start)
            token.type = kind
            token.start_pos = start
            end = stop
            yield token
        yield Token.of("$END", "", end)


def _check_bounds(depth: int, joins: int, position: int) -> None:
    if depth > MAX_NESTING:
        raise MistakeError(
            f"the query is nested too deeply: at most {MAX_NESTING} levels of parentheses are"
            " accepted",
            position,
        )
    if joins > MAX_JOINS:
        raise MistakeError(
            f"the query has too many joins: at most {MAX_JOINS} are accepted", position
        )


def check_text(text: str) -> None:
    """Refuse a text no parser or database should be asked to work on.

    Raises
    ------
    MistakeError
        If the text is too long, or has a character that no database text may
        contain.
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
