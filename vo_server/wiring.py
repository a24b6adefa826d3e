"""The one place that puts services together from the settings."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from ingest.product_store import ProductStore
from ingest.publish.service import PublishService
from ingest.publish.store import PublishStore
from ingest.service import IngestService
from ingest.store import IngestStore
from ingest.withdrawal import WithdrawalService
from ingest.withdrawal_store import WithdrawalStore
from schemas.backends import backend_of
from schemas.corot.examples import EXAMPLES
from schemas.corot.functions import FUNCTIONS
from schemas.corot.obscore_view import OBSCORE
from schemas.corot.runs import load_runs
from schemas.engine import APP, READER
from schemas.further.live import LiveCatalogue
from schemas.published import CATALOGUE
from schemas.session import ReaderDatabase
from ssa.download_quota import DailyLimits, DownloadQuota
from ssa.download_service import DownloadService
from ssa.download_store import DownloadStore
from ssa.response import Holdings
from ssa.service import Limits, SsaService
from ssa.store import ObsCoreStore
from tap import adql
from tap.admission import ProcessAdmission
from tap.features import adql_language
from tap.metadata import ServiceMetadata
from tap.places import PersonPlaces
from tap.query import TapLimits
from tap.service import TapService
from tap.store import QueryStore
from tap.uploads.fetching import Fetcher
from tap.uploads.model import UploadLimits
from tap.uploads.service import UploadService
from tap.uws.limits import JobLimits
from vo_server.auth.account_service import AccountService
from vo_server.auth.audit_service import AuditService
from vo_server.auth.challenges import SECURITY_METHODS
from vo_server.auth.grant_service import GrantService
from vo_server.auth.identify import Identifier
from vo_server.auth.identity_service import IdentityService
from vo_server.auth.link_service import LinkService
from vo_server.auth.login_service import LoginService
from vo_server.auth.mail import MailServer
from vo_server.auth.oidc.provider import Provider
from vo_server.auth.oidc.service import OidcService
from vo_server.auth.peer import Proxies
from vo_server.auth.services import AccountServices
from vo_server.auth.session_service import SessionService
from vo_server.auth.tiers import Tier
from vo_server.auth.token_service import TokenService
from vo_server.auth.web.oidc_pages import CALLBACK, OidcPages
from vo_server.database import lasting_engine, uri_of
from vo_server.errors import OperationError
from vo_server.portal.service import PortalService
from vo_server.portal.store import PortalStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from schemas.arrow_session import ArrowDatabase
    from schemas.declaration import Catalogue
    from schemas.session import Caller
    from tap.admission import Admission
    from vo_server.config import Settings

_MISSION_PAPER = "https://doi.org/10.1051/978-2-7598-1876-1"
"""The CoRoT Legacy Book, cited for all its data."""

_REGISTERED_TYPES: Final = {"newest": ("timeseries", "light-curve"), "rofr": ()}
"""What registries are told that the data are; SSA's schema before 1.3 has no word for it."""

_LOG_INS: Final = 4
"""Connections that each process keeps to check passwords; tokens and sessions have their own."""

UDFS = (*adql.UDFS, *FUNCTIONS)
"""The user-defined functions queries may call."""


def reader_database(settings: Settings) -> ReaderDatabase:
    """Open the reader's transactions; one connection for each thread that answers."""
    engine = lasting_engine(settings, READER, pool_size=settings.threads - settings.waiters)
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


def live_catalogue(settings: Settings) -> LiveCatalogue:
    """Follow the published tables; that the database can be asked is seen at once."""
    live = LiveCatalogue(uri_of(settings, READER), CATALOGUE)
    live()
    return live


def tap_limits(settings: Settings) -> Callable[[Caller], TapLimits]:
    """Give what decides the limits of a caller: those of their tier."""
    made = {str(tier): _limits_of_tier(settings, tier) for tier in Tier}
    return lambda caller: made[caller.tier]


def job_limits(settings: Settings) -> Callable[[Caller], JobLimits]:
    """Give what decides the limits of a caller's jobs: those of their tier."""
    made = {str(tier): _job_limits_of_tier(settings, tier) for tier in Tier}
    return lambda caller: made[caller.tier]


def _job_limits_of_tier(settings: Settings, tier: Tier) -> JobLimits:
    theirs, own = settings.of_tier(tier), settings.tiers.get(tier)
    counted = tier is not Tier.PUBLIC or (own is not None and own.async_person_jobs is not None)
    bounded = tier is not Tier.PUBLIC or (own is not None and own.async_person_bytes is not None)
    return JobLimits(
        duration=theirs.async_timeout,
        hard_duration=theirs.async_hard_timeout,
        retention=theirs.async_retention,
        hard_retention=theirs.async_hard_retention,
        answer_bytes=theirs.async_answer_bytes,
        kept_bytes=theirs.async_person_bytes if bounded else None,
        running=theirs.async_person_jobs if counted else None,
    )


def _limits_of_tier(settings: Settings, tier: Tier) -> TapLimits:
    theirs, own = settings.of_tier(tier), settings.tiers.get(tier)
    # The public are many, who cannot be told apart.
    counted = tier is not Tier.PUBLIC or (own is not None and own.person_queries is not None)
    return TapLimits(
        default_rows=theirs.default_maxrec,
        hard_rows=theirs.hard_maxrec,
        execution=theirs.sync_timeout,
        total=theirs.sync_total,
        answer_bytes=theirs.answer_bytes,
        stall=theirs.stall_timeout,
        jobs=_job_limits_of_tier(settings, tier),
        uploads=UploadLimits(theirs.upload_rows, theirs.upload_bytes),
        queries=theirs.person_queries if counted else None,
    )


def person_places(settings: Settings) -> PersonPlaces:
    """Count what each person runs, together with the other processes of this host.

    Raises
    ------
    OperationError
        If the folder for it cannot be made.
    """
    try:
        return PersonPlaces(settings.run / "queries")
    except OSError as error:
        raise OperationError(
            f"cannot make the folder {settings.run}: {error.strerror}; set VO_RUN_DIR"
        ) from error


def tap_service(
    settings: Settings,
    database: ArrowDatabase,
    backend: str,
    admission: Admission | None = None,
) -> TapService:
    """Put the TAP service together; absent ``admission`` is that of a web process."""
    return TapService(
        live_catalogue(settings),
        QueryStore(database),
        settings.identity,
        limits=tap_limits(settings),
        backend=backend,
        udfs=UDFS,
        citation=_MISSION_PAPER,
        examples=EXAMPLES,
        admission=admission or ProcessAdmission(settings.queries, person_places(settings)),
        security=SECURITY_METHODS,
        uploads=UploadService(upload_fetcher(settings)),
    )


def tap_metadata(settings: Settings, catalogue: Callable[[], Catalogue]) -> ServiceMetadata:
    """Describe the TAP service without running it, as it describes itself."""
    identity = settings.identity
    return ServiceMetadata(
        catalogue,
        identity.url("tap"),
        adql_language(identity.authority, UDFS),
        has_examples=bool(EXAMPLES),
        security=SECURITY_METHODS,
    )


def upload_fetcher(settings: Settings) -> Fetcher:
    """Put together what fetches uploaded tables from URLs."""
    allowed = [ip_network(network) for network in settings.upload_networks.split()]
    return Fetcher(settings.upload_timeout, allowed)


def identifier(settings: Settings, app: Engine) -> Identifier:
    """Put together what tells who makes a request, on an engine of ``vo_app``."""
    proxies = Proxies(settings.trusted_proxies.split())
    return Identifier(
        LoginService(
            lasting_engine(settings, APP, pool_size=_LOG_INS, autocommit=True),
            uri_of(settings, APP),
            idle=settings.session_idle,
        ),
        SessionService(app, settings.session_lifetime, idle=settings.session_idle),
        proxies,
        settings.identity,
        settings.publisher,
    )


def mail_server(settings: Settings) -> MailServer | None:
    """Put together what takes mail; None where nothing is mailed."""
    if settings.smtp_host is None or settings.mail_from is None:
        return None
    password = settings.smtp_password
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=None if password is None else password.get_secret_value(),
        sender=settings.mail_from,
        publisher=settings.publisher,
    )


def link_service(settings: Settings, app: Engine) -> LinkService:
    """Put the links that work once together, on an engine of ``vo_app``."""
    return LinkService(
        app, settings.identity, mail_server(settings), open_to_all=settings.self_registration
    )


def account_services(settings: Settings, app: Engine, known: Identifier) -> AccountServices:
    """Put together what pages and the JSON API need, on an engine of ``vo_app``."""
    return AccountServices(
        accounts=AccountService(app),
        audit=AuditService(app),
        grants=grant_service(app),
        identities=IdentityService(app),
        links=link_service(settings, app),
        logins=known.service,
        sessions=known.sessions,
        tokens=TokenService(app),
    )


def oidc_pages(settings: Settings, app: Engine, known: Identifier) -> OidcPages | None:
    """Put logging in by OpenID Connect together, on an engine of ``vo_app``; None without it."""
    if settings.oidc is None:
        return None
    provider = Provider(settings.oidc, settings.identity.url(CALLBACK))
    return OidcPages(provider, OidcService(app, settings.oidc), known)


def grant_service(app: Engine) -> GrantService:
    """Put the grants together, on an engine of ``vo_app``."""
    return GrantService(app, [run.code for run in load_runs()])


def app_engine(settings: Settings) -> Engine:
    """Make the engine of ``vo_app``; its statements are short, so that few connections do."""
    return lasting_engine(settings, APP, pool_size=settings.threads - settings.waiters)


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
        # The Registry of Registries checks with a schema that does not know the element.
        registered_types=("timeseries", "light-curve")
        if settings.registry_schemas == "newest"
        else (),
    )
    store = ObsCoreStore(OBSCORE, holdings, geometry_backend(database))
    return SsaService(
        database,
        store,
        holdings,
        ssa_limits(settings),
        security=SECURITY_METHODS,
        people=person_places(settings),
    )


def ssa_limits(settings: Settings) -> Callable[[Caller], Limits]:
    """Give what decides the limits of a caller's searches: those of their queries."""
    limits_of = tap_limits(settings)

    def limits(caller: Caller) -> Limits:
        theirs = limits_of(caller)
        return Limits(
            default_maxrec=theirs.default_rows,
            maxrec=theirs.hard_rows,
            timeout=theirs.execution,
            queries=theirs.queries,
        )

    return limits


def download_service(settings: Settings, database: ReaderDatabase) -> DownloadService:
    """Put the downloads together."""
    return DownloadService(
        database, DownloadStore(), settings.store, contact=settings.contact or settings.publisher
    )


def download_quota(settings: Settings, app: Engine) -> DownloadQuota:
    """Put together what counts downloads, on an engine of ``vo_app``."""
    made = {
        str(tier): DailyLimits(theirs.daily_files, theirs.daily_bytes)
        for tier in Tier
        for theirs in (settings.of_tier(tier),)
    }
    return DownloadQuota(app, lambda caller: made[caller.tier])


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


def withdrawal_service(owner: Engine) -> WithdrawalService:
    """Put the withdrawing of products together, on an engine of ``vo_owner``."""
    return WithdrawalService(WithdrawalStore(owner))


def publish_service(owner: Engine) -> PublishService:
    """Put the publishing of further tables together, on an engine of ``vo_owner``."""
    return PublishService(PublishStore(owner, CATALOGUE))
