"""Accounts and grants as the services handle them. Times are in UTC, without zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from typing_extensions import override

from vo_server.auth.tiers import tier_of

if TYPE_CHECKING:
    from datetime import datetime

    from vo_server.auth.tiers import Tier


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can log in."""

    name: str
    full_name: str = ""
    email: str | None = None
    groups: frozenset[str] = frozenset()
    disabled_at: datetime | None = None

    @property
    def tier(self) -> Tier:
        """The highest tier its groups give."""
        return tier_of(self.groups)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom something is granted to: an account or a group, never both."""

    account: str | None = None
    group: str | None = None

    @override
    def __str__(self) -> str:
        return f"account:{self.account}" if self.account else f"group:{self.group}"


@dataclass(frozen=True, slots=True)
class Extent:
    """Which products a grant is about; None and no stars mean no restriction."""

    level: str = "N2"
    channel: str | None = None
    run: str | None = None
    stars: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """A right to get products before their release."""

    grant_id: int
    holder: str
    level: str
    channel: str | None
    run: str | None
    star_count: int
    """Stars it is restricted to; 0 for no restriction."""
    valid_from: datetime
    valid_until: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class Level:
    """A level products can have, with its policy."""

    name: str
    listed: bool
    """Whether products that are not released are listed to everybody."""
    description: str
