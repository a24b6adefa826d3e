"""Grants in the database, as ``vo_app``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, BigInteger, cast, func, insert, literal, or_, select, update

from schemas.auth_tables import grant_stars, grants, levels
from vo_server.auth.model import Grant, Level

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from vo_server.auth.model import Extent, Holder

_NOW = func.timezone("UTC", func.now())
_VALID = (grants.c.valid_from <= _NOW) & or_(
    grants.c.valid_until.is_(None), grants.c.valid_until > _NOW
)
_GRANT = select(
    grants.c.grant_id,
    grants.c.holder,
    grants.c.product_level,
    grants.c.channel,
    grants.c.run_code,
    grants.c.star_count,
    grants.c.valid_from,
    grants.c.valid_until,
    grants.c.note,
)


def level_names(connection: Connection) -> dict[str, bool]:
    """List the levels products can have, and whether each is listed to everybody."""
    rows = connection.execute(select(levels.c.product_level, levels.c.listed))
    return {row.product_level: row.listed for row in rows}


def all_levels(connection: Connection) -> list[Level]:
    """List the levels products can have."""
    query = select(levels.c.product_level, levels.c.listed, levels.c.description)
    return [Level(*row) for row in connection.execute(query.order_by(levels.c.product_level))]


def stars_of(connection: Connection, number: int) -> list[int]:
    """List the stars a grant is restricted to."""
    query = select(grant_stars.c.corot_id).where(grant_stars.c.grant_id == number)
    return list(connection.scalars(query.order_by(grant_stars.c.corot_id)))


def add_grant(  # noqa: PLR0913 # the parts of a grant
    connection: Connection,
    holder: Holder,
    extent: Extent,
    *,
    since: datetime | None,
    until: datetime | None,
    note: str,
) -> int:
    """Store a grant; give its number."""
    values = {
        "account": holder.account,
        "group_name": holder.group,
        "product_level": extent.level,
        "channel": extent.channel,
        "run_code": extent.run,
        "star_count": len(extent.stars),
        "valid_until": until,
        "note": note,
    }
    if since is not None:
        values["valid_from"] = since
    number = int(
        connection.execute(insert(grants).returning(grants.c.grant_id), values).scalar_one()
    )
    if extent.stars:
        # One statement: after each of them all stars of the holder are gathered anew.
        stars = func.unnest(cast(list(extent.stars), ARRAY(BigInteger)))
        rows = select(literal(number), stars)
        connection.execute(insert(grant_stars).from_select(["grant_id", "corot_id"], rows))
    return number


def find_grant(connection: Connection, number: int) -> Grant | None:
    """Find a grant by its number."""
    row = connection.execute(_GRANT.where(grants.c.grant_id == number)).one_or_none()
    return None if row is None else Grant(*row)


def list_grants(connection: Connection, holders: Iterable[str] | None = None) -> list[Grant]:
    """List the grants that hold now or will, of some holders or all."""
    query = _GRANT.where(or_(grants.c.valid_until.is_(None), grants.c.valid_until > _NOW))
    if holders is not None:
        query = query.where(grants.c.holder.in_(list(holders)))
    return [Grant(*row) for row in connection.execute(query.order_by(grants.c.grant_id))]


def end_grant(connection: Connection, number: int) -> None:
    """Let a grant end now, unless it ended before."""
    ended = func.least(func.coalesce(grants.c.valid_until, _NOW), _NOW)
    connection.execute(update(grants).where(grants.c.grant_id == number).values(valid_until=ended))


def valid_numbers(connection: Connection, holders: Iterable[str]) -> list[int]:
    """Give the numbers of the grants that hold now for some holders."""
    query = select(grants.c.grant_id).where(_VALID, grants.c.holder.in_(list(holders)))
    return list(connection.scalars(query.order_by(grants.c.grant_id)))


def set_listed(connection: Connection, level: str, *, listed: bool) -> None:
    """Change whether unreleased products of a level are listed to everybody."""
    connection.execute(update(levels).where(levels.c.product_level == level).values(listed=listed))
