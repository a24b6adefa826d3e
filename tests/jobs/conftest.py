from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import requests
from sqlalchemy import text

from schemas.engine import APP
from schemas.session import Caller
from tap.jobs.news import PhaseNews
from tap.jobs.progress import JobProgress
from tap.jobs.queue import JobQueue
from tap.jobs.runner import JobRunner
from tap.jobs.service import JobService
from tap.jobs.storage import JobStorage
from tap.jobs.store import JobStore
from tap.jobs.upkeep import JobUpkeep
from tap.jobs.waiting import JobWaiters
from tap.uws.limits import JobLimits
from tests.jobs.client import JobClient
from tests.jobs.parts import SILENCE, Parts
from tests.support.server import running_server, running_worker
from vo_server import wiring
from vo_server.auth.account_service import AccountService
from vo_server.auth.model import Account
from vo_server.auth.scopes import SCOPES
from vo_server.auth.token_service import TokenService
from vo_server.database import arrow_database, uri_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tap.service import TapService
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings


@pytest.fixture(scope="session")
def jobs_settings(make_database: DatabaseMaker) -> Settings:
    """Settings of a database without products, for jobs."""
    settings = make_database("jobs", migrate=True)
    changes = {"async_silence": timedelta(seconds=2), "upload_networks": "127.0.0.1"}
    return settings.model_copy(update=changes)


@pytest.fixture(scope="session")
def jobs_url(jobs_settings: Settings) -> Iterator[str]:
    """Base URL of a server process with a worker."""
    with running_worker(jobs_settings), running_server(jobs_settings) as url:
        yield f"{url}/tap"


@pytest.fixture
def jobs(jobs_url: str) -> Iterator[JobClient]:
    """Speak to the service about jobs."""
    with requests.Session() as session:
        yield JobClient(f"{jobs_url}/async", session)


@pytest.fixture(scope="session")
def tokens(make_database: DatabaseMaker, jobs_settings: Settings) -> dict[str, str]:
    """A token of each of two people."""
    app = make_database.engine(jobs_settings, APP)
    accounts, service = AccountService(app), TokenService(app)
    until = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)
    made = {}
    for name in ("alice", "bob"):
        accounts.add(Account(name), None, "test")
        made[name] = service.make(accounts.find(name), "test", SCOPES, until, "test")[1]
    return made


def _client_of(jobs_url: str, token: str) -> Iterator[JobClient]:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        yield JobClient(f"{jobs_url}/async", session)


@pytest.fixture
def alice(jobs_url: str, tokens: dict[str, str]) -> Iterator[JobClient]:
    """Speak to the service as alice, who has no jobs yet."""
    for client in _client_of(jobs_url, tokens["alice"]):
        yield client
        for reference in client.document(client.url):
            client.session.delete(f"{client.url}/{reference.get('id')}", allow_redirects=False)


@pytest.fixture
def bob(jobs_url: str, tokens: dict[str, str]) -> Iterator[JobClient]:
    """Speak to the service as bob."""
    yield from _client_of(jobs_url, tokens["bob"])


@pytest.fixture(scope="session")
def parts_settings(make_database: DatabaseMaker) -> Settings:
    return make_database("job-parts", migrate=True)


@pytest.fixture(scope="session")
def parts_tap(parts_settings: Settings) -> Iterator[TapService]:
    database = arrow_database(parts_settings)
    backend = wiring.geometry_backend(wiring.reader_database(parts_settings))
    yield wiring.tap_service(parts_settings, database, backend)
    database.close()


@pytest.fixture
def parts(
    make_database: DatabaseMaker, parts_settings: Settings, parts_tap: TapService, tmp_path: Path
) -> Iterator[Parts]:
    """Everything there is, without processes; its files are in ``tmp_path``."""
    storage = JobStorage(tmp_path.as_uri())
    engine = make_database.engine(parts_settings, APP)
    queue = JobQueue(engine)
    news = PhaseNews(uri_of(parts_settings, APP))
    store, progress = JobStore(engine, queue), JobProgress(engine, queue)
    limits = JobLimits(running=2)

    def make_runner(short: timedelta = timedelta(seconds=30)) -> JobRunner:
        return JobRunner(
            progress,
            storage,
            news,
            parts_tap,
            caller_of=Caller,
            limits_of=lambda _: limits,
            short=short,
        )

    yield Parts(
        engine,
        storage,
        store,
        progress,
        JobService(store, storage, JobWaiters(news, 2), lambda _: limits, contact="the curator"),
        JobUpkeep(engine, queue, storage, lambda _: limits, SILENCE),
        make_runner,
    )
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM uws.jobs"))
        connection.execute(text("DELETE FROM queue.procrastinate_jobs"))
        connection.execute(text("DELETE FROM queue.procrastinate_workers"))
