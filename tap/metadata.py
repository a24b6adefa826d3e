"""What a TAP service says about itself: its VOSI documents (TAP 1.1, section 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resources.capabilities import (
    TableAccess,
    capabilities_document,
    tap_capability,
    vosi_capabilities,
)
from resources.vosi import table_document, tableset_document
from schemas.identifiers import adql_table_name
from tap.errors import NotFoundError, UsageError
from tap.features import DATA_MODELS
from tap.formats import FORMATS
from tap.parameters import shown

if TYPE_CHECKING:
    from resources.capabilities import Language
    from resources.vosi import Detail
    from schemas.declaration import Catalogue
    from tap.parameters import Parameters
    from tap.query import TapLimits


class ServiceMetadata:
    """Describes a service from its declared tables and the limits in force.

    Parameters
    ----------
    catalogue
        The published tables.
    url
        Base URL of the service.
    limits
        What a query may cost.
    language
        The query language, with its features.
    """

    def __init__(
        self, catalogue: Catalogue, url: str, limits: TapLimits, language: Language
    ) -> None:
        self._catalogue = catalogue
        self._url = url
        self._limits = limits
        self._language = language

    def capabilities(self) -> bytes:
        """Write the VOSI capabilities."""
        access = TableAccess(
            url=self._url,
            languages=(self._language,),
            formats=tuple(entry for made in FORMATS for entry in made.capabilities()),
            default_rows=self._limits.default_rows,
            hard_rows=self._limits.hard_rows,
            execution=self._limits.execution,
            data_models=tuple(
                DATA_MODELS[table.name] for table in self._catalogue if table.name in DATA_MODELS
            ),
        )
        return capabilities_document([tap_capability(access), *vosi_capabilities(self._url)])

    def tables(self, parameters: Parameters) -> bytes:
        """Write the VOSI metadata of all tables.

        Raises
        ------
        UsageError
            If DETAIL is neither min nor max.
        """
        return tableset_document(self._catalogue, _detail(parameters))

    def table(self, name: str, parameters: Parameters) -> bytes:
        """Write the VOSI metadata of one table.

        Raises
        ------
        NotFoundError
            If no table has this name.
        UsageError
            If DETAIL is neither min nor max.
        """
        detail = _detail(parameters)
        for table in self._catalogue:
            if name.lower() in {table.name.lower(), adql_table_name(table.name).lower()}:
                return table_document(table, detail)
        raise NotFoundError(
            f"There is no table {shown(name)} here. {self._url}/tables?detail=min lists all."
        )


def _detail(parameters: Parameters) -> Detail:
    """Read DETAIL (VOSI 1.1, section 2.3.1)."""
    detail = (parameters.single("DETAIL") or "max").lower()
    if detail == "min":
        return "min"
    if detail == "max":
        return "max"
    raise UsageError(f"DETAIL is {shown(detail)}; it must be min or max.")
