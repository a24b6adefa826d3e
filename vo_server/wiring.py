"""The one place that puts services together from the settings."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ingest.product_store import ProductStore
from ingest.service import IngestService
from ingest.store import IngestStore
from schemas.arrow_session import ArrowDatabase
from schemas.backends import backend_of
from schemas.corot.functions import FUNCTIONS
from schemas.corot.obscore_view import OBSCORE
from schemas.engine import READER
from schemas.published import CATALOGUE
from schemas.session import ReaderDatabase
from ssa.download_service import DownloadService
from ssa.download_store import DownloadStore
from ssa.response import Holdings
from ssa.service import Limits, SsaService
from ssa.store import ObsCoreStore
from tap import adql
from tap.admission import ProcessAdmission
from tap.query import TapLimits
from tap.service import TapService
from tap.store import QueryStore
from vo_server.database import lasting_engine, uri_of
from vo_server.errors import OperationError
from vo_server.portal.service import PortalService
from vo_server.portal.store import PortalStore

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from vo_server.config import Settings

_MISSION_PAPER = "https://doi.org/10.1051/978-2-7598-1876-1"
"""The CoRoT Legacy Book, cited for all its data."""

UDFS = (*adql.UDFS, *FUNCTIONS)
"""The user-defined functions queries may call."""


def reader_database(settings: Settings) -> ReaderDatabase:
    """Open the reader's transactions; one connection for each thread that answers."""
    engine = lasting_engine(settings, READER, pool_size=settings.threads)
    return ReaderDatabase(engine, settings.identity, settings.sync_timeout)


def geometry_backend(database: ReaderDatabase) -> str:
    """Ask the database which geometry back end it was set up with.

    Raises
    ------
    OperationError
        If it was not set up.
    """
    with database.transaction() as connection:
        backend = backend_of(connection)
    if backend is None:
        raise OperationError("the database was not set up: run `vo-server db bootstrap` first")
    return backend


def arrow_database(settings: Settings) -> ArrowDatabase:
    """Open the reader's transactions for answers of any size."""
    return ArrowDatabase(uri_of(settings, READER), settings.identity, size=settings.queries)


def tap_service(settings: Settings, database: ArrowDatabase, backend: str) -> TapService:
    """Put the TAP service together."""
    limits = TapLimits(
        default_rows=settings.default_maxrec,
        hard_rows=settings.hard_maxrec,
        execution=settings.sync_timeout,
        total=settings.sync_total,
        answer_bytes=settings.answer_bytes,
        stall=settings.stall_timeout,
    )
    return TapService(
        CATALOGUE,
        QueryStore(database),
        settings.identity,
        limits=limits,
        backend=backend,
        udfs=UDFS,
        citation=_MISSION_PAPER,
        admission=ProcessAdmission(settings.queries, settings.person_queries),
    )


def ssa_service(settings: Settings, database: ReaderDatabase) -> SsaService:
    """Put the SSA service together."""
    holdings = Holdings(
        publisher=settings.publisher,
        creator="CoRoT consortium",
        reference=_MISSION_PAPER,
        data_source="CASE WHEN obs_collection LIKE '%simulated%' THEN 'artificial'"
        " ELSE 'survey' END",
        data_sources=("survey", "artificial"),
        flux_calibration="RELATIVE",
        test_query="POS=100.9,-0.9&SIZE=10",
    )
    limits = Limits(default_maxrec=settings.default_maxrec, maxrec=settings.hard_maxrec)
    return SsaService(
        database, ObsCoreStore(OBSCORE, holdings, geometry_backend(database)), holdings, limits
    )


def download_service(settings: Settings, database: ReaderDatabase) -> DownloadService:
    """Put the downloads together."""
    return DownloadService(database, DownloadStore(), settings.store)


def portal_service(settings: Settings, database: ReaderDatabase) -> PortalService:
    """Put the portal together."""
    return PortalService(database, PortalStore(), settings.identity, publisher=settings.publisher)


def ingest_service(settings: Settings, owner: Engine) -> IngestService:
    """Put the ingest together, on an engine of ``vo_owner``."""
    return IngestService(
        IngestStore(owner),
        ProductStore(settings.store),
        timedelta(days=settings.proprietary_days),
    )
