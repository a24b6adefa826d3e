"""Withdraw a published product, and take that back.

A withdrawn product is the data centre's staff's alone, in every table and as a
download. Its file and rows are kept, so that it can be restored, and so that
other content never gets its key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.errors import WithdrawalError

if TYPE_CHECKING:
    from ingest.withdrawal_store import WithdrawalStore

LONGEST_REASON = 500
"""Characters."""


class WithdrawalService:
    """Withdraws products; each change is recorded with who made it.

    Parameters
    ----------
    store
        The database side.
    """

    def __init__(self, store: WithdrawalStore) -> None:
        self._store = store

    def withdraw(self, key: str, reason: str, actor: str) -> None:
        """Withdraw a product, from the next request on.

        Parameters
        ----------
        key
            As in its address: star, run, product type and version.
        reason
            Why; the staff sees it in ``corot.products``.
        actor
            Who withdraws it.

        Raises
        ------
        WithdrawalError
            If there is no such product, it is withdrawn already, or no reason
            is given.
        """
        reason = " ".join(reason.split())
        if not 0 < len(reason) <= LONGEST_REASON:
            raise WithdrawalError(f"give a reason of up to {LONGEST_REASON} characters")
        if not self._store.change(key, reason, actor):
            raise WithdrawalError(self._why_not(key, "is withdrawn already"))

    def restore(self, key: str, actor: str) -> None:
        """Publish a withdrawn product again, as it was.

        Raises
        ------
        WithdrawalError
            If there is no such product, or it is not withdrawn.
        """
        if not self._store.change(key, None, actor):
            raise WithdrawalError(self._why_not(key, "is not withdrawn"))

    def _why_not(self, key: str, otherwise: str) -> str:
        if self._store.exists(key):
            return f"product {key} {otherwise}"
        return (
            f"there is no product {key}: a key is the part of access_url after /products/, without"
            " the file's name"
        )
