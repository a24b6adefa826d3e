"""Has those who might guess the same password take turns."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LOCKS: Final = 64
"""Few subjects meet at a lock that is not theirs, and then only wait a little."""


class Turns:
    """Lets one thread of the process at a time be about a subject.

    Without turns, as many guesses as a server has threads would all be
    compared before the first failure is counted.
    """

    def __init__(self) -> None:
        self._locks = tuple(Lock() for _ in range(_LOCKS))

    @contextmanager
    def of(self, subjects: Iterable[str]) -> Iterator[None]:
        """Wait until nobody else is about any of some subjects, and keep others off."""
        # In the order of the locks, so that no two wait for each other.
        numbers = sorted({hash(subject) % _LOCKS for subject in subjects})
        with ExitStack() as taken:
            for number in numbers:
                taken.enter_context(self._locks[number])
            yield
