"""The tiers: what kind of user somebody is, by the groups of their account."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Tier(StrEnum):
    """Kinds of users, each with more rights or larger limits than those before it.

    But for the first two, each is the name of a group.
    """

    PUBLIC = "public"
    REGISTERED = "registered"
    GUEST = "guest"
    """Guest Investigators: what is granted to each."""
    ALERT = "alert"
    """Alert team: N1 Exo Alert."""
    N1 = "n1"
    """N1 community."""
    COI = "coi"
    """Co-Investigators: all N2."""
    STAFF = "staff"
    """Staff of the data centre."""
    ADMIN = "admin"


def tier_of(groups: Iterable[str]) -> Tier:
    """Tell the tier of an account: the highest of its groups', else registered."""
    member = set(groups)
    return next((tier for tier in reversed(Tier) if tier in member), Tier.REGISTERED)
