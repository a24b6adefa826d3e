"""The rules of accounts and groups."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from vo_server.auth import account_store as store
from vo_server.auth.account_changes import AccountChanges, make_account, unique
from vo_server.auth.account_checks import check_known, check_name
from vo_server.auth.audit_store import record
from vo_server.auth.errors import InvalidError, TakenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from vo_server.auth.model import Account


class AccountService:
    """Makes and changes accounts and groups; each change is recorded with who made it.

    Parameters
    ----------
    engine
        Engine of ``vo_app``.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, name: str) -> Account:
        """Find an account.

        Raises
        ------
        UnknownError
            If there is none of this name.
        """
        with self._engine.connect() as connection:
            return store.known_account(connection, name)

    def accounts(self) -> list[Account]:
        """List all accounts by name."""
        with self._engine.connect() as connection:
            return store.all_accounts(connection)

    def members(self, group: str) -> list[str]:
        """List the accounts in a group.

        Raises
        ------
        UnknownError
            If there is no such group.
        """
        with self._engine.connect() as connection:
            check_known(connection, [group])
            return store.members_of(connection, group)

    def groups(self) -> dict[str, str]:
        """List all groups with their descriptions."""
        with self._engine.connect() as connection:
            return store.group_names(connection)

    def add(self, account: Account, password: str | None, actor: str) -> None:
        """Make an account.

        Parameters
        ----------
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
        with unique(), self._engine.begin() as connection:
            make_account(connection, account, password, actor)

    @contextmanager
    def changing(self, name: str, actor: str) -> Iterator[AccountChanges]:
        """Change an account, all at once.

        Parameters
        ----------
        name
            The account.
        actor
            Who changes it.

        Raises
        ------
        UnknownError
            If there is no such account.
        """
        with unique(), self._engine.begin() as connection:
            yield AccountChanges(
                connection, store.known_account(connection, name, to_change=True), actor
            )

    def set_password(self, name: str, password: str, actor: str) -> None:
        """Give an account a password; its sessions end.

        Raises
        ------
        AuthError
            If there is no such account, or the password is too weak.
        """
        with self.changing(name, actor) as change:
            change.password(password)

    def has_password(self, name: str) -> bool:
        """Whether an account can log in by a password."""
        with self._engine.connect() as connection:
            return store.password_hash(connection, name) is not None

    def set_disabled(self, name: str, actor: str, *, disabled: bool) -> None:
        """Disable an account, or enable it again.

        Raises
        ------
        AuthError
            If there is no such account, or it is one's own.
        """
        with self.changing(name, actor) as change:
            change.disabled(disabled)

    def add_group(self, name: str, description: str, actor: str) -> None:
        """Make a group.

        Raises
        ------
        AuthError
            If the name is malformed or taken.
        """
        check_name(name, "a group")
        if not description.strip():
            raise InvalidError("say in a few words whom the group is for")
        with unique(), self._engine.begin() as connection:
            if not store.unknown_groups(connection, [name]):
                raise TakenError(f"a group {name} exists already: choose another name")
            store.add_group(connection, name, description)
            record(connection, actor, "group added", name)

    def join(self, name: str, group: str, actor: str) -> None:
        """Put an account into a group.

        Raises
        ------
        AuthError
            If account or group is unknown, or everybody is in the group anyhow.
        """
        with self.changing(name, actor) as change:
            change.join(group)

    def leave(self, name: str, group: str, actor: str) -> None:
        """Take an account out of a group.

        Raises
        ------
        AuthError
            If account or group is unknown.
        """
        with self.changing(name, actor) as change:
            change.leave(group)
