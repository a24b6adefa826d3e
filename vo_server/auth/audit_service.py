"""Reading the audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vo_server.auth import audit_store
from vo_server.auth.errors import InvalidError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from vo_server.auth.audit_store import AuditEntry

MOST: Final = 1000
"""Entries that are read at once."""


class AuditService:
    """Reads who changed what; entries are written along with the changes.

    Parameters
    ----------
    engine
        Engine of ``vo_app``.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def entries(
        self, *, subject: str | None = None, before: int | None = None, most: int = 100
    ) -> list[AuditEntry]:
        """List entries, newest first.

        Parameters
        ----------
        subject
            Account, group, level or holder that they are about.
        before
            Number of an entry; only older ones.
        most
            How many, at most.

        Raises
        ------
        InvalidError
            If that is too many.
        """
        if not 1 <= most <= MOST:
            raise InvalidError(f"ask for 1 to {MOST} entries at a time")
        with self._engine.connect() as connection:
            return audit_store.entries(connection, subject=subject, before=before, most=most)
