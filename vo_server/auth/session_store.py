"""Sessions in the database, as ``vo_app``. Times are in UTC, without zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Interval, delete, func, insert, literal_column, select, update

from schemas.auth_tables import ENABLED, sessions
from vo_server.auth.account_store import account_of
from vo_server.auth.look_ups import LookUp

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from vo_server.auth.look_ups import LookUps
    from vo_server.auth.model import Account

_NOW = func.timezone("UTC", func.now())
_STALE = sessions.c.seen_at < _NOW - timedelta(minutes=1)

HELD = LookUp(
    "held_session",
    "bytea, interval",
    select(_STALE, sessions.c.account, sessions.c.profile).where(
        sessions.c.digest == literal_column("$1"),
        sessions.c.expires_at > _NOW,
        sessions.c.seen_at > _NOW - literal_column("$2", Interval),
        sessions.c.profile[1] == ENABLED,
    ),
)
"""All that a request with a cookie needs, by its digest and the longest time without a request."""


@dataclass(frozen=True, slots=True)
class Client:
    """What a session was begun with."""

    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A log-in that lasts."""

    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str
    digest: bytes


def add_session(
    connection: Connection, kept: bytes, account: str, lifetime: timedelta, client: Client
) -> None:
    """Store a new session, and forget those that are over."""
    connection.execute(
        insert(sessions).values(
            digest=kept,
            account=account,
            expires_at=_NOW + lifetime,
            address=client.address,
            agent=client.agent[:200],
        )
    )
    over = select(sessions.c.digest).where(sessions.c.expires_at <= _NOW)
    # Whoever forgets them just now, or changes their account, is not waited for.
    free = over.with_for_update(skip_locked=True)
    connection.execute(delete(sessions).where(sessions.c.digest.in_(free)))


@dataclass(frozen=True, slots=True)
class HeldSession:
    """A session that holds."""

    stale: bool
    """Whether that it is seen is to be noted."""
    account: Account


def held_session(look_ups: LookUps, kept: bytes, idle: timedelta) -> HeldSession | None:
    """Find a session.

    None where there is none, or it is over or was idle too long, or the account is disabled.
    """
    row = look_ups.one(HELD, kept, idle)
    if row is None:
        return None
    stale, account, profile = row
    return HeldSession(stale, account_of(account, profile))


def note_seen(connection: Connection, kept: bytes) -> None:
    """Note when a session was last seen."""
    connection.execute(update(sessions).where(sessions.c.digest == kept).values(seen_at=_NOW))


def end_session(connection: Connection, kept: bytes) -> None:
    """End a session, if there is one."""
    connection.execute(delete(sessions).where(sessions.c.digest == kept))


def end_sessions(connection: Connection, account: str) -> None:
    """End all sessions of an account."""
    connection.execute(delete(sessions).where(sessions.c.account == account))


def sessions_of(connection: Connection, account: str) -> list[Session]:
    """List an account's sessions, the newest first."""
    columns = (
        sessions.c.created_at, sessions.c.seen_at, sessions.c.expires_at, sessions.c.address,
        sessions.c.agent, sessions.c.digest,
    )  # fmt: skip
    query = select(*columns).where(sessions.c.account == account, sessions.c.expires_at > _NOW)
    return [
        Session(*row) for row in connection.execute(query.order_by(sessions.c.created_at.desc()))
    ]
