"""Random queries on the published tables, and what archives of :mod:`tests.rights.twins` say."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from typing_extensions import override

from schemas.published import CATALOGUE
from tap.adql.kinds import Kind
from tap.control import Control
from tap.errors import QueryTimeoutError, ServiceError
from tap.parameters import Parameters
from tests.adql.walk import Walk
from tests.rights.twins import NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.session import Caller
    from tap.service import TapService
    from tests.adql.walk_columns import Col

T = TypeVar("T")

_LIMIT = timedelta(seconds=2)
_MOST = 20_000
"""Rows after which an answer is cut off."""
_WITH_HIDDEN = ("corot.products", "corot.products", "corot.stars", "ivoa.obscore")
_TABLES = [*CATALOGUE, *(t for name in _WITH_HIDDEN for t in [CATALOGUE.table(name)] * 6)]
_VAGUE = re.compile(r"RAND|\bTOP\b|OFFSET|SUM|AVG", re.IGNORECASE)
_TRAP = f"({NUMBER - 321} + 321)"
"""Makes a hidden value, without that it stands in the query."""


class SeededWalk(Walk):
    """A walk that a seed leads over the published tables."""

    catalogue = _TABLES  # type: ignore[assignment] # what it is asked for is its tables

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 # not a secret
        super().__init__(lambda _: None)
        self.budget = 14

    @override
    def pick(self, options: Sequence[T]) -> T:
        return self._random.choice(options)

    @override
    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    @override
    def value(self, kind: Kind, scope: Sequence[Col]) -> str:
        leaves = [column.text for column in scope if column.kind is kind]
        return self.pick(leaves) if leaves and self.chance(60) else super().value(kind, scope)

    @override
    def predicate(self, scope: Sequence[Col]) -> str:
        numbers = [c.text for c in scope if c.kind in {Kind.INTEGER, Kind.REAL}]
        texts = [c.text for c in scope if c.kind is Kind.STRING]
        if numbers and self.chance(15):
            one = self.pick(numbers)
            return self.pick(
                (
                    f"1 / ({one} - {_TRAP}) < 5",
                    f"{one} > 7000000",
                    f"{one} = {_TRAP}",
                    f"SQRT({_TRAP} - 1 - {one}) >= 0",
                )
            )
        if texts and self.chance(5):
            return f"{self.pick(texts)} LIKE 'CAN%'"
        return super().predicate(scope)


def is_exact(query: str) -> bool:
    """Tell whether a query has one right answer, up to the order of rows."""
    return _VAGUE.search(query) is None


def rows_of(answer: str) -> list[str] | None:
    """Give the rows of an answer in order; None where the time was up.

    Of more rows than were wanted it is a matter of chance which come: then that alone is told.
    """
    if QueryTimeoutError.__name__ in answer:
        return None
    if answer.count("\r\n") > _MOST:  # with the header
        return [f"{_MOST} rows, or more"]
    return sorted(answer.split("\r\n"))


def told(tap: TapService, query: str, caller: Caller) -> str:
    """Give all that a caller is told: rows as CSV, or an error."""
    parameters = Parameters(
        (("LANG", "ADQL"), ("QUERY", query), ("FORMAT", "csv"), ("MAXREC", str(_MOST)))
    )
    try:
        answer = tap.run(tap.prepare(parameters, caller), control=Control(_LIMIT))
        body = answer.body
        text = (body if isinstance(body, bytes) else b"".join(body)).decode()
        return f"{text}{answer.failure() or ''}"
    except ServiceError as error:
        return f"{type(error).__name__}: {error}"
