"""What a document says: the table, and INFO and PARAM beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schemas.declaration import Column, Position
    from tap.arrow.batches import Limited

STATUS = "QUERY_STATUS"
"""Name of the INFO that tells how a query went (DALI 1.1, section 4.4)."""


@dataclass(frozen=True, slots=True)
class Info:
    """An INFO element (VOTable 1.4, section 4.6)."""

    name: str
    value: str
    text: str = ""
    """Content of the element; the message of a QUERY_STATUS."""
    ucd: str | None = None


@dataclass(frozen=True, slots=True)
class Param:
    """A PARAM element (VOTable 1.4, section 4.1): a column with one value for all rows."""

    column: Column
    value: object


@dataclass(frozen=True, slots=True)
class TableResult:
    """A table on its way out, as the writers of all formats take it."""

    columns: Sequence[Column]
    """A column's time system becomes a TIMESYS it refers to."""
    rows: Limited
    """Batches of the types of :mod:`tap.arrow.types`, read while they are written."""
    infos: Sequence[Info] = ()
    params: Sequence[Param] = ()
    """They and ``infos`` stand before the table."""
    positions: Sequence[Position] = ()
    """Pairs of columns that refer to a COOSYS, where both are in the table."""
    on_error: Callable[[Exception], str] | None = None
    """Turns an exception raised by ``rows`` into the text of a trailing QUERY_STATUS
    ERROR (DALI 1.1, section 4.4.2), where the format has a place for it. Without it the
    exception passes through and the document stays unfinished."""
    description: str | None = None
    """DESCRIPTION of the RESOURCE."""
    max_bytes: int | None = None
    """Most bytes a writer may put aside before it sends anything."""
