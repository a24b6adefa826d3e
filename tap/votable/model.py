"""What stands beside the table in a VOTable: INFO and PARAM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.declaration import Column


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
