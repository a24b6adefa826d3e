"""What is wrong with a query, said so that its author can act on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_EXCERPT = 72
"""Most characters of a query line an error message quotes."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with a query, at a character offset of its text."""

    message: str
    position: int


class MistakeError(Exception):
    """Carries a mistake from where it is found to where the text is known."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.mistake = Mistake(message, position)


class ADQLError(ValueError):
    """A query that cannot be translated.

    Attributes
    ----------
    message
        Every mistake in plain words, one per line, without an excerpt.
    line, column
        Place of the first mistake, both counted from 1.
    mistakes
        The mistakes one by one, in the order of the text.
    """

    def __init__(self, text: str, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes), key=lambda mistake: mistake.position))
        self.message = "\n".join(mistake.message for mistake in self.mistakes)
        self.line, self.column = place(text, self.mistakes[0].position)
        super().__init__("\n".join(_explain(text, mistake) for mistake in self.mistakes))


def place(text: str, position: int) -> tuple[int, int]:
    """Give line and column, from 1, of a character offset."""
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def _explain(text: str, mistake: Mistake) -> str:
    """Write a message, its place and the line in question with a caret under it."""
    line, column = place(text, mistake.position)
    start = text.rfind("\n", 0, mistake.position) + 1
    end = text.find("\n", mistake.position)
    source = text[start : end if end >= 0 else len(text)]
    first = max(0, min(column - _EXCERPT // 2, len(source) - _EXCERPT))
    excerpt = "".join(
        character if character.isprintable() else " "
        for character in source[first : first + _EXCERPT]
    )
    caret = " " * (column - 1 - first) + "^"
    return f"line {line}, column {column}: {mistake.message}\n  {excerpt}\n  {caret}"
