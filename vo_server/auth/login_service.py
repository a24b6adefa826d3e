"""Who somebody is, by what they present: a password, a token, a session or a certificate."""

from __future__ import annotations

import hashlib
import hmac
import secrets as random
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

from tap.networks import network_of
from vo_server.auth import (
    account_store,
    attempt_store,
    identity_store,
    session_store,
    slowdown,
    token_store,
)
from vo_server.auth.account_checks import can_be_name
from vo_server.auth.errors import AuthError
from vo_server.auth.look_ups import LookUps
from vo_server.auth.passwords import matches
from vo_server.auth.secrets import digest, is_same, split_token
from vo_server.auth.turns import Turns

if TYPE_CHECKING:
    from datetime import timedelta

    from sqlalchemy import Connection, Engine

    from vo_server.auth.model import Account

_REMEMBERED: Final = 1000
"""Passwords known to be right that each process keeps a keyed hash of."""
_REMEMBERED_FOR: Final = 3600.0
"""Seconds after its last use that such a password is compared again."""


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
    token: str | None = None
    """The number of the token, if it was one."""


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
            Where the request came from; failures are counted for it too. Only from there is a
            password that was right not compared again: elsewhere whoever guesses it must wait
            like for a wrong one.

        Raises
        ------
        WrongCredentialsError
            If they do not belong together, or the account is disabled.
        SlowDownError
            If too many attempts for this account or from this address failed.
        """
        name, place = name.lower(), network_of(address)
        with self._engine.connect() as connection:
            if self._is_known(connection, name, password, place):
                return _found(connection, name)
        subjects = {_subject(name), f"address:{place}"}
        # Who waits holds no connection.
        with self._turns.of(subjects), self._engine.connect() as connection:
            # It may have become known meanwhile.
            if not self._is_known(connection, name, password, place):
                kept = self._checked(connection, name, password, subjects)
                self._right.remember(kept, password, place)
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
        return Login(found.account, "token", found.scopes, number)

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

    def _is_known(self, connection: Connection, name: str, password: str, place: str) -> bool:
        """Whether this process found a password right before, from the same place."""
        kept = _kept_hash(connection, name)
        return kept is not None and self._right.knows(kept, password, place)

    def _checked(self, connection: Connection, name: str, password: str, subjects: set[str]) -> str:
        """Compare a password with its hash, unless too many comparisons failed; give the hash."""
        slowdown.check(connection, subjects, "log-ins failed")
        kept = _kept_hash(connection, name)
        if not matches(kept, password) or kept is None:
            attempt_store.note_failure(connection, subjects, slowdown.FORGOTTEN)
            raise WrongCredentialsError(_WRONG)
        attempt_store.forget(connection, _subject(name))
        return kept


_WRONG = "The name or the password is wrong."
_BAD_TOKEN = "The token is unknown, expired or revoked. Make another one on your account's page."  # noqa: S105 # a message
_NO_SESSION = "You are not logged in any more. Log in again."


class _RightPasswords:
    """Remembers which passwords were found right, since argon2 is slow by design.

    Kept is a keyed hash of password, place and the database's own hash, so that
    a changed password is forgotten with its hash. The key is the process's.
    """

    def __init__(self) -> None:
        self._key = random.token_bytes(32)
        self._known: OrderedDict[bytes, float] = OrderedDict()
        self._lock = Lock()

    def knows(self, kept: str, password: str, place: str) -> bool:
        mark, now = self._mark(kept, password, place), time.monotonic()
        with self._lock:
            used = self._known.pop(mark, None)
            if used is None or now - used > _REMEMBERED_FOR:
                return False
            self._known[mark] = now
            return True

    def remember(self, kept: str, password: str, place: str) -> None:
        with self._lock:
            self._known[self._mark(kept, password, place)] = time.monotonic()
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def _mark(self, kept: str, password: str, place: str) -> bytes:
        text = f"{kept}\0{place}\0{password}".encode()
        return hmac.new(self._key, text, hashlib.sha256).digest()


def _kept_hash(connection: Connection, name: str) -> str | None:
    """Find a password's hash; what cannot be the name of an account is not asked for."""
    return account_store.password_hash(connection, name) if can_be_name(name) else None


def _subject(name: str) -> str:
    """Name an account where failures are counted; a digest stands for what is no name of one."""
    if not can_be_name(name):
        # Of any length, and of characters that PostgreSQL does not keep.
        name = f"#{hashlib.sha256(name.encode(errors='surrogatepass')).hexdigest()}"
    return f"account:{name}"


def _found(connection: Connection, name: str) -> Login:
    account = account_store.find_account(connection, name)
    if account is None:
        raise WrongCredentialsError(_WRONG)
    return Login(account, "password")
