"""Logins for the databases of partners, which read published tables from afar.

Such a login is a member of ``vo_partner``. The policies let that role see what
they let the public see, since whoever does not log in as the server's own
reader has no principal, whatever it sets (``vo.principal()``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from schemas.engine import PARTNER
from schemas.sql_files import sql_file

if TYPE_CHECKING:
    from datetime import timedelta

    from schemas.identity import Identity

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


def partner_sql(name: str, identity: Identity, *, connections: int, timeout: timedelta) -> str:
    """Give the superuser's SQL that makes a login for a partner, without a password.

    Parameters
    ----------
    name
        What comes after ``vo_partner_`` in the login's name.
    identity
        What access URLs and publisher DIDs begin with.
    connections
        How many it may have open at a time.
    timeout
        Longest a statement of it may run.

    Raises
    ------
    ValueError
        If the name is not fit for a login.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} is no name for a partner: take lower-case letters, digits and underscores,"
            " a letter first, 40 at most"
        )
    return sql_file("partner.sql").format(
        role=f"{PARTNER}_{name}",
        connections=connections,
        timeout=_literal(f"{int(timeout.total_seconds() * 1000)}ms"),
        base_url=_literal(identity.base_url),
        authority=_literal(identity.authority),
    )


def _literal(value: str) -> str:
    """Write a text for PostgreSQL."""
    return "'" + value.replace("'", "''") + "'"
