"""Timestamps in queries are strings (ADQL 2.1, section 3.2.1): checked and typed here."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from tap.adql import bound
from tap.adql.kinds import ANYTHING, TIMESTAMP, Kind

if TYPE_CHECKING:
    from tap.adql.scope import Context

_DALI = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?)?Z?", re.ASCII | re.IGNORECASE
)


def as_timestamp(context: Context, value: bound.Value, position: int) -> bound.Value:
    """Make a timestamp of a string literal; report what can be none.

    Form: DALI 1.1, section 3.3.3.
    """
    if value.kind is Kind.TIMESTAMP or value.kind in ANYTHING:
        return value
    if isinstance(value, bound.Constant) and isinstance(value.value, str):
        if (iso := dali_timestamp(value.value)) is not None:
            return bound.Constant(iso, TIMESTAMP, Kind.TIMESTAMP)
        return context.report(
            f"{value.value[:40]!r} is not a timestamp: write 'YYYY-MM-DDThh:mm:ss.sss'", position
        )
    return context.report(
        f"cannot compare a timestamp with {value.kind.value}:"
        " write timestamps as 'YYYY-MM-DDThh:mm:ss'",
        position,
    )


def dali_timestamp(text: str) -> str | None:
    """Normalise a DALI timestamp to ``YYYY-MM-DDThh:mm:ss[.s]``; None if it is none."""
    found = _DALI.fullmatch(text.strip())
    if found is None:
        return None
    day, minutes, seconds = found.groups()
    iso = f"{day}T{minutes or '00:00'}{seconds or ':00'}"
    try:
        datetime.fromisoformat(iso.partition(".")[0])
    except ValueError:
        return None
    return iso
