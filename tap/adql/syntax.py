"""Says in plain words why a text is not ADQL, and what could stand there."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from tap.adql.errors import Mistake
from tap.adql.keywords import TERMINALS

if TYPE_CHECKING:
    from lark import Token
    from lark.exceptions import UnexpectedInput

_VALUE = frozenset({"UNSIGNED_DECIMAL", "STRING", "CASE", "CAST", "FUNCTION", "PLUS"})
_GROUPS: tuple[tuple[frozenset[str], frozenset[str], str], ...] = (
    # (all of these accepted, these need no mention then, words for them)
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
)
_WORDS = {
    "UNSIGNED_INTEGER": "a whole number",
    "UNSIGNED_DECIMAL": "a number",
    "STRING": "a string",
    "NAME": "a name",
    "DELIMITED": "a name",
    "FUNCTION": "a function",
    "AGGREGATE": "an aggregate function",
    "TYPE_NAME": "a type (INTEGER, DOUBLE PRECISION, VARCHAR(n), TIMESTAMP …)",
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
_QUERY_STARTS = frozenset(
    ["INSERT", "UPDATE", "DELETE", "DROP", "CREATE", "ALTER", "GRANT", "REVOKE", "COPY", "SET"]
)
_HABITS = {
    "TOP": "TOP n comes first in the select list, after DISTINCT or ALL",
    "DISTINCT": "DISTINCT comes directly after SELECT, before TOP",
    "LIMIT": "ADQL has no LIMIT: write SELECT TOP n … instead",
    "FETCH": "ADQL has no FETCH: write SELECT TOP n … instead",
    "CROSS": "ADQL has no CROSS JOIN: separate the tables by a comma instead",
    "USING": "USING needs a JOIN before it",
}
_NO_COMMENT = "ADQL has no /* */ comments: use -- to the end of the line"
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
    (re.compile(r"[&|^~#]"), "ADQL has no bitwise operators"),
    (re.compile("!"), "write <> or != for 'not equal' and NOT before a condition"),
)


def explain(text: str, error: UnexpectedInput) -> Mistake:
    """Turn an exception of the parser into words."""
    if isinstance(error, UnexpectedCharacters):
        return _unknown_character(text, error.pos_in_stream or 0)
    if isinstance(error, UnexpectedToken):
        return _unexpected_token(text, error)
    return Mistake(f"this is not ADQL: {error}", error.pos_in_stream or 0)


def _unknown_character(text: str, position: int) -> Mistake:
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


def _unexpected_token(text: str, error: UnexpectedToken) -> Mistake:
    token: Token = error.token
    ended = token.type == "$END"
    before = text[: None if ended else token.start_pos].rstrip()
    position = len(before) if ended else token.start_pos or 0
    if not before and ended:
        return Mistake("the query is empty: a query begins with SELECT", 0)
    if misspelt := _misspelt(before, token):
        return misspelt
    expected = _expected(frozenset(error.accepts))
    if ended:
        return Mistake(f"the query ends too early: expected {expected}", position)
    if message := _hint(text, before, token):
        return Mistake(message, position)
    if token.type == "RESERVED" or (expected == "a name" and token.upper() in TERMINALS):
        return Mistake(
            f"{token} is a reserved word of ADQL: to use it as a name, write"
            f' "{token.lower()}" in double quotes',
            position,
        )
    return Mistake(f"unexpected {_shown(token)}: expected {expected}", position)


def _hint(text: str, before: str, token: Token) -> str | None:
    """Recognise what people used to other databases write."""
    if text.startswith("/*", token.start_pos):
        return _NO_COMMENT
    word = token.upper()
    if word in _QUERY_STARTS and not before:
        return f"only queries are accepted, no {word}: a query begins with SELECT"
    if before.endswith(";"):
        return "only one query is accepted at a time: remove what follows the semicolon"
    if before.endswith("=") and token.type == "COMPARISON":
        return "ADQL compares with a single = sign"
    if token.type == "STRING" and before.upper().endswith(" AS"):
        return "an alias is a name: write it without quotes, or in double quotes"
    return _HABITS.get(word)


def _misspelt(before: str, token: Token) -> Mistake | None:
    """Find a keyword that was read as an alias, because it is misspelt or foreign."""
    last = _LAST_WORD.search(before[-_LONGEST_WORD:])
    candidates = [(str(token), token.start_pos or 0)] if token.type == "NAME" else []
    if last is not None:
        candidates.insert(0, (last[0], len(before) - len(last[0])))
    for word, position in candidates:
        if word.upper() in TERMINALS:
            continue
        if hint := _HABITS.get(word.upper()):
            return Mistake(hint, position)
        if match := get_close_matches(word.upper(), _KEYWORDS, 1, 0.75):
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
