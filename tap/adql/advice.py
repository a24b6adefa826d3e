"""Recognises what the author of a wrong query had in mind, and says what to write instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tap.adql.habits import LIKELY_NAMES, QUERY_STARTS, WORDS
from tap.adql.keywords import FUNCTIONS, TERMINALS

if TYPE_CHECKING:
    from tap.adql.lexer import Token

_TAIL = 2000
"""How much text before a mistake is looked at."""

_NO_COMMENT = "ADQL has no /* */ comments: use -- to the end of the line"
_CLAUSES = ("FROM", "WHERE", "GROUP", "HAVING", "ORDER", "OFFSET")
_CLAUSE = re.compile(rf"\b({'|'.join(_CLAUSES)})\b", re.IGNORECASE)
_ORDER = "the order is SELECT, FROM, WHERE, GROUP BY, HAVING, ORDER BY, OFFSET"
_PARENTHESES = re.compile(r"\([^()]*\)")
_STRINGS = re.compile(r"'[^']*'|\"[^\"]*\"|--[^\r\n]*")
_LAST_CALL = re.compile(r"\b(CONTAINS|INTERSECTS)$", re.IGNORECASE)
_LAST_WORD = re.compile(r"(?<![\w\"'.])[A-Za-z]\w*$")
_SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT"})
_NEEDS_COMPARISON = frozenset({"COMPARISON", "BETWEEN"})
_ENDS_CONDITION = frozenset(
    ["$END", "RPAR", "SEMICOLON", "_AND", "_OR", "_GROUP", "_ORDER", "_HAVING", "_OFFSET", "_THEN"]
)
_NEVER_NAMES = frozenset({"SELECT", "FROM", "WHERE"})
"""Clauses no one means as a name, unless after AS."""


def reserved(token: str) -> str:
    """Say that a word is no name."""
    return (
        f"{token} is a reserved word of ADQL: to use it as a name, write"
        f' "{token.lower()}" in double quotes'
    )


def is_misused_name(text: str, token: Token, accepts: frozenset[str]) -> bool:
    """Tell whether a reserved word was meant as a name, not as what it means elsewhere."""
    word = token.upper()
    if word not in TERMINALS or "NAME" not in accepts:
        return False
    after = text[token.start_pos + len(token) :].lstrip()[:1]
    if after == "." or (word in LIKELY_NAMES and after not in {"'", "("}):
        return True
    if "LPAR" not in accepts and "STRING" not in accepts:
        before = text[: token.start_pos].rstrip()
        named = before.upper().endswith((" AS", "."))
        return named or word not in _NEVER_NAMES | WORDS.keys()
    return token.type == "RESERVED" and word not in WORDS


def misused_function(before: str, accepts: frozenset[str]) -> tuple[str, int] | None:
    """Find a function's name without parentheses, and its place."""
    last = _LAST_WORD.search(before[-_TAIL:])
    if last is None or accepts != {"LPAR"} or last[0].upper() not in FUNCTIONS:
        return None
    return last[0], len(before) - len(last[0])


def missing_comparison(before: str, token: Token, accepts: frozenset[str]) -> str | None:
    """Explain that a value is no condition, such as a predicate function alone."""
    if not accepts >= _NEEDS_COMPARISON or token.type not in _ENDS_CONDITION - accepts:
        return None
    call = _LAST_CALL.search(_at_this_level(before))
    if call is None:
        return None
    return f"{call[1].upper()} is a number: write 1 = {call[1].upper()}(…)"


def advice(text: str, before: str, token: Token, accepts: frozenset[str]) -> str | None:
    """Recognise what people used to other databases write."""
    if text.startswith("/*", token.start_pos) or text.startswith("/*", token.start_pos - 1):
        return _NO_COMMENT
    word = token.upper()
    if word in QUERY_STARTS and not before:
        return f"only queries are accepted, no {word}: a query begins with SELECT"
    if before.endswith(";"):
        return "only one query is accepted at a time: remove what follows the semicolon"
    if token.type == "STRING" and before.upper().endswith(" AS"):
        return "an alias is a name: write it without quotes, or in double quotes"
    return (
        _operator(before, token, accepts)
        or _misplaced(before, token)
        or (WORDS.get(word) if token.type not in accepts else None)
    )


def _operator(before: str, token: Token, accepts: frozenset[str]) -> str | None:
    """Explain an operator that is none here."""
    if token.type == "COMPARISON":
        if before.endswith(("=", "<", ">")):
            instead = {"=<": "write <=", "=>": "write >="}.get(before[-1] + token)
            return instead or "ADQL compares with a single = sign"
        if "_FROM" in accepts:
            return "a condition is no value: write CASE WHEN … THEN 1 ELSE 0 END"
        if "_AND" in accepts:
            return "comparisons cannot be chained: join two by AND, or use BETWEEN"
    if token.type == "ASTERISK" and before.endswith("*"):
        return "ADQL has no ** operator: write POWER(x, y)"
    return None


def _misplaced(before: str, token: Token) -> str | None:
    """Recognise what is right in itself and stands in a wrong place."""
    word, here = token.upper(), _at_this_level(before)
    if before.endswith(",") and (token.type.startswith("_") or token.type in {"RPAR", "SEMICOLON"}):
        return f"remove the comma before {word}, or write what is missing there"
    passed = [found.upper() for found in _CLAUSE.findall(here)]
    if word in _CLAUSES and word in passed:
        return f"{word} comes only once: {_ORDER}"
    if word in _CLAUSES and passed and _CLAUSES.index(passed[-1]) > _CLAUSES.index(word):
        return f"{word} comes before {passed[-1]}: {_ORDER}"
    if word in _SET_OPERATORS and passed and passed[-1] in {"ORDER", "OFFSET"}:
        return f"put a query with {passed[-1]} into parentheses: (SELECT …) {word} …"
    if token.type == "COMMA" and passed and passed[-1] in {"WHERE", "HAVING"}:
        return "conditions are joined by AND or OR, not by a comma"
    return _in_aggregate(before, token)


def _in_aggregate(before: str, token: Token) -> str | None:
    if token.type == "RPAR" and before.upper().endswith("COUNT("):
        return "COUNT counts something: write COUNT(*) for rows, COUNT(x) for values"
    if token.type == "ASTERISK" and before.endswith("("):
        return "only COUNT takes *"
    return None


def _at_this_level(before: str) -> str:
    """Give the text before a place without strings and what closed parentheses hold."""
    here, last = _STRINGS.sub("", before[-_TAIL:]), ""
    while here != last:
        last, here = here, _PARENTHESES.sub("", here)
    return here.rpartition("(")[2].rstrip()
