"""API tokens in the database, as ``vo_app``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, literal, literal_column, or_, select, update

from schemas.auth_tables import ENABLED, tokens
from vo_server.auth.account_store import account_of
from vo_server.auth.look_ups import LookUp

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from vo_server.auth.look_ups import LookUps
    from vo_server.auth.model import Account

_NOW = func.timezone("UTC", func.now())


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token; its secret is not. Times are in UTC, without zone."""

    token_id: str
    account: str
    name: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    made_by: str | None
    """The number of the token that asked for this one, if one did."""


_STALE = or_(tokens.c.used_at.is_(None), tokens.c.used_at < _NOW - timedelta(minutes=1))
"""Whether the use of a token was not noted within the last minute."""

_TOKEN = select(
    tokens.c.token_id,
    tokens.c.account,
    tokens.c.name,
    tokens.c.scopes,
    tokens.c.created_at,
    tokens.c.expires_at,
    tokens.c.used_at,
    tokens.c.revoked_at,
    tokens.c.made_by,
)


VALID = LookUp(
    "valid_token",
    "text",
    select(tokens.c.digest, tokens.c.scopes, _STALE, tokens.c.account, tokens.c.profile).where(
        tokens.c.token_id == literal_column("$1"),
        tokens.c.revoked_at.is_(None),
        tokens.c.expires_at > _NOW,
        tokens.c.profile[1] == ENABLED,
    ),
)
"""All that a request with a token needs, by the token's number."""


@dataclass(frozen=True, slots=True)
class ValidToken:
    """A token that may be used, by who has the secret of this digest."""

    digest: bytes
    scopes: frozenset[str]
    stale: bool
    """Whether its use is to be noted."""
    account: Account


def add_token(connection: Connection, token: Token, kept: bytes) -> None:
    """Store a new token with the digest of its secret."""
    connection.execute(
        insert(tokens),
        {
            "token_id": token.token_id,
            "account": token.account,
            "name": token.name,
            "scopes": sorted(token.scopes),
            "created_at": token.created_at,
            "expires_at": token.expires_at,
            "digest": kept,
            "made_by": token.made_by,
        },
    )


def valid_token(look_ups: LookUps, number: str) -> ValidToken | None:
    """Find a token that is neither expired nor revoked, and whose account is not disabled."""
    row = look_ups.one(VALID, number)
    if row is None:
        return None
    digest, scopes, stale, account, profile = row
    return ValidToken(digest, frozenset(scopes), stale, account_of(account, profile))


def tokens_of(connection: Connection, account: str) -> list[Token]:
    """List an account's tokens, the newest first, those of no more use too."""
    query = _TOKEN.where(tokens.c.account == account).order_by(tokens.c.created_at.desc())
    return [_token(row) for row in connection.execute(query)]


def end_of(connection: Connection, number: str) -> datetime | None:
    """Tell when a token expires that is in use, and keep it from being revoked meanwhile."""
    query = select(tokens.c.expires_at).where(
        tokens.c.token_id == number, tokens.c.revoked_at.is_(None)
    )
    end: datetime | None = connection.scalar(query.with_for_update(read=True))
    return end


def revoke_token(connection: Connection, account: str, number: str) -> list[str]:
    """Revoke a token of an account, and those that were made by it; give their numbers.

    There are none where the account has no token of this number in use.
    """
    # Waits for whoever makes a token by it just now: the statement after this one sees that.
    asked = (
        select(tokens.c.token_id)
        .where(
            tokens.c.account == account,
            tokens.c.token_id == number,
            tokens.c.revoked_at.is_(None),
        )
        .with_for_update()
    )
    if connection.scalar(asked) is None:
        return []
    ended = select(literal(number).label("token_id")).cte("ended", recursive=True)
    made = select(tokens.c.token_id).where(tokens.c.made_by == ended.c.token_id)
    ended = ended.union(made.where(tokens.c.account == account))
    statement = (
        update(tokens)
        .where(tokens.c.token_id.in_(select(ended.c.token_id)), tokens.c.revoked_at.is_(None))
        .values(revoked_at=_NOW)
        .returning(tokens.c.token_id)
    )
    return sorted(connection.scalars(statement))


def note_use(connection: Connection, number: str) -> None:
    """Note when a token was used, to the minute."""
    connection.execute(
        update(tokens).where(tokens.c.token_id == number, _STALE).values(used_at=_NOW)
    )


def _token(row: tuple[object, ...]) -> Token:
    number, account, name, scopes, *others = row
    return Token(number, account, name, frozenset(scopes), *others)  # type: ignore[arg-type, call-overload] # as selected
