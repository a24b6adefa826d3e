"""Accounts, groups and grants written straight into the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, text

from schemas.auth_tables import accounts, grant_stars, grants, members

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

TIERS = {
    "reg": (),
    "guest1": ("guest",),
    "guest2": ("guest",),
    "alert1": ("alert",),
    "n1user": ("n1",),
    "coi1": ("coi",),
    "staff1": ("staff",),
    "admin1": ("admin",),
}
"""An account for each tier, with its groups."""


def insert_account(owner: Connection, name: str, *groups: str) -> None:
    """Make an account without a password, a member of groups."""
    owner.execute(insert(accounts), {"name": name})
    for group in groups:
        owner.execute(insert(members), {"account": name, "group_name": group})


def insert_grant(owner: Connection, *, stars: Sequence[int] = (), **values: object) -> int:
    """Grant something; ``values`` are columns of ``auth.grants``."""
    values = {"product_level": "N2", "star_count": len(stars), **values}
    number = owner.scalar(insert(grants).returning(grants.c.grant_id), values)
    for star in stars:
        owner.execute(insert(grant_stars), {"grant_id": number, "corot_id": star})
    return int(number or 0)


def withdraw(owner: Connection, first: int, count: int) -> None:
    """Withdraw the products of some stars."""
    owner.execute(
        text(
            "UPDATE corot.product_listing SET withdrawn = true, withdrawn_reason = 'damaged'"
            " WHERE corot_id BETWEEN :first AND :first + :count - 1"
        ),
        {"first": first, "count": count},
    )
