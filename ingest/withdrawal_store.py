"""The database side of withdrawals, as the owner of the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, insert, select, update

from schemas.auth_tables import audit
from schemas.models import product_listing

if TYPE_CHECKING:
    from sqlalchemy import Engine


class WithdrawalStore:
    """Withdraws products and restores them.

    Parameters
    ----------
    engine
        Engine of ``vo_owner``.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def exists(self, key: str) -> bool:
        """Tell whether there is a product, withdrawn or not."""
        with self._engine.connect() as connection:
            return bool(connection.scalar(select(exists().where(product_listing.c.key == key))))

    def change(self, key: str, reason: str | None, actor: str) -> bool:
        """Withdraw a product for a reason, or restore it without one, and record it.

        The data's row follows by its foreign key. False where there is no such
        product, or nothing to change.
        """
        listing = product_listing.c
        withdrawn = reason is not None
        statement = (
            update(product_listing)
            .where(listing.key == key, listing.withdrawn != withdrawn)
            .values(withdrawn=withdrawn, withdrawn_reason=reason)
        )
        with self._engine.begin() as connection:
            if connection.execute(statement).rowcount == 0:
                return False
            entry = {
                "actor": actor,
                "action": "product withdrawn" if withdrawn else "product restored",
                "subject": key,
                "details": {"reason": reason} if withdrawn else {},
            }
            connection.execute(insert(audit), entry)
        return True
