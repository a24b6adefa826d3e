"""SIGINT and SIGTERM: asked to end, end cleanly, and not in the middle of starting a process."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(BaseException):
    """Somebody asked this process to end."""


class _Stop:
    """Whether a stop was asked for, and whether it may be obeyed now."""

    def __init__(self) -> None:
        self.pending = False
        self.held = 0

    def ask(self, _number: int, _frame: object) -> None:
        """Handle a signal. A further one counts again, should the first have been lost."""
        self.pending = True
        self.obey()

    def obey(self) -> None:
        """Stop if that was asked for and nothing holds it."""
        if self.pending and not self.held:
            self.pending = False
            raise Stopped


_stop = _Stop()


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn SIGINT and SIGTERM into :class:`Stopped`."""
    before = {number: signal.signal(number, _stop.ask) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold a stop back until the block is through.

    For starting or stopping a process: interrupted, nobody would know of it.
    """
    _stop.held += 1
    try:
        yield
    finally:
        _stop.held -= 1
    _stop.obey()
