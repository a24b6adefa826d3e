"""The rules of a TAP 1.1 service: from parameters to answers, without HTTP."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from resources.vosi import availability_document
from schemas.identifiers import adql_identifier, adql_table_name
from schemas.session import PUBLIC
from tap import adql
from tap.admission import ProcessAdmission
from tap.answer import Answer, AnswerStream
from tap.arrow.batches import Limited
from tap.arrow.types import arrow_schema
from tap.control import Control
from tap.errors import UsageError, service_error
from tap.execution import Execution
from tap.features import adql_language
from tap.metadata import ServiceMetadata
from tap.query import TapLimits, read_query
from tap.query_log import QueryRecord, outcome_of
from tap.results import ResultMaker
from tap.watch import Watcher

if TYPE_CHECKING:
    import socket
    from collections.abc import Collection

    from schemas.arrow_session import ArrowConnection
    from schemas.declaration import Catalogue
    from schemas.functions import Function
    from schemas.identity import Identity
    from schemas.session import Caller
    from tap.admission import Admission
    from tap.parameters import Parameters
    from tap.store import BatchStream, QueryStore
    from tap.uploads.model import UploadedTable


class LoadUploads(Protocol):
    """Fills temporary tables before a query reads them."""

    def __call__(self, connection: ArrowConnection, *, uploads: tuple[UploadedTable, ...]) -> None:
        """Make and fill the tables in the transaction of the query."""


_PROBE_LIMIT = timedelta(seconds=5)
"""Time the database has to show that it is there."""


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
    citation
        What users of the data are to cite: a bibcode, DOI or URL.
    admission
        Lets queries in; absent: 8 at a time in each process.
    load_uploads
        Makes and fills the temporary tables of a query's uploads.
    """

    def __init__(  # noqa: PLR0913 # all but three have defaults
        self,
        catalogue: Catalogue,
        store: QueryStore,
        identity: Identity,
        *,
        limits: TapLimits | None = None,
        backend: str = "cube",
        udfs: Collection[Function] = adql.UDFS,
        citation: str | None = None,
        admission: Admission | None = None,
        load_uploads: LoadUploads | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.limits = limits or TapLimits()
        self.url = identity.url("tap")
        """Base URL of the service."""
        language = adql_language(identity.authority, udfs)
        self.metadata = ServiceMetadata(catalogue, self.url, self.limits, language)
        """Its VOSI documents."""
        self._store = store
        self._results = ResultMaker(catalogue, identity, citation)
        self._backend = backend
        self._udfs = tuple(udfs)
        self._admission = admission or ProcessAdmission(8, 4)
        self._load_uploads = load_uploads
        self._watcher = Watcher()
        self._started = datetime.now(UTC)

    def sync(
        self, parameters: Parameters, caller: Caller, client: socket.socket | None = None
    ) -> Answer:
        """Run a query and answer with its rows (TAP 1.1, section 2.1).

        The first rows are there when this returns, so that most failures are
        still told by status. An answer that is not whole yet streams, and
        closing it ends the query.

        Parameters
        ----------
        parameters
            Those of the request.
        caller
            In whose name the database is asked.
        client
            The connection the answer goes to; when it is closed at its other
            end, the query is cancelled.

        Raises
        ------
        ServiceError
            If the request is wrong or cannot be served.
        """
        try:
            execution = self.prepare(parameters, caller)
        except UsageError as error:
            record = QueryRecord(caller, " ".join(parameters.all("QUERY")))
            record.write("rejected", error=str(error))
            raise
        return self.run(execution, client=client)

    def prepare(
        self, parameters: Parameters, caller: Caller, uploads: tuple[UploadedTable, ...] = ()
    ) -> Execution:
        """Check everything about a query that can be checked without running it.

        Raises
        ------
        UsageError
            If anything is wrong.
        """
        query = read_query(parameters, self.limits)
        translation = self._translate(query.text, query.maxrec + 1)
        if query.top_maxrec and (translation.top or 0) > query.maxrec:
            # TOP lifts the limit that holds for those who say nothing.
            query = replace(query, maxrec=query.top_maxrec)
            translation = self._translate(query.text, query.maxrec + 1)
        return Execution(translation, query, caller, uploads)

    def run(
        self,
        execution: Execution,
        *,
        client: socket.socket | None = None,
        control: Control | None = None,
        limits: TapLimits | None = None,
    ) -> Answer:
        """Run a query that was prepared.

        Parameters
        ----------
        execution
            What to run.
        client
            The connection the answer goes to, for :meth:`sync`.
        control
            A handle to end the query by, from another thread; one is made if
            absent. Its time limit is the one that counts.
        limits
            Other limits than the service's own.

        Raises
        ------
        ServiceError
            If the query cannot be run, or was ended before its first rows.
        """
        limits = limits or self.limits
        control = control or Control(limits.execution, client, stall=limits.stall.total_seconds())
        query = execution.query
        record = QueryRecord(execution.caller, query.text, query.runid, execution.translation.sql)
        record.form = query.format.format.aliases[0]
        try:
            with ExitStack() as stack:
                return self._answer(execution, limits, control, record, stack)
        except Exception as error:
            told = service_error(error, control.limit)
            record.write(outcome_of(told), error=str(told))
            raise told from error

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

    def _answer(
        self,
        execution: Execution,
        limits: TapLimits,
        control: Control,
        record: QueryRecord,
        stack: ExitStack,
    ) -> Answer:
        """Start the query; what is put on ``stack`` is undone when the answer ends."""
        query = execution.query
        if query.maxrec == 0:
            # DALI 1.1, section 3.4.4: the columns only. Nothing to ask the database.
            rows = Limited((), 0)
            return self._whole(execution, rows, record)
        stack.enter_context(self._admission.admitted(execution.caller))
        stack.enter_context(self._watcher.watching(control))
        stream = self._open(execution, limits, control)
        stack.callback(stream.close)
        rows = Limited(stream, query.maxrec)
        if stream.complete:
            return self._whole(execution, rows, record)

        def late(error: Exception) -> str:
            record.failure = service_error(error, control.limit)
            return str(record.failure)

        result = self._results.result(execution, rows, late, limits.answer_bytes)
        parts = query.format.format.write(result)
        held = stack.pop_all()

        def closed(failure: Exception | None, size: int) -> None:
            held.close()
            if failure is not None:
                late(failure)
            record.close(rows, size)

        body = AnswerStream(parts, rows, control, max_bytes=limits.answer_bytes, on_close=closed)
        return Answer(query.format.content_type, body)

    def _open(self, execution: Execution, limits: TapLimits, control: Control) -> BatchStream:
        before = None
        if execution.uploads and self._load_uploads is not None:
            before = partial(self._load_uploads, uploads=execution.uploads)
        return self._store.open(
            execution.translation.sql,
            arrow_schema(execution.translation.columns),
            execution.caller,
            control,
            total=limits.total,
            before=before,
        )

    def _whole(self, execution: Execution, rows: Limited, record: QueryRecord) -> Answer:
        """Write an answer whose rows are all here."""
        chosen = execution.query.format
        result = self._results.result(execution, rows, None, None)
        body = b"".join(chosen.format.write(result))
        record.close(rows, len(body))
        return Answer(chosen.content_type, body)

    def _probe(self) -> None:
        """Select one row of a published table; TAP_SCHEMA's if it is published."""
        tables = list(self.catalogue)
        table = next((t for t in tables if t.name == "tap_schema.schemas"), tables[0])
        column = adql_identifier(table.columns[0].name)
        query = f"SELECT TOP 1 {column} FROM {adql_table_name(table.name)}"  # noqa: S608 # ADQL, of declared names
        translation = self._translate(query, 1)
        control = Control(_PROBE_LIMIT)
        schema = arrow_schema(translation.columns)
        self._store.open(translation.sql, schema, PUBLIC, control, total=_PROBE_LIMIT).close()
