"""Which records a list is to have, and where in it a harvester is."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from resources.oai.errors import OaiError
from resources.oai.times import read_stamp
from resources.records.voresource import timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from resources.oai.times import Stamp

IVO_VOR: Final = "ivo_vor"
OAI_DC: Final = "oai_dc"
PREFIXES: Final = (IVO_VOR, OAI_DC)
"""Every record can be had in each (RegistryInterface 1.1, section 2.2)."""

MANAGED: Final = "ivo_managed"
"""The set of records that originate here: all of them (RegistryInterface 1.1, section 2.3)."""

_LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Selection:
    """What a harvester asks for.

    A resumption token is all of this, written down: the server keeps nothing
    of it, so that a token is good for ever, for as many times as one likes,
    and at every web server.
    """

    prefix: str
    since: Stamp | None = None
    until: Stamp | None = None
    begun: Stamp | None = None
    """When a list with an end began: what was in it stays in it, though it changes."""
    after: int = 0
    """Number of the last record that was told."""
    cursor: int = 0
    """How many were told."""
    size: int = 0
    """How many there were to be told when the list began."""

    @property
    def first(self) -> datetime | None:
        """Datestamps are this one or later."""
        return self.since.moment if self.since else None

    @property
    def end(self) -> datetime | None:
        """Datestamps are earlier than this one."""
        return self.until.end if self.until else None

    def token(self, verb: str) -> str:
        """Write what is left of a list."""
        values = (
            *(verb, self.prefix),
            *(stamp.text if stamp else None for stamp in (self.since, self.until, self.begun)),
            *(self.after, self.cursor, self.size),
        )
        plain = json.dumps(values, separators=(",", ":"))
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    def further(self, moment: datetime, after: int, count: int, size: int) -> Selection:
        """Give what is left after some records of a list of a size, told at a moment."""
        begun = self.begun or (read_stamp(timestamp(moment)) if self.until else None)
        return replace(self, begun=begun, after=after, cursor=self.cursor + count, size=size)


def select(
    prefix: str, since: str | None = None, until: str | None = None, chosen: str | None = None
) -> Selection:
    """Read the arguments of a list.

    Raises
    ------
    OaiError
        If one of them is wrong, or no record can match.
    """
    first, last = (stamp_argument(name, v) for name, v in (("from", since), ("until", until)))
    if first and last:
        if first.is_day != last.is_day:
            raise OaiError(
                "badArgument", "from and until must have the same granularity: days, or seconds"
            )
        if first.moment > last.moment:
            raise OaiError("badArgument", f"from={since} is later than until={until}")
    check_prefix(prefix)
    if chosen not in (None, MANAGED):
        raise OaiError("noRecordsMatch", f"there is no set {chosen}; the only one is {MANAGED}")
    return Selection(prefix, first, last)


def stamp_argument(name: str, value: str | None) -> Stamp | None:
    """Read ``from`` or ``until``.

    Raises
    ------
    OaiError
        If it is no datestamp.
    """
    if value is None:
        return None
    try:
        return read_stamp(value)
    except ValueError:
        raise OaiError(
            "badArgument",
            f"{name}={value} is no date in UTC: write 2026-01-31 or 2026-01-31T12:00:00Z",
        ) from None


def check_prefix(prefix: str) -> None:
    """See whether records can be had in a format.

    Raises
    ------
    OaiError
        If not.
    """
    if prefix not in PREFIXES:
        raise OaiError(
            "cannotDisseminateFormat",
            f"records are not to be had as {prefix}, but as {' and '.join(PREFIXES)}",
        )


def resume(token: str, verb: str) -> Selection:
    """Read a resumption token.

    Raises
    ------
    OaiError
        If it is none of ours, or another verb's.
    """
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        of_verb, prefix, since, until, begun, *numbers = values
        after, cursor, size = (_number(value) for value in numbers)
        first, last, start = (text and read_stamp(text) for text in (since, until, begun))
        selection = Selection(prefix, first, last, start, after, cursor, size)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise _bad_token() from None
    if of_verb != verb or prefix not in PREFIXES or selection.token(verb) != token:
        raise _bad_token()
    return selection


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise ValueError("no number of ours")
    return value


def _bad_token() -> OaiError:
    return OaiError(
        "badResumptionToken", "this is no resumption token of this request: begin the list anew"
    )
