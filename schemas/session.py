"""Transactions of the reader: the only way a user's query reaches the database.

The reader is a login role that may only select. Each transaction is read-only
and names its caller and this server's identity in settings that the policies
and views read (see ``schemas/sql``).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from sqlalchemy import Connection, Engine

    from schemas.identity import Identity


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. An empty principal is the public.

    What they may see follows from the principal alone, in the database; the
    tier decides what their requests may cost.
    """

    principal: str = ""
    tier: str = "public"


PUBLIC = Caller()
"""Everyone who has not logged in."""

_SETTINGS = text(
    "SELECT set_config('vo.principal', :principal, true),"
    " set_config('vo.base_url', :base_url, true),"
    " set_config('vo.authority', :authority, true),"
    " set_config('statement_timeout', :timeout, true)"
)


class ReaderDatabase:
    """Opens the reader's transactions.

    Parameters
    ----------
    engine
        Engine of the role ``vo_reader``.
    identity
        Base URL and authority that views compose URLs and DIDs from.
    timeout
        Longest a statement may run, unless a transaction says otherwise.
    """

    def __init__(self, engine: Engine, identity: Identity, timeout: timedelta) -> None:
        self._engine = engine
        self._identity = identity
        self._timeout = timeout

    @contextmanager
    def transaction(
        self, caller: Caller = PUBLIC, *, timeout: timedelta | None = None
    ) -> Iterator[Connection]:
        """Open a read-only transaction in the caller's name.

        Nothing is ever written: closing the connection rolls back.
        """
        limit = timeout or self._timeout
        with self._engine.connect() as connection:
            connection.execute(text("SET TRANSACTION READ ONLY"))
            connection.execute(
                _SETTINGS,
                {
                    "principal": caller.principal,
                    "base_url": self._identity.base_url,
                    "authority": self._identity.authority,
                    "timeout": f"{int(limit.total_seconds() * 1000)}ms",
                },
            )
            yield connection
