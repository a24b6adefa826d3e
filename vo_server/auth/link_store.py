"""Links that work once, in the database, as ``vo_app``. Times are in UTC, without zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import delete, func, insert, select, update

from schemas.auth_tables import links

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from typing import Any

    from sqlalchemy import ColumnElement, Connection, Row

_NOW = func.timezone("UTC", func.now())
_OPEN = links.c.used_at.is_(None) & (links.c.expires_at > _NOW)
_LINK = (
    links.c.purpose, links.c.account, links.c.email, links.c.group_names, links.c.expires_at,
)  # fmt: skip

Purpose = Literal["reset", "invitation", "registration"]


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is for."""

    purpose: Purpose
    account: str | None
    """Whose password it sets."""
    email: str | None
    """Address of the account it makes."""
    groups: frozenset[str]
    """Groups that account will be in."""
    expires_at: datetime


def add_link(  # noqa: PLR0913 # the parts of a link
    connection: Connection,
    kept: bytes,
    purpose: Purpose,
    lifetime: timedelta,
    *,
    account: str | None = None,
    email: str | None = None,
    groups: frozenset[str] = frozenset(),
) -> Link:
    """Store a new link, and forget those that expired."""
    connection.execute(delete(links).where(links.c.expires_at <= _NOW))
    values = {
        "digest": kept,
        "purpose": purpose,
        "account": account,
        "email": email,
        "group_names": sorted(groups),
        "expires_at": _NOW + lifetime,
    }
    return _link(connection.execute(insert(links).values(values).returning(*_LINK)).one())


def open_link(connection: Connection, kept: bytes) -> Link | None:
    """Find a link that still works."""
    row = connection.execute(select(*_LINK).where(_is(kept))).one_or_none()
    return None if row is None else _link(row)


def use_link(connection: Connection, kept: bytes) -> Link | None:
    """Use a link up, within the transaction of what it is for; None where it does not work.

    Who else tries it at the same time waits for this transaction.
    """
    statement = update(links).where(_is(kept)).values(used_at=_NOW).returning(*_LINK)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _link(row)


def end_resets(connection: Connection, account: str) -> None:
    """Let the links that set an account's password work no more."""
    connection.execute(delete(links).where(links.c.account == account, links.c.used_at.is_(None)))


def open_count(connection: Connection, *, account: str | None, email: str | None) -> int:
    """Count the links that still work for an account, or else for an address."""
    whose = links.c.account == account if account else links.c.email == email
    return int(connection.scalar(select(func.count()).where(_OPEN, whose)) or 0)


def _is(kept: bytes) -> ColumnElement[bool]:
    return _OPEN & (links.c.digest == kept)


def _link(row: Row[*tuple[Any, ...]]) -> Link:
    purpose, account, email, groups, expires_at = row
    return Link(purpose, account, email, frozenset(groups), expires_at)
