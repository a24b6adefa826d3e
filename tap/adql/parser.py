"""Reads the text of a query into its syntax tree."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, cast

from lark import Lark
from lark.exceptions import UnexpectedInput, VisitError

from tap.adql import tree
from tap.adql.builder import Builder
from tap.adql.errors import ADQLError, Mistake, MistakeError
from tap.adql.lexer import check_bounds, keyword, number
from tap.adql.syntax import explain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tap.adql.functions import Function


@cache
def lark_parser() -> Lark:
    """Build the parser, once per process; several threads may share it."""
    return Lark(
        (files("tap.adql") / "grammar.lark").read_text(encoding="utf-8"),
        parser="lalr",
        lexer="basic",
        maybe_placeholders=True,
        transformer=Builder(),
        lexer_callbacks={"NAME": keyword, "UNSIGNED_DECIMAL": number},
    )


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
        check_bounds(text)
        statement = cast("tree.Statement", lark_parser().parse(text))
    except UnexpectedInput as error:
        raise ADQLError(text, [explain(text, error)]) from None
    except MistakeError as error:
        raise ADQLError(text, [error.mistake]) from None
    except VisitError as error:
        if isinstance(error.orig_exc, MistakeError):
            raise ADQLError(text, [error.orig_exc.mistake]) from None
        raise
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
