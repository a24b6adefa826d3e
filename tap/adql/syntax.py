"""Says in plain words why a text is not ADQL, and what could stand there."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from tap.adql.advice import (
    advice,
    is_misused_name,
    missing_comparison,
    misused_function,
    reserved,
)
from tap.adql.errors import Mistake
from tap.adql.habits import WORDS
from tap.adql.keywords import TERMINALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tap.adql.automaton import UnexpectedTokenError
    from tap.adql.lexer import Token

_VALUE = frozenset({"UNSIGNED_DECIMAL", "STRING", "CASE", "CAST", "FUNCTION", "PLUS"})
_GROUPS: tuple[tuple[frozenset[str], frozenset[str], str], ...] = (
    # (all of these accepted, these need no mention then, words for them)
    (
        frozenset({"TYPE_NAME", "DOUBLE"}),
        frozenset({"TYPE_NAME", "DOUBLE", "FUNCTION"}),
        "a type (INTEGER, DOUBLE PRECISION, VARCHAR(n), TIMESTAMP …)",
    ),
    (
        _VALUE,
        _VALUE | {"MINUS", "UNSIGNED_INTEGER", "NULL", "AGGREGATE", "COUNT", "NAME", "DELIMITED"},
        "an expression",
    ),
    (frozenset({"NAME", "DELIMITED"}), frozenset({"NAME", "DELIMITED"}), "a name"),
    (
        frozenset({"COMPARISON", "BETWEEN"}),
        frozenset({"COMPARISON", "BETWEEN", "IN", "LIKE", "ILIKE", "IS", "NOT"}),
        "a comparison",
    ),
    (
        frozenset({"PLUS", "SOLIDUS"}),
        frozenset({"PLUS", "MINUS", "ASTERISK", "SOLIDUS", "CONCATENATION"}),
        "an operator",
    ),
    (
        frozenset({"JOIN", "LEFT"}),
        frozenset({"JOIN", "LEFT", "RIGHT", "FULL", "INNER", "NATURAL"}),
        "a join",
    ),
    (
        frozenset({"UNION", "EXCEPT"}),
        frozenset({"UNION", "EXCEPT", "INTERSECT"}),
        "a set operator",
    ),
    (
        frozenset({"TYPE_NAME", "FUNCTION"}),  # FUNCTION for POINT, CIRCLE and POLYGON
        frozenset({"TYPE_NAME", "FUNCTION"}),
        "a type (INTEGER, DOUBLE PRECISION, VARCHAR(n), TIMESTAMP …)",
    ),
)
_WORDS = {
    "UNSIGNED_INTEGER": "a whole number",
    "UNSIGNED_DECIMAL": "a number",
    "STRING": "a string",
    "NAME": "a name",
    "DELIMITED": "a name",
    "FUNCTION": "a function",
    "AGGREGATE": "an aggregate function",
    "DOUBLE": "a type (INTEGER, DOUBLE PRECISION, VARCHAR(n), TIMESTAMP …)",
    "LPAR": "'('",
    "RPAR": "')'",
    "COMMA": "','",
    "DOT": "'.'",
    "ASTERISK": "'*'",
    "PLUS": "'+'",
    "MINUS": "'-'",
    "SOLIDUS": "'/'",
    "CONCATENATION": "'||'",
    "COMPARISON": "a comparison",
    "$END": "the end of the query",
}
_KEYWORDS = tuple(name for name, terminal in TERMINALS.items() if terminal.strip("_") == name)
_LONGEST_WORD = 80
_LAST_WORD = re.compile(r"(?<![\w\"'.])[A-Za-z]\w*$")
_UNSAID = frozenset({"SEMICOLON"})
_LEXICAL: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile("'"), "this string has no closing quote ' (a quote inside a string is written '')"),
    (re.compile('"'), 'this delimited identifier has no closing quote "'),
    (re.compile("%"), "ADQL has no % operator: write MOD(x, y)"),
    (re.compile("_"), "an identifier must begin with a letter, or stand in double quotes"),
    (re.compile("::"), "ADQL has no :: operator: write CAST(x AS type)"),
    (re.compile("`"), 'names are quoted with double quotes (") in ADQL'),
    (re.compile(r"\["), 'ADQL has no brackets: names are quoted with double quotes (")'),
    (re.compile("[\u2018\u2019\u201c\u201d]"), "use a straight quote (')"),
    (re.compile(r"0[xX]"), "ADQL 2.1 has no hexadecimal numbers"),
    (re.compile(r"[0-9.]*[0-9]"), "this is no number: a digit must not run into letters or dots"),
    (re.compile(r"[?:$@]"), "ADQL has no parameters: write the value itself"),
    (re.compile(r"&&"), "write AND"),
    (re.compile(r"[|&^~#]"), "ADQL has no bitwise operators"),
    (re.compile("[\u2010-\u2015\u2212]"), "use a plain minus sign (-)"),
    (re.compile("[\u2264\u2265\u2260]"), "write <=, >= or <>"),
    (re.compile("[\u00d7\u00b7]"), "write * to multiply"),
    (re.compile(r"\\"), "the backslash has no meaning in ADQL: a quote in a string is written ''"),
    (re.compile("!"), "write <> or != for 'not equal' and NOT before a condition"),
)


def unknown_character(text: str, position: int) -> Mistake:
    """Say why no token begins at a place."""
    if not text[position].isascii() and text[position].isalpha():
        return Mistake(
            f"the letter {text[position]!r} cannot stand outside quotes: identifiers use"
            " A-Z, a-z, 0-9 and _, or stand in double quotes",
            position,
        )
    for pattern, message in _LEXICAL:
        if pattern.match(text, position):
            return Mistake(message, position)
    return Mistake(f"the character {text[position]!r} has no meaning in ADQL", position)


def unexpected_token(text: str, error: UnexpectedTokenError) -> Mistake:
    """Say why a token cannot stand where it does, and what could."""
    token, accepts = error.token, error.accepts
    ended = token.type == "$END"
    before = text[: token.start_pos].rstrip()
    if not before and ended:
        return Mistake("the query is empty: a query begins with SELECT", 0)
    if misspelt := _misspelt(before, token, accepts):
        return misspelt
    if function := misused_function(before, accepts):
        name, position = function
        return Mistake(f"{name} is a function of ADQL, {name}(…); {reserved(name)}", position)
    expected = _expected(accepts)
    if hint := missing_comparison(before, token, accepts):
        expected = f"{expected}. {hint}"
    if ended:
        return Mistake(f"the query ends too early: expected {expected}", token.start_pos)
    if is_misused_name(text, token, accepts):
        return Mistake(reserved(token), token.start_pos)
    message = advice(text, before, token, accepts)
    return Mistake(message or f"unexpected {_shown(token)}: expected {expected}", token.start_pos)


def _misspelt(before: str, token: Token, accepts: frozenset[str]) -> Mistake | None:
    """Find a keyword that was read as an alias, because it is misspelt or foreign."""
    last = _LAST_WORD.search(before[-_LONGEST_WORD:])
    candidates: list[tuple[str, int, Sequence[str]]] = []
    if last is not None:
        candidates.append((last[0], len(before) - len(last[0]), _KEYWORDS))
    if token.type == "NAME":
        possible = [word for word in _KEYWORDS if TERMINALS[word] in accepts]
        candidates.append((str(token), token.start_pos, possible))
    for word, position, keywords in candidates:
        if word.upper() in TERMINALS:
            continue
        if hint := WORDS.get(word.upper()):
            return Mistake(hint, position)
        if match := get_close_matches(word.upper(), keywords, 1, 0.75):
            return Mistake(f"did you mean {match[0]} instead of {word}?", position)
    return None


def _shown(token: Token) -> str:
    shown = str(token) if len(token) <= 40 else f"{token[:37]}…"  # noqa: PLR2004 (a line's part)
    return shown if token.type == "STRING" else f"'{shown}'"


def _expected(accepts: frozenset[str]) -> str:
    """Name what the parser would have accepted, in words and without repetition."""
    words: list[str] = []
    left = accepts - _UNSAID
    for needed, covered, name in _GROUPS:
        if needed <= left:
            words.append(name)
            left -= covered
    words += sorted({_WORDS.get(terminal, terminal.strip("_")) for terminal in left})
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} or {words[-1]}" if words else "something else"
