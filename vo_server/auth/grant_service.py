"""The rules of grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vo_server.auth import account_store, grant_store
from vo_server.auth.audit_store import record
from vo_server.auth.errors import InvalidError, UnknownError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from vo_server.auth.model import Account, Extent, Grant, Holder, Level

CHANNELS: Final = ("exoplanet", "seismology")


class GrantService:
    """Grants products and revokes grants; each change is recorded with who made it.

    Parameters
    ----------
    engine
        Engine of ``vo_app``.
    runs
        Codes of the runs there are; a grant of another one would be a mistake.
    """

    def __init__(self, engine: Engine, runs: Iterable[str]) -> None:
        self._engine = engine
        self._runs = frozenset(runs)

    def grant(  # noqa: PLR0913 # the parts of a grant
        self,
        holder: Holder,
        extent: Extent,
        actor: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        note: str = "",
    ) -> int:
        """Grant products to an account or a group, from the next request on.

        Parameters
        ----------
        holder
            To whom.
        extent
            Which products.
        actor
            Who grants.
        since, until
            Between which moments the grant holds, in UTC without zone; from
            now on and without end if absent.
        note
            Why.

        Returns
        -------
        int
            The number of the grant, to revoke it by.

        Raises
        ------
        AuthError
            If anything named does not exist, or the times are in the wrong order.
        """
        self._check(extent)
        if since is not None and until is not None and until <= since:
            raise InvalidError("the grant would end before it begins")
        with self._engine.begin() as connection:
            _check_holder(connection, holder)
            _check_level(connection, extent.level)
            number = grant_store.add_grant(
                connection, holder, extent, since=since, until=until, note=note
            )
            record(
                connection, actor, "granted", str(holder), grant=number, level=extent.level,
                channel=extent.channel, run=extent.run, stars=len(extent.stars), note=note,
            )  # fmt: skip
        return number

    def revoke(self, number: int, actor: str) -> None:
        """Let a grant end now.

        Raises
        ------
        UnknownError
            If there is no such grant.
        """
        with self._engine.begin() as connection:
            found = grant_store.find_grant(connection, number)
            if found is None:
                raise UnknownError(f"there is no grant {number}")
            grant_store.end_grant(connection, number)
            record(connection, actor, "revoked", found.holder, grant=number)

    def grants(self, account: Account | None = None) -> list[Grant]:
        """List the grants that hold or will: all, or an account's with those of its groups."""
        holders = None if account is None else holders_of(account)
        with self._engine.connect() as connection:
            return grant_store.list_grants(connection, holders)

    def find(self, number: int) -> tuple[Grant, list[int]]:
        """Find a grant by its number, with the stars it is restricted to.

        Raises
        ------
        UnknownError
            If there is no such grant.
        """
        with self._engine.connect() as connection:
            found = grant_store.find_grant(connection, number)
            if found is None:
                raise UnknownError(f"there is no grant {number}")
            return found, grant_store.stars_of(connection, number)

    def grants_of_group(self, group: str) -> list[Grant]:
        """List the grants to a group that hold or will."""
        with self._engine.connect() as connection:
            return grant_store.list_grants(connection, [f"group:{group}"])

    def levels(self) -> list[Level]:
        """List the levels products can have, with their policies."""
        with self._engine.connect() as connection:
            return grant_store.all_levels(connection)

    def set_listed(self, level: str, actor: str, *, listed: bool) -> None:
        """Say whether unreleased products of a level are listed to everybody.

        Raises
        ------
        UnknownError
            If there is no such level.
        """
        with self._engine.begin() as connection:
            _check_level(connection, level)
            grant_store.set_listed(connection, level, listed=listed)
            record(connection, actor, "level listed" if listed else "level unlisted", level)

    def _check(self, extent: Extent) -> None:
        if extent.channel not in (None, *CHANNELS):
            raise InvalidError(f"there is no channel {extent.channel}: use {' or '.join(CHANNELS)}")
        if extent.run is not None and extent.run not in self._runs:
            raise UnknownError(f"there is no run {extent.run}; corot.runs lists them")
        if len(set(extent.stars)) != len(extent.stars):
            raise InvalidError("a star is named twice")


def holders_of(account: Account) -> list[str]:
    """List in whose names grants count for an account, as ``vo.holders()`` does."""
    return [
        *("group:public", "group:registered", f"account:{account.name}"),
        *(f"group:{group}" for group in sorted(account.groups)),
    ]


def _check_holder(connection: Connection, holder: Holder) -> None:
    if (holder.account is None) == (holder.group is None):
        raise InvalidError("a grant is made either to an account or to a group")
    if holder.account and account_store.find_account(connection, holder.account) is None:
        raise UnknownError(f"there is no account {holder.account}")
    if holder.group and account_store.unknown_groups(connection, [holder.group]):
        raise UnknownError(f"there is no group {holder.group}")


def _check_level(connection: Connection, level: str) -> None:
    known = grant_store.level_names(connection)
    if level not in known:
        raise UnknownError(f"there is no level {level}; there are {', '.join(sorted(known))}")
