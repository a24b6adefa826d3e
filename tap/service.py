"""The rules of a TAP 1.1 service: from parameters to answers, without HTTP."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from resources.capabilities import TAP_ID
from resources.vosi import availability_document
from schemas.identifiers import adql_identifier, adql_table_name
from schemas.session import PUBLIC
from tap import adql
from tap.answer import Answer, AnswerStream
from tap.errors import UsageError, service_error
from tap.features import adql_language
from tap.formats import TableResult
from tap.metadata import ServiceMetadata
from tap.parameters import shown
from tap.query import TapLimits, read_query
from tap.votable import Info

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from schemas.declaration import Catalogue, Position
    from schemas.functions import Function
    from schemas.identity import Identity
    from schemas.session import Caller
    from tap.parameters import Parameters
    from tap.query import TapQuery
    from tap.store import QueryStore, RowStream

_LOG = logging.getLogger(__name__)

_PROBE_LIMIT = timedelta(seconds=5)
"""Time the database has to show that it is there."""

_RUNID_LENGTH = 64
"""Characters of a RUNID that are kept (DALI 1.1, section 3.4.6)."""


class TapService:
    """Answers queries and describes itself.

    Parameters
    ----------
    catalogue
        The tables it publishes, TAP_SCHEMA among them.
    store
        Runs the queries.
    identity
        Whence its URLs come.
    limits
        What a query may cost.
    backend
        The geometry back end that the database has.
    udfs
        User-defined functions queries may call.
    """

    def __init__(  # noqa: PLR0913 (what a service is made of)
        self,
        catalogue: Catalogue,
        store: QueryStore,
        identity: Identity,
        *,
        limits: TapLimits | None = None,
        backend: str = "cube",
        udfs: Collection[Function] = adql.UDFS,
    ) -> None:
        self.catalogue = catalogue
        self.limits = limits or TapLimits()
        self.url = identity.url("tap")
        """Base URL of the service."""
        language = adql_language(identity.authority, udfs)
        self.metadata = ServiceMetadata(catalogue, self.url, self.limits, language)
        """Its VOSI documents."""
        self._store = store
        self._publisher = f"ivo://{identity.authority}"
        self._backend = backend
        self._udfs = tuple(udfs)
        self._started = datetime.now(UTC)

    def sync(self, parameters: Parameters, caller: Caller) -> Answer:
        """Run a query and answer with its rows (TAP 1.1, section 2.1).

        The first rows are there when this returns, so that most failures are
        still told by status. An answer that is not whole yet streams, and
        closing it ends the query.

        Raises
        ------
        ServiceError
            If the request is wrong or cannot be served.
        """
        query = read_query(parameters, self.limits)
        _LOG.info("sync query, RUNID %s", shown("".join(parameters.all("RUNID")), _RUNID_LENGTH))
        # One row more than may be sent tells an overflow from a result that just fits.
        translation = self._translate(query.text, query.maxrec + 1)
        if query.maxrec == 0:
            # DALI 1.1, section 3.4.4: the columns only. Nothing to ask the database.
            return self._whole(query, translation, ())
        rows = self._open(translation.sql, caller)
        if rows.complete:
            return self._whole(query, translation, rows)
        result = self._result(query, translation, rows, streams=True)
        parts = query.format.format.write(result)
        return Answer(query.format.content_type, AnswerStream(parts, rows))

    def availability(self) -> bytes:
        """Ask the database for a row through the reader, and tell whether that worked."""
        try:
            self._probe()
        except Exception as error:  # noqa: BLE001 # whatever it is, the service is not available
            note = str(service_error(error, _PROBE_LIMIT))
            return availability_document(available=False, notes=[note])
        return availability_document(available=True, up_since=self._started)

    def _translate(self, text: str, row_limit: int) -> adql.Translation:
        try:
            return adql.translate(text, self.catalogue, self._backend, row_limit, self._udfs)
        except adql.ADQLError as error:
            raise UsageError(str(error)) from error

    def _open(self, sql: str, caller: Caller) -> RowStream:
        try:
            return self._store.open(sql, caller, self.limits.execution)
        except SQLAlchemyError as error:
            raise service_error(error, self.limits.execution) from error

    def _whole(
        self, query: TapQuery, translation: adql.Translation, rows: Iterable[Sequence[object]]
    ) -> Answer:
        """Write an answer whose rows are all here."""
        result = self._result(query, translation, rows, streams=False)
        return Answer(query.format.content_type, b"".join(query.format.format.write(result)))

    def _result(
        self,
        query: TapQuery,
        translation: adql.Translation,
        rows: Iterable[Sequence[object]],
        *,
        streams: bool,
    ) -> TableResult:
        return TableResult(
            columns=translation.columns,
            rows=rows,
            maxrec=query.maxrec,
            infos=(
                Info("standardID", TAP_ID),
                Info("publisher", self._publisher),
                Info("server", self.url),
                Info("query", query.text),
            ),
            positions=self._positions(translation),
            on_error=self._late_error if streams else None,
        )

    def _late_error(self, error: Exception) -> str:
        """Give the text of a failure after the answer has begun."""
        return str(service_error(error, self.limits.execution))

    def _positions(self, translation: adql.Translation) -> tuple[Position, ...]:
        """Find declared positions whose two columns are in the answer unchanged.

        A column counts as unchanged when it kept its name and UCD, so that an
        expression that was given the name of a coordinate does not.
        """
        answered = {(column.name, column.ucd) for column in translation.columns}
        return tuple(
            position
            for name in sorted(translation.tables)
            for table in (self.catalogue.table(name),)
            for position in table.positions
            if all(
                (column, table.column(column).ucd) in answered
                for column in (position.longitude, position.latitude)
            )
        )

    def _probe(self) -> None:
        """Select one row of a published table; TAP_SCHEMA's if it is published."""
        tables = list(self.catalogue)
        table = next((t for t in tables if t.name == "tap_schema.schemas"), tables[0])
        column = adql_identifier(table.columns[0].name)
        query = f"SELECT TOP 1 {column} FROM {adql_table_name(table.name)}"  # noqa: S608 # ADQL, of declared names
        self._store.open(self._translate(query, 1).sql, PUBLIC, _PROBE_LIMIT).close()
