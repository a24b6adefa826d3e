"""A query that is ready to run: everything that can be checked beforehand is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.arrow_connection import ArrowConnection
    from schemas.session import Caller
    from tap.adql import Translation
    from tap.query import TapQuery
    from tap.uploads.model import UploadedTable


@dataclass(frozen=True)
class Execution:
    """What is run, for whom, and on which uploaded tables."""

    translation: Translation
    query: TapQuery
    caller: Caller
    uploads: tuple[UploadedTable, ...] = ()
    witness: Callable[[ArrowConnection], None] | None = None
    """Notes what is to be known of the query's transaction; called when it begins."""
