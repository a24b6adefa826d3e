"""The rules of API tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from vo_server.auth import token_store
from vo_server.auth.audit_store import record
from vo_server.auth.errors import InvalidError, UnknownError
from vo_server.auth.scopes import SCOPES
from vo_server.auth.secrets import digest, new_token
from vo_server.auth.token_store import Token

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Engine

    from vo_server.auth.login_service import Login
    from vo_server.auth.model import Account

LONGEST: Final = timedelta(days=366)

_NAME_LENGTH = 60


class TokenService:
    """Makes and revokes tokens.

    Parameters
    ----------
    engine
        Engine of ``vo_app``.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def make(  # noqa: PLR0913 # the parts of a token, and who makes it
        self,
        account: Account,
        name: str,
        scopes: Iterable[str],
        until: datetime,
        actor: str,
        *,
        by: Login | None = None,
    ) -> tuple[Token, str]:
        """Make a token.

        Parameters
        ----------
        account
            Whose it is.
        name
            What its owner calls it.
        scopes
            Some of :data:`vo_server.auth.scopes.SCOPES`.
        until
            When it expires; UTC, without zone.
        actor
            Who makes it.
        by
            How its maker proved who they are: no token makes another one that is
            good for more, or for longer, and one that is revoked takes those with
            it that it made.

        Returns
        -------
        Token, str
            What is kept, and the token itself, which is never shown again.

        Raises
        ------
        InvalidError
            If a scope is unknown, or the name or the time will not do.
        """
        wanted = frozenset(scopes)
        now = datetime.now(UTC).replace(tzinfo=None)
        if not 0 < len(name) <= _NAME_LENGTH:
            raise InvalidError(f"give the token a name of up to {_NAME_LENGTH} characters")
        if not wanted or wanted - SCOPES.keys():
            raise InvalidError(f"the scopes of a token are some of {', '.join(SCOPES)}")
        if by is not None and by.scopes is not None and wanted - by.scopes:
            raise InvalidError(
                f"the token that asks for this one is good for {' and '.join(sorted(by.scopes))}:"
                " it can make none that is good for more"
            )
        if not now < until <= now + LONGEST:
            raise InvalidError(f"a token expires within {LONGEST.days} days, and not in the past")
        number, secret, token = new_token()
        maker = None if by is None else by.token
        made = Token(number, account.name, name, wanted, now, until, None, None, maker)
        with self._engine.begin() as connection:
            token_store.add_token(connection, made, digest(secret))
            # After it, which locks the account: so does whoever changes that, and then its tokens.
            if maker is not None:
                _check_end(connection, maker, until)
            record(
                connection, actor, "token made", account.name, token=number, scopes=sorted(wanted)
            )
        return made, token

    def list(self, account: Account) -> list[Token]:
        """List an account's tokens, the newest first."""
        with self._engine.connect() as connection:
            return token_store.tokens_of(connection, account.name)

    def revoke(self, account: Account, number: str, actor: str) -> None:
        """Revoke a token, and with it those that it made.

        Raises
        ------
        UnknownError
            If the account has no such token in use.
        """
        with self._engine.begin() as connection:
            revoked = token_store.revoke_token(connection, account.name, number)
            if not revoked:
                raise UnknownError(f"{account.name} has no token {number} in use")
            for one in revoked:
                record(connection, actor, "token revoked", account.name, token=one)


def _check_end(connection: Connection, maker: str, until: datetime) -> None:
    """Refuse a token that would outlive the one that asks for it."""
    end = token_store.end_of(connection, maker)
    if end is None:
        raise InvalidError("the token that asks for this one was revoked just now")
    if until > end:
        raise InvalidError(
            f"the token that asks for this one expires at {end:%Y-%m-%dT%H:%M:%SZ}:"
            " it can make none that lasts longer"
        )
