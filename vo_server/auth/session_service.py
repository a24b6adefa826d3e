"""The rules of sessions: beginning, ending, and what their owner is told of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vo_server.auth import session_store
from vo_server.auth.audit_store import record
from vo_server.auth.errors import UnknownError
from vo_server.auth.secrets import digest, new_secret

if TYPE_CHECKING:
    from datetime import timedelta

    from sqlalchemy import Engine

    from vo_server.auth.model import Account
    from vo_server.auth.session_store import Client


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session as its owner sees it. Times are in UTC, without zone."""

    session_id: str
    """Hexadecimal; names the session and opens nothing."""
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str
    is_current: bool


class SessionService:
    """Begins, lists and ends sessions.

    Parameters
    ----------
    engine
        Engine of ``vo_app``.
    lifetime
        How long a session lasts at most.
    idle
        After how long without a request it is over.
    """

    def __init__(self, engine: Engine, lifetime: timedelta, *, idle: timedelta) -> None:
        self._engine = engine
        self.lifetime = lifetime
        self._idle = idle

    def open(self, account: Account, client: Client) -> str:
        """Begin a session; give the value of its cookie."""
        secret = new_secret()
        with self._engine.begin() as connection:
            session_store.add_session(
                connection, digest(secret), account.name, self.lifetime, client
            )
        return secret

    def close(self, cookie: str) -> None:
        """End a session, if there is one."""
        with self._engine.begin() as connection:
            session_store.end_session(connection, digest(cookie))

    def list(self, account: Account, cookie: str | None) -> list[OwnSession]:
        """List an account's sessions that hold, the newest first.

        Parameters
        ----------
        account
            Whose.
        cookie
            That of the present request, to tell which session is the present one.
        """
        current = None if cookie is None else digest(cookie)
        oldest = datetime.now(UTC).replace(tzinfo=None) - self._idle
        with self._engine.connect() as connection:
            found = session_store.sessions_of(connection, account.name)
        return [
            OwnSession(
                bytes(one.digest).hex(), one.created_at, one.seen_at, one.expires_at, one.address,
                one.agent, bytes(one.digest) == current,
            )
            for one in found
            if one.seen_at > oldest
        ]  # fmt: skip

    def revoke(self, account: Account, session_id: str, actor: str) -> None:
        """End one of an account's sessions.

        Raises
        ------
        UnknownError
            If the account has no such session.
        """
        try:
            kept = bytes.fromhex(session_id)
        except ValueError:
            kept = b""
        with self._engine.begin() as connection:
            known = {
                bytes(one.digest) for one in session_store.sessions_of(connection, account.name)
            }
            if kept not in known:
                raise UnknownError("this session is over already")
            session_store.end_session(connection, kept)
            record(connection, actor, "session ended", account.name)

    def revoke_all(self, account: Account, actor: str) -> None:
        """End all sessions of an account."""
        with self._engine.begin() as connection:
            session_store.end_sessions(connection, account.name)
            record(connection, actor, "sessions ended", account.name)
