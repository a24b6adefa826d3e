"""The rules of a TAP 1.1 service: from parameters to answers, without HTTP."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from resources.vosi import availability_document
from schemas.identifiers import adql_identifier, adql_table_name
from schemas.session import PUBLIC
from tap import adql
from tap.admission import ProcessAdmission
from tap.answer import Answer, AnswerStream
from tap.arrow.batches import Limited
from tap.arrow.types import arrow_schema
from tap.control import Control
from tap.errors import NotFoundError, ServiceError, UsageError, service_error
from tap.examples import examples_document
from tap.execution import Execution
from tap.features import adql_language
from tap.metadata import ServiceMetadata
from tap.page import service_page
from tap.query import TapLimits, read_query
from tap.query_log import QueryRecord, outcome_of
from tap.results import ResultMaker
from tap.uploads.loader import UploadLoader
from tap.uploads.service import UploadService
from tap.uploads.tables import with_uploads
from tap.watch import Watcher

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Collection, Mapping, Sequence

    from schemas.declaration import Catalogue
    from schemas.examples import QueryExample
    from schemas.functions import Function
    from schemas.identity import Identity
    from schemas.session import Caller
    from tap.admission import Admission
    from tap.parameters import Parameters
    from tap.store import BatchStream, QueryStore
    from tap.uploads.model import InlineFile, UploadedTable


_PROBE_LIMIT = timedelta(seconds=5)
"""Time the database has to show that it is there."""


class TapService:
    """Answers queries and describes itself.

    Parameters
    ----------
    catalogue
        The tables it publishes, TAP_SCHEMA among them; where these change while
        it runs, what gives them as they are now: the same object while nothing
        has changed, since it is asked for each request.
    store
        Runs the queries.
    identity
        Whence its URLs come.
    limits
        What a query may cost; where it depends on the caller, what gives a
        caller's limits.
    backend
        The geometry back end that the database has.
    udfs
        User-defined functions queries may call.
    citation
        What users of the data are to cite: a bibcode, DOI or URL.
    examples
        Queries to begin with.
    admission
        Lets queries in; absent: 8 at a time in each process.
    uploads
        Reads the tables that come with a query; absent: one that fetches no URLs.
    security
        Ways to log in, for the capabilities (SSO 2.0, section 2).
    """

    def __init__(  # noqa: PLR0913 # all but three have defaults
        self,
        catalogue: Catalogue | Callable[[], Catalogue],
        store: QueryStore,
        identity: Identity,
        *,
        limits: TapLimits | Callable[[Caller], TapLimits] | None = None,
        backend: str = "cube",
        udfs: Collection[Function] = adql.UDFS,
        citation: str | None = None,
        examples: Sequence[QueryExample] = (),
        admission: Admission | None = None,
        uploads: UploadService | None = None,
        security: tuple[str, ...] = (),
    ) -> None:
        current = catalogue if callable(catalogue) else lambda: catalogue
        self._catalogue = current
        everyones = limits or TapLimits()
        self.limits_of = everyones if callable(everyones) else lambda _: everyones
        """Gives a caller's limits."""
        self.limits = self.limits_of(PUBLIC)
        """Those of the public."""
        self.url = identity.url("tap")
        """Base URL of the service."""
        language = adql_language(identity.authority, udfs)
        self.metadata = ServiceMetadata(
            current, self.url, language, has_examples=bool(examples), security=security
        )
        """Its VOSI documents."""
        self._store = store
        self._results = ResultMaker(current, identity, citation)
        self._backend = backend
        self._udfs = tuple(udfs)
        self._examples = examples
        self._admission = admission or ProcessAdmission(8)
        self.uploads = uploads or UploadService()
        """Reads what UPLOAD names."""
        self._load_uploads = UploadLoader(backend)
        self._watcher = Watcher()
        self._started = datetime.now(UTC)

    @property
    def catalogue(self) -> Catalogue:
        """The tables that are published at present."""
        return self._catalogue()

    def sync(
        self,
        parameters: Parameters,
        caller: Caller,
        client: socket.socket | None = None,
        files: Mapping[str, InlineFile] | None = None,
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
        files
            Files that come with the request, by the names of its parts.

        Raises
        ------
        ServiceError
            If the request is wrong or cannot be served.
        """
        return self.run(self.accept(parameters, caller, files or {}), client=client)

    def accept(
        self, parameters: Parameters, caller: Caller, files: Mapping[str, InlineFile]
    ) -> Execution:
        """Read the tables that come with a query, and prepare it; a refusal has its line of log.

        Parameters
        ----------
        parameters, caller, files
            As in :meth:`sync`.

        Raises
        ------
        ServiceError
            If anything is wrong, or a table cannot be had.
        """
        try:
            uploads = self.uploads.read(parameters, files, self.limits_of(caller).uploads)
            return self.prepare(parameters, caller, uploads)
        except Exception as error:
            adql, runid = (" ".join(parameters.all(name)) for name in ("QUERY", "RUNID"))
            record = QueryRecord(caller, adql, runid)
            if isinstance(error, ServiceError):
                record.write(outcome_of(error), error=str(error))
            else:
                record.write("failed", error=type(error).__name__)
            raise

    def prepare(
        self, parameters: Parameters, caller: Caller, uploads: tuple[UploadedTable, ...] = ()
    ) -> Execution:
        """Check everything about a query that can be checked without running it.

        Parameters
        ----------
        parameters
            Those of the request.
        caller
            In whose name it will run.
        uploads
            The tables that came with it, as ``self.uploads`` reads them.

        Raises
        ------
        UsageError
            If anything is wrong.
        """
        query = read_query(parameters, self.limits_of(caller))
        translation = self._translate(query.text, query.maxrec + 1, uploads)
        if query.top_maxrec and (translation.top or 0) > query.maxrec:
            # TOP lifts the limit that holds for those who say nothing.
            query = replace(query, maxrec=query.top_maxrec)
            translation = self._translate(query.text, query.maxrec + 1, uploads)
        query.format.check_width(len(translation.columns))
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
            Other limits than those of the caller.

        Raises
        ------
        ServiceError
            If the query cannot be run, or was ended before its first rows.
        """
        limits = limits or self.limits_of(execution.caller)
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

    def page(self) -> bytes:
        """Write the page for people at the base URL (TAP 1.1, section 2)."""
        return service_page(
            self.url, self.catalogue, self.limits, has_examples=bool(self._examples)
        )

    def examples(self) -> bytes:
        """Write the examples (DALI 1.1, section 2.3).

        Raises
        ------
        NotFoundError
            If there are none.
        """
        if not self._examples:
            raise NotFoundError("This service has no examples.")
        tables = [self._translate(one.adql, 1).tables for one in self._examples]
        described = ((one, tuple(sorted(t))) for one, t in zip(self._examples, tables, strict=True))
        return examples_document(self.url, described)

    def availability(self) -> bytes:
        """Ask the database for a row through the reader, and tell whether that worked."""
        try:
            self._probe()
        except Exception as error:  # noqa: BLE001 # whatever it is, the service is not available
            note = str(service_error(error, _PROBE_LIMIT))
            return availability_document(available=False, notes=[note])
        return availability_document(available=True, up_since=self._started)

    def _translate(
        self, text: str, row_limit: int, uploads: tuple[UploadedTable, ...] = ()
    ) -> adql.Translation:
        catalogue = with_uploads(self.catalogue, uploads) if uploads else self.catalogue
        try:
            return adql.translate(
                text, catalogue, self._backend, row_limit, self._udfs, remember=not uploads
            )
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
        stack.enter_context(self._admission.admitted(execution.caller, limits.queries))
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
        return Answer(query.format.content_type, body, lambda: record.failure)

    def _open(self, execution: Execution, limits: TapLimits, control: Control) -> BatchStream:
        before = None
        if execution.uploads:
            before = partial(
                self._load_uploads, uploads=execution.uploads, sql=execution.translation.sql
            )
        return self._store.open(
            execution.translation.sql,
            arrow_schema(execution.translation.columns),
            execution.caller,
            control,
            total=limits.total,
            before=before,
            witness=execution.witness,
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
