"""Finds what has changed for the public, from what it saw last and what it sees now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from schemas.corot.products_table import LISTING
from vo_server.exports.forms import NEWER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

PUBLISHED: Final = "published"
RELEASED: Final = "released"
SUPERSEDED: Final = "superseded"
WITHDRAWN: Final = "withdrawn"

STATE_SQL: Final = (
    "SELECT l.key, vo.is_released(l.release_date) AS released,"  # noqa: S608 # declared names
    f" (SELECT n.key FROM {LISTING} n WHERE {NEWER} ORDER BY n.version_order DESC LIMIT 1)"
    " AS successor, l.published_at, l.release_date"
    f' FROM {LISTING} l ORDER BY l.key COLLATE "C"'
)
"""What the caller sees of each product, in the order of their keys' code points."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the public knows of a product."""

    key: str
    released: bool
    """Whether it gets the data."""
    successor: str | None
    """The key of the newest version it gets, where that is a later one."""


@dataclass(frozen=True, slots=True)
class Seen(Known):
    """What it sees of a product now."""

    published_at: datetime
    release_date: datetime
    """Both in UTC, without a zone."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What has changed of a product."""

    key: str
    kind: str
    happened: datetime | None = None
    """In UTC, without a zone; None where nobody knows better than that it was noted."""
    successor: str | None = None


def differences(
    known: Iterable[Known], seen: Iterable[Seen]
) -> Iterator[tuple[str, Seen | None, tuple[Difference, ...]]]:
    """Walk what was known and what is seen side by side, each in the order of keys.

    Yields
    ------
    tuple
        The key of a product that has changed, what is seen of it now, and what to tell of it.
    """
    old, new = iter(known), iter(seen)
    before, now = next(old, None), next(new, None)
    while before is not None or now is not None:
        if now is None or (before is not None and before.key < now.key):
            assert before is not None  # noqa: S101 # one of the two is there
            yield before.key, None, (Difference(before.key, WITHDRAWN),)
            before = next(old, None)
        elif before is None or now.key < before.key:
            yield now.key, now, tuple(_arrival(now))
            now = next(new, None)
        else:
            if (before.released, before.successor) != (now.released, now.successor):
                yield now.key, now, tuple(_change(before, now))
            before, now = next(old, None), next(new, None)


def _arrival(now: Seen) -> Iterator[Difference]:
    if now.released and now.release_date > now.published_at:
        yield Difference(now.key, RELEASED, now.release_date)
    else:
        yield Difference(now.key, PUBLISHED, now.published_at)
    if now.successor is not None:
        yield Difference(now.key, SUPERSEDED, successor=now.successor)


def _change(before: Known, now: Seen) -> Iterator[Difference]:
    if now.released and not before.released:
        yield Difference(now.key, RELEASED, now.release_date)
    elif before.released and not now.released:
        yield Difference(now.key, WITHDRAWN)
    if now.successor is None and before.successor is not None:
        # What came after it was withdrawn.
        yield Difference(now.key, PUBLISHED)
    elif now.successor is not None and now.successor != before.successor:
        yield Difference(now.key, SUPERSEDED, successor=now.successor)
