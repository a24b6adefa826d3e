"""Tables as comma-separated values (RFC 4180), the first line naming the columns."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from typing import TYPE_CHECKING

from tap.votable.cells import encoder, xml_text
from tap.votable.limits import Overflow, limited

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemas.declaration import Column

CHUNK = 64 * 1024
"""Characters collected before they are handed on."""


def csv_table(
    columns: Sequence[Column], rows: Iterable[Sequence[object]], *, maxrec: int | None = None
) -> Iterator[bytes]:
    """Write a table as CSV in UTF-8, as TAP 1.1, section 3.4, wants it.

    Parameters
    ----------
    columns
        Their names are the first line.
    rows
        Sequences as long as ``columns``. An exception they raise passes
        through: an unfinished transfer is the only sign of failure CSV has.
    maxrec
        Rows written at most; CSV cannot say that there were more.

    Yields
    ------
    bytes
        Whole lines, about 64 KiB at a time.
    """
    encoders = [encoder(column) for column in columns]
    buffer = io.StringIO()
    line = csv.writer(buffer)
    line.writerow([xml_text(column.name) for column in columns])
    with suppress(Overflow):
        for row in limited(rows, maxrec):
            line.writerow([encode(value) for encode, value in zip(encoders, row, strict=True)])
            if buffer.tell() >= CHUNK:
                yield buffer.getvalue().encode()
                buffer.seek(0)
                buffer.truncate()
    yield buffer.getvalue().encode()
