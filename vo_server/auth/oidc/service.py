"""Whose account somebody gets whom a provider vouches for."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Final

from vo_server.auth import account_store, identity_store
from vo_server.auth.account_changes import AccountChanges, make_account, unique
from vo_server.auth.audit_store import record
from vo_server.auth.errors import ConflictError, TakenError
from vo_server.auth.login_service import WrongCredentialsError
from vo_server.auth.model import Account

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from vo_server.auth.oidc.model import Person, ProviderSettings

ACTOR: Final = "oidc"
"""Who made an account, or put it into groups, in the audit trail."""

_LONGEST = 36
"""Of a name, so that a number fits behind it."""

_UNKNOWN = (
    "No account here is linked with this identity. Log in by password and link it on your"
    " account's page, or ask the data centre."
)
_DISABLED = "This account is disabled. Ask the data centre."


class OidcService:
    """Finds, makes and links accounts by what a provider says.

    An account is found by the issuer and its subject alone (OpenID Connect
    Core 1.0, section 5.7). Neither an equal name nor an equal address makes
    somebody the owner of an account that is there.

    Parameters
    ----------
    engine
        Engine of ``vo_app``.
    settings
        What the provider's word counts for.
    """

    def __init__(self, engine: Engine, settings: ProviderSettings) -> None:
        self._engine = engine
        self._settings = settings

    def account_of(self, person: Person) -> Account:
        """Give the account of somebody, made now if it may be, in the groups it is to be in.

        Raises
        ------
        WrongCredentialsError
            If they have none, or it is disabled.
        """
        with unique(), self._engine.begin() as connection:
            name = identity_store.account_of(connection, person.issuer, person.subject)
            if name is None:
                if not self._settings.makes_accounts:
                    raise WrongCredentialsError(_UNKNOWN)
                name = self._make(connection, person)
            account = account_store.known_account(connection, name, to_change=True)
            if account.disabled_at is not None:
                raise WrongCredentialsError(_DISABLED)
            self._put_into_groups(connection, account, person)
            return account_store.known_account(connection, name)

    def link(self, account: Account, person: Person) -> None:
        """Link somebody with an account that they are logged in to.

        Raises
        ------
        ConflictError
            If they are linked with another account.
        """
        with self._engine.begin() as connection:
            holder = identity_store.link(connection, person.issuer, person.subject, account.name)
            if holder != account.name:
                raise ConflictError("this identity is linked with another account: unlink it there")
            record(
                connection, account.name, "identity linked", account.name,
                provider=person.issuer, identity=person.subject,
            )  # fmt: skip

    def _make(self, connection: Connection, person: Person) -> str:
        name = _free_name(connection, person.name)
        email = person.email
        if email is not None and account_store.account_of_email(connection, email) is not None:
            email = None  # it stays with whose it is
        make_account(connection, Account(name, person.full_name, email), None, ACTOR)
        if identity_store.link(connection, person.issuer, person.subject, name) != name:
            raise TakenError("this log-in was answered twice at the same moment: log in again")
        record(
            connection, ACTOR, "identity linked", name,
            provider=person.issuer, identity=person.subject,
        )  # fmt: skip
        return name

    def _put_into_groups(self, connection: Connection, account: Account, person: Person) -> None:
        """Follow the provider, in those of our groups that it decides about."""
        if person.groups is None:
            return
        settings = self._settings.groups
        wanted = {ours for theirs, ours in settings.items() if theirs in person.groups}
        changes = AccountChanges(connection, account, ACTOR)
        for group in sorted(wanted - account.groups):
            changes.join(group)
        for group in sorted(account.groups.intersection(settings.values()) - wanted):
            changes.leave(group)


def _free_name(connection: Connection, wanted: str) -> str:
    """Make a name of what the provider calls somebody, with a number where it is taken."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", wanted.partition("@")[0].lower())
    plain = plain.lstrip("0123456789._-")[:_LONGEST].rstrip("._-")
    if len(plain) < 2:  # noqa: PLR2004 # the shortest name
        plain = "user"
    for number in count(1):
        name = plain if number == 1 else f"{plain}-{number}"
        if account_store.find_account(connection, name) is None:
            return name
    raise AssertionError
