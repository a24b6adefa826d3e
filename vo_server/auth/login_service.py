"""Who somebody is, by what they present: a password, a token, a session or a certificate."""

from __future__ import annotations

import hashlib
import hmac
import secrets as random
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from vo_server.auth import (
    account_store,
    attempt_store,
    identity_store,
    session_store,
    slowdown,
    token_store,
)
from vo_server.auth.errors import AuthError
from vo_server.auth.look_ups import LookUps
from vo_server.auth.passwords import matches
from vo_server.auth.secrets import digest, is_same, split_token
from vo_server.auth.turns import Turns

if TYPE_CHECKING:
    from datetime import timedelta

    from sqlalchemy import Connection, Engine

    from vo_server.auth.model import Account

_REMEMBERED = 1000
"""Passwords known to be right that each process keeps a keyed hash of."""


class WrongCredentialsError(AuthError):
    """What was presented proves nothing; which part is wrong is not told."""


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who proved who they are."""

    account: Account
    way: str
    """``password``, ``token``, ``session``, ``certificate`` or ``oidc``."""
    scopes: frozenset[str] | None = None
    """What a token is restricted to; None for no restriction."""


class LoginService:
    """Checks credentials.

    Parameters
    ----------
    engine
        Engine of ``vo_app`` that commits each statement by itself; it is for this service alone.
    uri
        The same for connections of other kinds.
    idle
        How long a session lasts without a request.
    """

    def __init__(self, engine: Engine, uri: str, *, idle: timedelta) -> None:
        self._engine = engine
        self._look_ups = LookUps(uri, (token_store.VALID, session_store.HELD))
        self._idle = idle
        self._right = _RightPasswords()
        self._turns = Turns()

    def by_password(self, name: str, password: str, address: str) -> Login:
        """Check a name and password.

        Parameters
        ----------
        name, password
            As presented.
        address
            Where the request came from; failures are counted for it too.

        Raises
        ------
        WrongCredentialsError
            If they do not belong together, or the account is disabled.
        SlowDownError
            If too many attempts for this account or from this address failed.
        """
        name = name.lower()
        with self._engine.connect() as connection:
            if self._is_known(connection, name, password):
                return _found(connection, name)
        subjects = {f"account:{name}", f"address:{address}"}
        # Who waits holds no connection.
        with self._turns.of(subjects), self._engine.connect() as connection:
            # It may have become known meanwhile.
            if not self._is_known(connection, name, password):
                self._check(connection, name, password, subjects)
            return _found(connection, name)

    def by_token(self, token: str) -> Login:
        """Check an API token.

        Raises
        ------
        WrongCredentialsError
            If it is unknown, expired or revoked, or its account is disabled.
        """
        parts = split_token(token)
        if parts is None:
            raise WrongCredentialsError(_BAD_TOKEN)
        number, secret = parts
        found = token_store.valid_token(self._look_ups, number)
        if found is None or not is_same(found.digest, secret):
            raise WrongCredentialsError(_BAD_TOKEN)
        if found.stale:
            with self._engine.connect() as connection:
                token_store.note_use(connection, number)
        return Login(found.account, "token", found.scopes)

    def by_session(self, cookie: str) -> Login:
        """Check the value of a session's cookie.

        Raises
        ------
        WrongCredentialsError
            If there is no such session, or it is over.
        """
        kept = digest(cookie)
        found = session_store.held_session(self._look_ups, kept, self._idle)
        if found is None:
            raise WrongCredentialsError(_NO_SESSION)
        if found.stale:
            with self._engine.connect() as connection:
                session_store.note_seen(connection, kept)
        return Login(found.account, "session")

    def by_identity(self, provider: str, subject: str, way: str) -> Login:
        """Find the account that another authority's word for somebody means.

        Raises
        ------
        WrongCredentialsError
            If no account is linked with it.
        """
        with self._engine.connect() as connection:
            name = identity_store.account_of(connection, provider, subject)
            if name is None:
                raise WrongCredentialsError(
                    "No account here is linked with this identity. Ask the data centre."
                )
            account = account_store.find_account(connection, name)
        if account is None or account.disabled_at is not None:
            raise WrongCredentialsError(_WRONG)
        return Login(account, way)

    def _is_known(self, connection: Connection, name: str, password: str) -> bool:
        """Whether this process found a password right before."""
        kept = account_store.password_hash(connection, name)
        return kept is not None and self._right.knows(name, password, kept)

    def _check(self, connection: Connection, name: str, password: str, subjects: set[str]) -> None:
        """Compare a password with its hash, unless too many comparisons failed before."""
        slowdown.check(connection, subjects, "log-ins failed")
        kept = account_store.password_hash(connection, name)
        if not matches(kept, password) or kept is None:
            attempt_store.note_failure(connection, subjects, slowdown.FORGOTTEN)
            raise WrongCredentialsError(_WRONG)
        attempt_store.forget(connection, f"account:{name}")
        self._right.remember(name, password, kept)


_WRONG = "The name or the password is wrong."
_BAD_TOKEN = "The token is unknown, expired or revoked. Make another one on your account's page."  # noqa: S105 # a message
_NO_SESSION = "You are not logged in any more. Log in again."


class _RightPasswords:
    """Remembers which passwords were found right, since argon2 is slow by design.

    Kept is a keyed hash of name, password and the database's own hash, so that
    a changed password is forgotten with its hash. The key is the process's.
    """

    def __init__(self) -> None:
        self._key = random.token_bytes(32)
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._lock = Lock()

    def knows(self, name: str, password: str, kept: str) -> bool:
        with self._lock:
            return self._mark(name, password, kept) in self._known

    def remember(self, name: str, password: str, kept: str) -> None:
        with self._lock:
            self._known[self._mark(name, password, kept)] = None
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def _mark(self, name: str, password: str, kept: str) -> bytes:
        text = f"{name}\0{kept}\0{password}".encode()
        return hmac.new(self._key, text, hashlib.sha256).digest()


def _found(connection: Connection, name: str) -> Login:
    account = account_store.find_account(connection, name)
    if account is None:
        raise WrongCredentialsError(_WRONG)
    return Login(account, "password")
