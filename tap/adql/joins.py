"""Nests the joins of a FROM clause, which the grammar reads as a flat row of steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tap.adql import tree
from tap.adql.errors import MistakeError

if TYPE_CHECKING:
    from collections.abc import Sequence

JoinKind = Literal["INNER", "LEFT", "RIGHT", "FULL"]


@dataclass(frozen=True, slots=True)
class JoinStep:
    """``[NATURAL] [kind] JOIN table``."""

    kind: JoinKind
    right: tree.TableReference
    position: int
    natural: bool = False


@dataclass(frozen=True, slots=True)
class JoinCondition:
    """``ON condition`` or ``USING (columns)``."""

    condition: tree.Condition | None
    using: tuple[tree.Identifier, ...]
    position: int
    word: str


def nested_joins(
    first: tree.TableReference, steps: Sequence[JoinStep | JoinCondition]
) -> tree.TableReference:
    """Nest joins as ADQL 2.1's ``qualified_join`` does.

    A condition belongs to the nearest JOIN before it that has none, so that
    ``a JOIN b JOIN c ON p ON q`` joins b and c first. An inner JOIN that is
    left without condition combines all rows, as a comma does; it joins what
    stands directly before it.

    Raises
    ------
    MistakeError
        If a condition has no JOIN, or an outer join no condition.
    """
    conditioned = _conditioned(steps)
    operands = [first]
    waiting: list[JoinStep] = []
    for place, step in enumerate(steps):
        if isinstance(step, JoinCondition):
            right, join = operands.pop(), waiting.pop()
            operands[-1] = _join(operands[-1], right, join, step)
        elif place in conditioned:
            waiting.append(step)
            operands.append(step.right)
        else:
            operands[-1] = _join(operands[-1], step.right, step, None)
    return operands[0]


def _conditioned(steps: Sequence[JoinStep | JoinCondition]) -> set[int]:
    """Find the places of the joins that have a condition."""
    waiting: list[int] = []
    found: set[int] = set()
    for place, step in enumerate(steps):
        if isinstance(step, JoinCondition):
            if not waiting:
                raise MistakeError(_without_join(steps[:place], step), step.position)
            found.add(waiting.pop())
        elif not step.natural:
            waiting.append(place)
    for place in waiting:
        step = steps[place]
        if isinstance(step, JoinStep) and step.kind != "INNER":
            raise MistakeError(
                f"{step.kind} JOIN needs a condition: ON … or USING (…) after the table",
                step.position,
            )
    return found


def _without_join(before: Sequence[JoinStep | JoinCondition], step: JoinCondition) -> str:
    last = before[-1] if before else None
    if isinstance(last, JoinStep) and last.natural:
        return f"a NATURAL JOIN takes no {step.word}: it joins by the columns both sides share"
    if isinstance(last, JoinCondition):
        return f"this JOIN has its condition already: join more conditions by AND, not {step.word}"
    return f"{step.word} needs a JOIN before it"


def _join(
    left: tree.TableReference,
    right: tree.TableReference,
    join: JoinStep,
    condition: JoinCondition | None,
) -> tree.Join:
    on = condition.condition if condition else None
    using = condition.using if condition else ()
    return tree.Join(left, right, join.kind, join.natural, on, using, join.position)
