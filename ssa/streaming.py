"""Bodies of answers that are made while they are sent."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


class StartedStream:
    """A stream whose first part was made before the answer's status is sent.

    What fails at once is so raised at once. The web server calls `close`
    when it has sent everything or the client has gone, which ends the
    database transaction that the generator holds.
    """

    def __init__(self, parts: Generator[bytes, None, None]) -> None:
        self._parts = parts
        self._iterator = chain((next(parts),), parts)

    def __iter__(self) -> Iterator[bytes]:
        """Walk the parts, once."""
        return self._iterator

    def close(self) -> None:
        """End the generator, wherever it is."""
        self._parts.close()
