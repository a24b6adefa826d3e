"""Accounts, groups and members in the database, as ``vo_app``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from schemas.auth_tables import accounts, groups, members
from vo_server.auth.errors import UnknownError
from vo_server.auth.model import Account

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from sqlalchemy import Connection, Select

_ACCOUNT = select(
    accounts.c.name,
    accounts.c.full_name,
    accounts.c.email,
    accounts.c.groups,
    accounts.c.disabled_at,
)


def account_of(name: str, profile: Sequence[Any]) -> Account:
    """Give the account, which is not disabled, of a token or a session by what these tell of it."""
    _, full_name, email, *found = profile
    return Account(name, full_name, email, frozenset(found))


def find_account(connection: Connection, name: str) -> Account | None:
    """Find an account by its name."""
    return _one(connection, _ACCOUNT.where(accounts.c.name == name))


def known_account(connection: Connection, name: str, *, to_change: bool = False) -> Account:
    """Find an account by its name.

    Parameters
    ----------
    connection
        In a transaction.
    name
        Whose it is.
    to_change
        Whether others wait until the transaction ends. Who takes groups away needs that, or may
        wait for somebody who waits for them.

    Raises
    ------
    UnknownError
        If there is none of this name.
    """
    query = _ACCOUNT.where(accounts.c.name == name)
    account = _one(connection, query.with_for_update() if to_change else query)
    if account is None:
        raise UnknownError(f"there is no account {name}")
    return account


def account_of_email(connection: Connection, email: str) -> Account | None:
    """Find the account with an address, whatever its case."""
    return _one(connection, _ACCOUNT.where(accounts.c.email == email.lower()))


def all_accounts(connection: Connection) -> list[Account]:
    """List all accounts by name."""
    return [_account(row) for row in connection.execute(_ACCOUNT.order_by(accounts.c.name))]


def add_account(connection: Connection, account: Account, password_hash: str | None) -> None:
    """Store a new account; its groups are to be there."""
    connection.execute(
        insert(accounts),
        {
            "name": account.name,
            "full_name": account.full_name,
            "email": account.email and account.email.lower(),
            "password_hash": password_hash,
        },
    )
    for group in account.groups:
        add_member(connection, account.name, group)


def change_account(connection: Connection, name: str, full_name: str, email: str | None) -> None:
    """Replace what is known of an account's owner."""
    values = {"full_name": full_name, "email": email and email.lower()}
    connection.execute(update(accounts).where(accounts.c.name == name).values(values))


def password_hash(connection: Connection, name: str) -> str | None:
    """Give the kept hash of a password; None without one, and for nobody or a disabled account."""
    query = select(accounts.c.password_hash).where(
        accounts.c.name == name, accounts.c.disabled_at.is_(None)
    )
    return connection.scalar(query)


def set_password_hash(connection: Connection, name: str, kept: str) -> None:
    """Replace an account's password."""
    connection.execute(update(accounts).where(accounts.c.name == name).values(password_hash=kept))


def set_disabled(connection: Connection, name: str, *, disabled: bool) -> None:
    """Disable an account, or enable it again."""
    moment = func.timezone("UTC", func.now()) if disabled else None
    connection.execute(update(accounts).where(accounts.c.name == name).values(disabled_at=moment))


def group_names(connection: Connection) -> dict[str, str]:
    """List the groups with their descriptions."""
    rows = connection.execute(select(groups.c.name, groups.c.description).order_by(groups.c.name))
    return {row.name: row.description for row in rows}


def add_group(connection: Connection, name: str, description: str) -> None:
    """Store a new group."""
    connection.execute(insert(groups), {"name": name, "description": description})


def add_member(connection: Connection, account: str, group: str) -> None:
    """Put an account into a group, where it may be already."""
    values = {"account": account, "group_name": group}
    connection.execute(upsert(members).values(values).on_conflict_do_nothing())


def remove_member(connection: Connection, account: str, group: str) -> None:
    """Take an account out of a group, if it is in it."""
    connection.execute(
        delete(members).where(members.c.account == account, members.c.group_name == group)
    )


def members_of(connection: Connection, group: str) -> list[str]:
    """List the accounts in a group."""
    query = select(members.c.account).where(members.c.group_name == group)
    return list(connection.scalars(query.order_by(members.c.account)))


def unknown_groups(connection: Connection, names: Iterable[str]) -> set[str]:
    """Tell which of some groups do not exist."""
    return set(names) - group_names(connection).keys()


def _one(connection: Connection, query: Select[*tuple[Any, ...]]) -> Account | None:
    row = connection.execute(query).one_or_none()
    return None if row is None else _account(row)


def _account(row: Sequence[Any]) -> Account:
    name, full_name, email, found, disabled_at = row
    return Account(name, full_name, email, frozenset(found), disabled_at)
