"""Answers in pieces of a size that travels well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Part = bytes | memoryview
"""What writers make: bytes, or a view of bytes that need not be copied before they are cut."""

PIECE = 128 * 1024
"""Bytes handed to the web server at a time: what a slow client must read in good time.

So many also stay in a processor's cache from where they are made to where they are sent.
"""


def pieces(part: Part) -> Iterator[bytes]:
    """Cut a part into pieces, copying what is no bytes object of its own."""
    if isinstance(part, bytes) and len(part) <= PIECE:
        yield part
        return
    view = memoryview(part)
    for start in range(0, len(view), PIECE):
        yield bytes(view[start : start + PIECE])


def gathered(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Join parts that are small, up to the size of a piece."""
    held: list[bytes] = []
    size = 0
    for part in parts:
        if held and size + len(part) > PIECE:
            yield b"".join(held)
            held, size = [], 0
        held.append(part)
        size += len(part)
    if held:
        yield b"".join(held)
