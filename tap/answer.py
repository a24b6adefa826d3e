"""An answer on its way out: its type, and bytes that may still be coming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tap.errors import ClientGoneError
from tap.pieces import pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from tap.arrow.batches import Limited
    from tap.control import Control
    from tap.errors import ServiceError
    from tap.pieces import Part


class AnswerStream:
    """Bytes made while rows arrive from the database.

    Closing ends the query, whether or not anything was read: a generator
    alone would not do, as one that was never started has nothing to clean up.

    Parameters
    ----------
    parts
        What a writer yields.
    rows
        The rows it reads, to be cut off when there are too many bytes.
    control
        Takes the time the client needs.
    max_bytes
        Bytes after which no further rows are written.
    on_close
        Called once, with the exception that ended the stream or None, and
        the number of bytes handed out.
    """

    def __init__(
        self,
        parts: Generator[Part],
        rows: Limited,
        control: Control,
        *,
        max_bytes: int | None = None,
        on_close: Callable[[Exception | None, int], None],
    ) -> None:
        self._parts = parts
        self._rows = rows
        self._control = control
        self._max_bytes = max_bytes
        self._on_close = on_close
        self._closed = False
        self._failure: Exception | None = None
        self._finished = False
        self.size = 0
        """Bytes handed out so far."""

    def __iter__(self) -> Iterator[bytes]:
        """Walk the parts."""
        try:
            for part in self._parts:
                for piece in pieces(part):
                    self.size += len(piece)
                    with self._control.sending():
                        yield piece
                if self._max_bytes is not None and self.size > self._max_bytes:
                    self._rows.cut(f"the answer is cut off after {self._max_bytes} bytes")
            self._finished = True
        except Exception as error:
            self._failure = error
            raise
        finally:
            self.close()

    def close(self) -> None:
        """End the query, as when the client has gone away."""
        if self._closed:
            return
        self._closed = True
        failure = self._failure or self._control.reason
        if failure is None and not self._finished:
            failure = ClientGoneError("The client did not read the answer to its end.")
        self._on_close(failure, self.size)
        self._parts.close()


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer."""

    content_type: str
    body: bytes | AnswerStream
    failure: Callable[[], ServiceError | None] = lambda: None
    """Tells, once the body was read, what went wrong after it was begun."""
