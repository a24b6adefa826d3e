"""Notes the rights that a query is made under."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.arrow_connection import ArrowConnection


class RightsWitness:
    """Asks, in a query's own transaction, what its rows will depend on.

    The transaction has one snapshot: a grant that is made or ends while the
    query runs counts for both or for neither.
    """

    def __init__(self) -> None:
        self.rights: tuple[str, ...] = ()
        """As ``vo.rights()`` says; nothing where the database was not asked for rows."""

    def __call__(self, connection: ArrowConnection) -> None:
        """Look."""
        batches = connection.query("SELECT unnest(vo.rights()) AS one")
        self.rights = tuple(one for batch in batches for one in batch.column(0).to_pylist())
