"""An answer on its way out: its type, and bytes that may still be coming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tap.store import RowStream


class AnswerStream:
    """Bytes made while rows arrive from the database.

    Closing ends the query, whether or not anything was read: a generator
    alone would not do, as one that was never started has nothing to clean up.
    """

    def __init__(self, parts: Iterator[bytes], rows: RowStream) -> None:
        self._parts = parts
        self._rows = rows

    def __iter__(self) -> Iterator[bytes]:
        """Walk the parts."""
        return self._parts

    def close(self) -> None:
        """End the query, as when the client has gone away."""
        self._rows.close()


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer."""

    content_type: str
    body: bytes | AnswerStream
