"""The audit trail: who changed what about accounts, groups and grants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from schemas.auth_tables import audit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change."""

    entry_id: int
    at: datetime
    """UTC, without zone."""
    actor: str
    """The account that made it, or ``cli:`` and the user of the operating system."""
    action: str
    subject: str
    details: Mapping[str, Any]


def record(
    connection: Connection, actor: str, action: str, subject: str, **details: object
) -> None:
    """Add an entry, in the transaction of the change itself."""
    values = {"actor": actor, "action": action, "subject": subject, "details": details}
    connection.execute(insert(audit), values)


def entries(
    connection: Connection,
    *,
    subject: str | None = None,
    before: int | None = None,
    most: int = 100,
) -> list[AuditEntry]:
    """List the newest entries, newest first; only older ones than ``before``, if it is given."""
    columns = (
        audit.c.entry_id, audit.c.at, audit.c.actor, audit.c.action, audit.c.subject,
        audit.c.details,
    )  # fmt: skip
    query = select(*columns).order_by(audit.c.entry_id.desc()).limit(most)
    if subject is not None:
        query = query.where(audit.c.subject == subject)
    if before is not None:
        query = query.where(audit.c.entry_id < before)
    return [AuditEntry(*row) for row in connection.execute(query)]
