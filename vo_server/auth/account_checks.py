"""What names, addresses and groups may be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from schemas.auth_tables import ACCOUNT_NAME
from vo_server.auth import account_store as store
from vo_server.auth.errors import InvalidError, TakenError, UnknownError
from vo_server.auth.tiers import Tier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

IMPLICIT: Final = frozenset({Tier.PUBLIC, Tier.REGISTERED})
"""Groups everybody is in without being put there."""

_EMAIL = re.compile(r"[^@\s<>,;:\"()]{1,64}@[^@\s<>,;:\"()]+\.[^@\s<>,;:\"()]+")


def can_be_name(name: str) -> bool:
    """Whether an account or group can be called so."""
    return re.fullmatch(ACCOUNT_NAME, name) is not None


def check_name(name: str, what: str) -> None:
    """Refuse a malformed name of an account or group.

    Raises
    ------
    InvalidError
        Saying what a name is.
    """
    if not can_be_name(name):
        raise InvalidError(
            f"{name!r} cannot be the name of {what}: a name begins with a lower-case letter and"
            " has 2 to 40 lower-case letters, digits, dots, hyphens and underscores"
        )


def check_groups(connection: Connection, names: Iterable[str]) -> None:
    """Refuse groups that nobody is put into.

    Raises
    ------
    AuthError
        If one does not exist, or everybody is in it.
    """
    wanted = set(names)
    if implicit := sorted(wanted & IMPLICIT):
        raise InvalidError(f"everybody with an account is in the group {implicit[0]}: leave it out")
    check_known(connection, wanted)


def check_known(connection: Connection, names: Iterable[str]) -> None:
    """Refuse groups that do not exist.

    Raises
    ------
    UnknownError
        Naming those that do.
    """
    if unknown := sorted(store.unknown_groups(connection, names)):
        raise UnknownError(
            f"there is no group {unknown[0]}; there are"
            f" {', '.join(sorted(store.group_names(connection).keys() - IMPLICIT))}"
        )


def looks_like_address(text: str) -> bool:
    """Whether a text can be an e-mail address; whether it is one, mail to it tells."""
    return _EMAIL.fullmatch(text) is not None


def check_address(connection: Connection, name: str, email: str | None) -> None:
    """Refuse an e-mail address that is malformed or another account's.

    Raises
    ------
    AuthError
        Saying what is wrong.
    """
    if email is None:
        return
    if not looks_like_address(email):
        raise InvalidError(f"{email} is no e-mail address")
    holder = store.account_of_email(connection, email)
    if holder is not None and holder.name != name:
        raise TakenError(f"an account with the address {email} exists already")
