"""MAXREC: how many rows of an answer are sent, and knowing that there were more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Overflow(Exception):  # noqa: N818 # it ends the rows and is no error
    """The answer has more rows than may be sent."""


def limited(rows: Iterable[Sequence[object]], maxrec: int | None) -> Iterator[Sequence[object]]:
    """Pass on at most ``maxrec`` rows, all of them when it is None.

    Raises
    ------
    Overflow
        After the last row, when there would have been another. With a limit
        of 0 the rows are not read at all and it is always raised (DALI 1.1,
        section 3.4.4).
    """
    if maxrec == 0:
        raise Overflow("MAXREC is 0: the columns only, no rows")
    for number, row in enumerate(rows):
        if number == maxrec:
            raise Overflow(f"the answer is cut off after {maxrec} rows (MAXREC); there are more")
        yield row
