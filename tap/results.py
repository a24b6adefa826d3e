"""What answers say beside their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resources.capabilities import TAP_ID
from tap.votable import Info, TableResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.declaration import Catalogue, Position
    from schemas.identity import Identity
    from tap.arrow.batches import Limited
    from tap.execution import Execution


class ResultMaker:
    """Puts the answer to a query together for the writers.

    Parameters
    ----------
    catalogue
        Gives the published tables as they are now.
    identity
        Of the server.
    citation
        What users of the data are to cite.
    """

    def __init__(
        self, catalogue: Callable[[], Catalogue], identity: Identity, citation: str | None
    ) -> None:
        self._catalogue = catalogue
        self._infos = [
            Info("standardID", TAP_ID),
            Info("publisher", f"ivo://{identity.authority}"),
            Info("server", identity.url("tap")),
        ]
        if citation:
            # DALI 1.1, section 4.4.3
            self._infos.append(Info("citation", citation, ucd="meta.bib"))

    def result(
        self,
        execution: Execution,
        rows: Limited,
        on_error: Callable[[Exception], str] | None,
        max_bytes: int | None,
    ) -> TableResult:
        """Describe the answer.

        Parameters
        ----------
        execution
            The query.
        rows
            Its rows.
        on_error
            Says what a failure while rows are read was, for formats that can
            tell; None where the answer is made before anything is sent.
        max_bytes
            Bytes after which it is cut off.
        """
        return TableResult(
            columns=execution.translation.columns,
            rows=rows,
            infos=(*self._infos, Info("query", execution.query.text)),
            positions=self._positions(execution),
            on_error=on_error,
            max_bytes=max_bytes,
        )

    def _positions(self, execution: Execution) -> tuple[Position, ...]:
        """Find declared positions whose two columns are in the answer unchanged.

        A column counts as unchanged when it kept its name and UCD, so that an
        expression that was given the name of a coordinate does not.
        """
        translation = execution.translation
        answered = {(column.name, column.ucd) for column in translation.columns}
        known = {table.name: table for table in self._catalogue()}
        known |= {upload.declared.name: upload.declared for upload in execution.uploads}
        return tuple(
            position
            for name in sorted(translation.tables)
            if (table := known.get(name))
            for position in table.positions
            if all(
                (column, table.column(column).ucd) in answered
                for column in (position.longitude, position.latitude)
            )
        )
