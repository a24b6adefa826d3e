"""The making and changing of one account within one transaction, all of it recorded."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from vo_server.auth import account_store as store
from vo_server.auth.account_checks import check_address, check_groups, check_name
from vo_server.auth.audit_store import record
from vo_server.auth.errors import ConflictError, TakenError
from vo_server.auth.passwords import check_acceptable, hashed
from vo_server.auth.session_store import end_sessions
from vo_server.auth.tiers import Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

    from vo_server.auth.model import Account


@contextmanager
def unique() -> Iterator[None]:
    """Tell of a name or address that somebody else took at the same moment."""
    try:
        yield
    except IntegrityError as error:
        raise TakenError("this name or address was taken just now: choose another") from error


def make_account(
    connection: Connection, account: Account, password: str | None, actor: str
) -> None:
    """Make an account.

    Parameters
    ----------
    connection
        In a transaction of ``vo_app``.
    account
        With its groups.
    password
        None where the account will log in by other ways, or by a link first.
    actor
        Who makes it.

    Raises
    ------
    AuthError
        If a value is malformed, the name or address is taken, or a group unknown.
    """
    check_name(account.name, "an account")
    check_groups(connection, account.groups)
    if password is not None:
        check_acceptable(password, account.name)
    if store.find_account(connection, account.name) is not None:
        raise TakenError(f"an account {account.name} exists already: choose another name")
    check_address(connection, account.name, account.email)
    store.add_account(connection, account, None if password is None else hashed(password))
    record(connection, actor, "account added", account.name, groups=sorted(account.groups))


class AccountChanges:
    """Changes an account; what fails takes the whole transaction back.

    Parameters
    ----------
    connection
        In a transaction of ``vo_app``.
    account
        As it was before.
    actor
        Who changes it.
    """

    def __init__(self, connection: Connection, account: Account, actor: str) -> None:
        self._connection = connection
        self._account = account
        self._name = account.name
        self._actor = actor

    def describe(self, full_name: str, email: str | None) -> None:
        """Replace the full name and the address.

        Raises
        ------
        AuthError
            If the address is malformed or taken.
        """
        if (full_name, email) == (self._account.full_name, self._account.email):
            return
        check_address(self._connection, self._name, email)
        store.change_account(self._connection, self._name, full_name, email)
        self._record("account changed", full_name=full_name, email=email)

    def password(self, password: str) -> None:
        """Give it a password; its sessions end.

        Raises
        ------
        InvalidError
            If the password is too weak.
        """
        check_acceptable(password, self._name)
        store.set_password_hash(self._connection, self._name, hashed(password))
        end_sessions(self._connection, self._name)
        self._record("password set")

    def disabled(self, disabled: bool) -> None:  # noqa: FBT001 # what it is to be
        """Disable it, whose sessions end, or enable it again.

        Raises
        ------
        ConflictError
            If it is the actor's own.
        """
        if disabled and self._actor == self._name:
            raise ConflictError("nobody can disable their own account: ask another administrator")
        store.set_disabled(self._connection, self._name, disabled=disabled)
        if disabled:
            end_sessions(self._connection, self._name)
        self._record("account disabled" if disabled else "account enabled")

    def join(self, group: str) -> None:
        """Put it into a group.

        Raises
        ------
        AuthError
            If the group is unknown, or everybody is in it anyhow.
        """
        check_groups(self._connection, [group])
        store.add_member(self._connection, self._name, group)
        self._record("group joined", group=group)

    def leave(self, group: str) -> None:
        """Take it out of a group.

        Raises
        ------
        AuthError
            If the group is unknown, or an administrator would stop being one by themselves.
        """
        if group == Tier.ADMIN and self._actor == self._name:
            raise ConflictError("nobody can take themselves out of admin: ask another one")
        check_groups(self._connection, [group])
        store.remove_member(self._connection, self._name, group)
        self._record("group left", group=group)

    def groups(self, wanted: Iterable[str]) -> None:
        """Put it into some groups, and take it out of all others.

        Raises
        ------
        AuthError
            As for joining and leaving.
        """
        chosen = frozenset(wanted)
        for group in sorted(chosen - self._account.groups):
            self.join(group)
        for group in sorted(self._account.groups - chosen):
            self.leave(group)

    def _record(self, action: str, **details: object) -> None:
        record(self._connection, self._actor, action, self._name, **details)
