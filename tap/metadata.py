"""What a TAP service says about itself: its VOSI documents (TAP 1.1, section 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resources.capabilities import (
    TableAccess,
    TimeLimits,
    capabilities_document,
    examples_capability,
    tap_capability,
    vosi_capabilities,
)
from resources.vosi import table_document, tableset_document
from schemas.identifiers import adql_table_name
from tap.errors import NotFoundError, UsageError
from tap.features import DATA_MODELS
from tap.formats import FORMATS
from tap.parameters import shown
from tap.tap_plus import names_alone, wanted_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

    from resources.capabilities import Language
    from resources.vosi import Detail
    from schemas.declaration import Catalogue
    from tap.parameters import Parameters
    from tap.query import TapLimits


class ServiceMetadata:
    """Describes a service from its declared tables.

    Parameters
    ----------
    catalogue
        Gives the published tables as they are now.
    url
        Base URL of the service.
    language
        The query language, with its features.
    has_examples
        Whether there is a document of examples.
    security
        Ways to log in (SSO 2.0, section 2).
    """

    def __init__(
        self,
        catalogue: Callable[[], Catalogue],
        url: str,
        language: Language,
        *,
        has_examples: bool = False,
        security: tuple[str, ...] = (),
    ) -> None:
        self._catalogue = catalogue
        self._url = url
        self._language = language
        self._has_examples = has_examples
        self._security = security

    def capabilities(self, limits: TapLimits) -> bytes:
        """Write the VOSI capabilities, with the limits that hold for who asks."""
        return capabilities_document(self.capability_elements(limits))

    def capability_elements(self, limits: TapLimits) -> tuple[etree._Element, ...]:
        """Make the capabilities, for VOSI and for the record of the service."""
        jobs = limits.jobs
        execution, retention = TimeLimits(limits.execution, limits.execution), None
        if jobs is not None:
            execution = TimeLimits(jobs.duration, jobs.hard_duration)
            retention = TimeLimits(jobs.retention, jobs.hard_retention)
        access = TableAccess(
            url=self._url,
            languages=(self._language,),
            formats=tuple(entry for made in FORMATS for entry in made.capabilities()),
            default_rows=limits.default_rows,
            hard_rows=limits.hard_rows,
            execution=execution,
            retention=retention,
            upload_rows=limits.uploads.rows,
            upload_bytes=limits.uploads.size,
            data_models=tuple(
                DATA_MODELS[table.name] for table in self._catalogue() if table.name in DATA_MODELS
            ),
            security=self._security,
        )
        others = vosi_capabilities(self._url, self._security)
        if self._has_examples:
            others.append(examples_capability(f"{self._url}/examples"))
        return (tap_capability(access), *others)

    def tables(self, parameters: Parameters) -> bytes:
        """Write the VOSI metadata of all tables, or those that TABLES names.

        Raises
        ------
        UsageError
            If DETAIL is neither min nor max.
        """
        detail: Detail = "min" if names_alone(parameters) else _detail(parameters)
        return tableset_document(self._catalogue(), detail, wanted_tables(parameters))

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
        for table in self._catalogue():
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
