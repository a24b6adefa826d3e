"""Links between accounts and what other authorities call their owners, as ``vo_app``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from schemas.auth_tables import identities

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

CERTIFICATE = "certificate"
"""Provider of the subjects of client certificates."""


@dataclass(frozen=True, slots=True)
class KnownIdentity:
    """What another authority calls somebody. Times are in UTC, without zone."""

    provider: str
    subject: str
    linked_at: datetime


def account_of(connection: Connection, provider: str, subject: str) -> str | None:
    """Give the name of the account linked with an identity."""
    query = select(identities.c.account).where(
        identities.c.provider == provider, identities.c.subject == subject
    )
    return connection.scalar(query)


def link(connection: Connection, provider: str, subject: str, account: str) -> str:
    """Link an identity with an account, unless it has a link; give the account it is linked with.

    Never takes an identity away from an account, however many link it at once.
    """
    values = {"provider": provider, "subject": subject, "account": account}
    connection.execute(insert(identities).values(values).on_conflict_do_nothing())
    return str(account_of(connection, provider, subject))


def unlink(connection: Connection, provider: str, subject: str) -> None:
    """Take a link away, if there is one."""
    connection.execute(
        delete(identities).where(identities.c.provider == provider, identities.c.subject == subject)
    )


def identities_of(connection: Connection, account: str) -> list[KnownIdentity]:
    """List the identities an account is linked with, the oldest link first."""
    query = select(identities.c.provider, identities.c.subject, identities.c.linked_at).where(
        identities.c.account == account
    )
    return [
        KnownIdentity(*row) for row in connection.execute(query.order_by(identities.c.linked_at))
    ]
