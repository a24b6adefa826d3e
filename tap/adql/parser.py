"""Reads the text of a query into its syntax tree."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from tap.adql import tree
from tap.adql.automaton import Automaton, UnexpectedTokenError, UnknownCharacterError
from tap.adql.errors import ADQLError, Mistake, MistakeError
from tap.adql.lexer import check_text
from tap.adql.syntax import unexpected_token, unknown_character

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from schemas.functions import Function


@cache
def automaton() -> Automaton:
    """Build the parser, once per process; several threads may share it."""
    return Automaton((files("tap.adql") / "grammar.lark").read_text(encoding="utf-8"))


def parse(text: str, udfs: Collection[Function] | None = None) -> tree.Statement:
    """Read an ADQL query; names are not looked up.

    Parameters
    ----------
    text
        The query (ADQL 2.1, appendix A).
    udfs
        The user-defined functions that may be called. None leaves that
        question to the resolver.

    Raises
    ------
    ADQLError
        If the text is not ADQL, with the place and what was expected there.
    """
    try:
        check_text(text)
        statement = automaton().parse(text)
    except UnknownCharacterError as error:
        raise ADQLError(text, [unknown_character(text, error.position)]) from None
    except UnexpectedTokenError as error:
        raise ADQLError(text, [unexpected_token(text, error)]) from None
    except MistakeError as error:
        raise ADQLError(text, [error.mistake]) from None
    if udfs is not None:
        _check_functions(text, statement, udfs)
    return statement


def _check_functions(text: str, statement: tree.Statement, udfs: Collection[Function]) -> None:
    """Refuse calls of functions that are not declared."""
    declared = {function.name.upper() for function in udfs}
    mistakes = [
        Mistake(f"there is no function {call.function}", call.position)
        for call in _user_calls(statement)
        if call.function.upper() not in declared
    ]
    if mistakes:
        raise ADQLError(text, mistakes)


def _user_calls(root: object) -> Iterator[tree.Call]:
    """Find the calls of user-defined functions anywhere below a node."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(node)
        elif is_dataclass(node):
            if isinstance(node, tree.Call) and node.user:
                yield node
            waiting.extend(getattr(node, field.name) for field in fields(node))
