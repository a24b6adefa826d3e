"""The bytes of an uploaded file, unpacked and within the limits."""

from __future__ import annotations

import os
import tempfile
import zlib
from typing import TYPE_CHECKING

from tap.errors import TooLargeError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack
    from typing import IO

_GZIP = b"\x1f\x8b\x08"
_GZIP_WINDOW = zlib.MAX_WBITS | 16
_PIECE = 64 * 1024
IN_MEMORY = 4 * 1024 * 1024
"""Bytes of an unpacked file that are kept in memory; more go to a file."""


def unpacked_file(name: str, file: IO[bytes], limit: int, stack: ExitStack) -> IO[bytes]:
    """Give a file as it was before it was compressed by gzip, if it was.

    Parameters
    ----------
    name
        Of the table, for messages.
    file
        Seekable.
    limit
        Bytes it may have, before and after.
    stack
        Closes what is opened here.

    Raises
    ------
    TooLargeError
        If it has more.
    UsageError
        If it is compressed and damaged.
    """
    if file.seek(0, os.SEEK_END) > limit:
        raise too_large(name, limit)
    file.seek(0)
    head = file.read(len(_GZIP))
    file.seek(0)
    if head != _GZIP:
        return file
    made = stack.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 # the stack closes it
    size = 0
    try:
        for piece in _decompressed(file):
            size += len(piece)
            if size > limit:
                raise too_large(name, limit)
            made.write(piece)
    except zlib.error:
        raise UsageError(
            f"The uploaded table {name} is compressed by gzip, and damaged. Send it again."
        ) from None
    return made


def _decompressed(file: IO[bytes]) -> Iterator[bytes]:
    """Decompress in pieces of bounded size, however much a piece becomes."""
    decoder = zlib.decompressobj(_GZIP_WINDOW)
    while held := decoder.unconsumed_tail or file.read(_PIECE):
        yield decoder.decompress(held, _PIECE)
    if not decoder.eof:
        raise zlib.error("cut short")


def too_large(name: str, limit: int) -> TooLargeError:
    """Say that a table has too many bytes."""
    return TooLargeError(
        f"The uploaded table {name} has more than the {limit} bytes this service takes."
        " Send it in parts, or fewer columns."
    )
