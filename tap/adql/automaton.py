"""Runs the tables lark makes of the grammar; twice as fast as lark's own loop.

Lark works out the LALR(1) tables and the calls of the :class:`Builder`. What
is read here from lark beyond its documentation is the parse table and these
calls; the version is pinned, and the grammar's tests would show a change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lark import Lark
from lark.parsers.lalr_analysis import Shift

from tap.adql.builder import Builder
from tap.adql.lexer import Lexer, UnknownCharacterError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap.adql import tree
    from tap.adql.lexer import Token

    _Reduction = tuple[int, str, Callable[[list[Any]], Any]]
    _Row = dict[str, int | _Reduction]


class UnexpectedTokenError(Exception):
    """A token that cannot stand where it stands.

    Attributes
    ----------
    token
        The token; of type ``$END`` where the text ends too early.
    accepts
        Names of the terminals that could stand there.
    """

    def __init__(self, token: Token, accepts: frozenset[str]) -> None:
        super().__init__(token)
        self.token = token
        self.accepts = accepts


class Automaton:
    """A parser made from a lark grammar with the rule ``start``."""

    def __init__(self, grammar: str) -> None:
        lark = Lark(
            grammar, parser="lalr", lexer="basic", maybe_placeholders=True, transformer=Builder()
        )
        inner: Any = lark.parser.parser
        table, callbacks = inner.parser.parse_table, inner.parser.callbacks
        self._lexer = Lexer(lark.terminals, lark.ignore_tokens)
        self._start: int = table.start_states["start"]
        self._end: int = table.end_states["start"]
        self._rows: dict[int, _Row] = {
            state: {
                symbol: argument if action is Shift else _reduction(argument, callbacks)
                for symbol, (action, argument) in actions.items()
            }
            for state, actions in table.states.items()
        }

    def parse(self, text: str) -> tree.Statement:
        """Read a text.

        Raises
        ------
        UnknownCharacterError
            Where no token begins.
        UnexpectedTokenError
            Where the grammar does not allow a token.
        MistakeError
            If the text is nested too deeply, or a rule's builder refuses it.
        """
        rows = self._rows
        states = [self._start]
        values: list[Any] = []
        for token in self._lexer.tokens(text):
            kind = token.type
            while True:
                action = rows[states[-1]].get(kind)
                if action is None:
                    raise UnexpectedTokenError(token, self._accepts(states))
                if isinstance(action, int):
                    states.append(action)
                    values.append(token)
                    break
                size, symbol, build = action
                if size:
                    children = values[-size:]
                    del states[-size:], values[-size:]
                else:
                    children = []
                values.append(build(children))
                state = rows[states[-1]][symbol]
                states.append(state)  # type: ignore[arg-type] # rules are only ever shifted
                if state == self._end and kind == "$END":
                    statement: tree.Statement = values[-1]
                    return statement
        raise AssertionError  # pragma: no cover # $END either ends the loop or is refused

    def _accepts(self, states: list[int]) -> frozenset[str]:
        """Find the terminals that could stand here: those some run of reductions can shift."""
        return frozenset(
            kind
            for kind in self._rows[states[-1]]
            if kind.isupper() and self._is_accepted(list(states[-_DEEP:]), kind)
        )

    def _is_accepted(self, states: list[int], kind: str) -> bool:
        while states:
            action = self._rows[states[-1]].get(kind)
            if action is None or isinstance(action, int):
                return action is not None
            size, symbol, _ = action
            if size:
                del states[-size:]
            if not states:
                break
            state = self._rows[states[-1]][symbol]
            if state == self._end and kind == "$END":
                return True
            states.append(state)  # type: ignore[arg-type] # rules are only ever shifted
        return True


_DEEP = 200
"""States looked at for a message: enough for any list of clauses around one place."""


def _reduction(rule: Any, callbacks: Mapping[Any, Callable[[list[Any]], Any]]) -> _Reduction:  # noqa: ANN401 # lark's rule
    return len(rule.expansion), rule.origin.name, callbacks[rule]


__all__ = ["Automaton", "UnexpectedTokenError", "UnknownCharacterError"]
