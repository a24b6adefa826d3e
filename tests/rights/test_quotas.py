"""What each tier may use, and the 429 for who has used it up."""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree
from sqlalchemy import text

from schemas.engine import APP, OWNER
from schemas.session import Caller
from ssa.download_quota import DailyLimits, DownloadQuota
from tap.errors import QuotaError
from tests.jobs.client import SLOW
from tests.rights.jobs import ALL, Jobs, name_of
from tests.rights.world import KINDS, address, content, populate, tokens
from tests.support.server import running_worker
from tests.support.validity import assert_valid_xml
from vo_server.app import create_app
from vo_server.auth.tiers import Tier
from vo_server.config import TierSettings
from vo_server.wiring import person_places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient
    from sqlalchemy import Engine
    from werkzeug.test import TestResponse

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

    Get = Callable[..., TestResponse]

SIZE = len(content("released"))
TIERS = {
    Tier.REGISTERED: TierSettings(
        daily_files=3,
        default_maxrec=4,
        hard_maxrec=5,
        person_queries=1,
        upload_rows=1,
        async_person_bytes=780,
    ),
    Tier.GUEST: TierSettings(daily_files=100, daily_bytes=3 * SIZE),
    Tier.ALERT: TierSettings(
        sync_timeout=timedelta(seconds=1),
        upload_rows=100,
        upload_bytes=100,
        hard_maxrec=10**6,
        answer_bytes=200_000,
        async_answer_bytes=200_000,
        async_timeout=timedelta(seconds=5),
        async_hard_timeout=timedelta(seconds=10),
        async_retention=timedelta(hours=1),
        async_hard_retention=timedelta(hours=2),
        async_person_bytes=10**9,
        async_person_jobs=1,
        person_queries=9,
    ),
    Tier.STAFF: TierSettings(
        daily_files=100, async_person_bytes=10**9, hard_maxrec=10**6, upload_rows=100
    ),
    Tier.PUBLIC: TierSettings(daily_files=2),
}


@pytest.fixture(scope="module")
def settings(make_database: DatabaseMaker) -> Settings:
    made = make_database("quotas", migrate=True)
    with make_database.engine(made, OWNER).begin() as owner:
        populate(owner, made.store)
    return made.model_copy(update={"tiers": TIERS})


@pytest.fixture(scope="module")
def app_engine(make_database: DatabaseMaker, settings: Settings) -> Engine:
    return make_database.engine(settings, APP)


@pytest.fixture(scope="module")
def headers(app_engine: Engine) -> dict[str, dict[str, str]]:
    made = {name: {"Authorization": f"Bearer {t}"} for name, t in tokens(app_engine).items()}
    return made | {"": {}}


@pytest.fixture
def client(settings: Settings, app_engine: Engine) -> Iterator[FlaskClient]:
    app = create_app(settings.model_copy(update={"owner_password": None}))
    yield app.test_client()
    with app_engine.begin() as connection:
        connection.execute(text("DELETE FROM auth.downloads"))
        connection.execute(text("DELETE FROM uws.jobs"))


@pytest.fixture
def get(client: FlaskClient, headers: dict[str, dict[str, str]]) -> Get:
    """Ask for the released product, or another path, as somebody."""

    def ask(
        caller: str, path: str = address("released"), *, at: str = "127.0.0.1", **more: str
    ) -> TestResponse:
        sent = headers[caller] | {name.replace("_", "-"): value for name, value in more.items()}
        return client.get(path, headers=sent, environ_base={"REMOTE_ADDR": at}, buffered=True)

    return ask


def assert_used_up(answer: TestResponse, words: str, seconds: int = 86_400) -> None:
    assert answer.status_code == 429
    assert words in answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= seconds
    assert "ETag" not in answer.headers


def test_so_many_files_a_day(get: Get) -> None:
    for _ in range(3):
        assert get("reg").status_code == 200
    assert_used_up(get("reg"), "3 files or")
    assert get("n1user").status_code == 200, "each person has their own"
    assert [get("staff1").status_code for _ in range(5)] == [200] * 5


def test_what_sends_no_file_costs_none(client: FlaskClient, get: Get) -> None:
    etag = get("").headers["ETag"]
    for _ in range(3):
        assert get("", If_None_Match=etag).status_code == 304
        assert client.head(address("released"), buffered=True).status_code == 200
        assert get("", address("proprietary")).status_code == 403
        assert get("", Range="bytes=4-").status_code == 206
    assert get("", Range="bytes=0-3").status_code == 206
    assert_used_up(get("", Range="bytes=0-3"), "who has not logged in")
    assert get("", Range="bytes=4-").status_code == 206, "a file that was begun can be ended"


def test_so_many_bytes_a_day(get: Get) -> None:
    assert get("guest1", Range="bytes=1-").status_code == 206
    for _ in range(3):
        assert get("guest1").status_code == 200
    assert_used_up(get("guest1"), f"{3 * SIZE} bytes a day")
    assert_used_up(get("guest1", Range="bytes=1-"), f"{3 * SIZE} bytes a day")


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"),
        ("::ffff:192.0.2.1", "192.0.2.1", "::ffff:192.0.2.2"),
    ],
)
def test_the_public_is_counted_by_address(get: Get, one: str, same: str, other: str) -> None:
    assert get("", at=one).status_code == get("", at=same).status_code == 200
    assert get("", at=one).status_code == get("", at=same).status_code == 429
    assert get("", at=other).status_code == 200


def test_a_new_day_begins_anew_and_forgets_the_old(get: Get, app_engine: Engine) -> None:
    for _ in range(4):
        last = get("reg")
    assert last.status_code == 429
    with app_engine.begin() as connection:
        connection.execute(text("UPDATE auth.downloads SET day = day - 1"))
    assert get("reg").status_code == 200
    with app_engine.connect() as connection:
        counts = connection.execute(text("SELECT subject, files, bytes FROM auth.downloads")).all()
    assert [tuple(row) for row in counts] == [("account:reg", 1, SIZE)]


def test_counts_hold_when_many_download_at_once(app_engine: Engine) -> None:
    quota = DownloadQuota(app_engine, lambda _: DailyLimits(7, 10**9))

    def spent(_: int) -> bool:
        try:
            quota.spend(Caller("many"), "", files=1, size=10)
        except QuotaError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(spent, range(24))) == 7


@pytest.mark.parametrize("path", ["/tap/sync?LANG=ADQL&FORMAT=csv&MAXREC=99&QUERY=" + ALL])
def test_so_many_rows(get: Get, path: str) -> None:
    assert get("reg", path).text.count("ivo://") == 5
    assert get("", path).text.count("ivo://") > 5
    assert get("", "/ssa?REQUEST=queryData&MAXREC=99").text.count("lightcurves?") > 5
    found = get("reg", "/ssa?REQUEST=queryData&MAXREC=99").text
    assert found.count("lightcurves?") == 5
    assert "OVERFLOW" in found
    told = get("reg", "/ssa/capabilities").text
    assert "<maxRecords>5</maxRecords>" in told
    assert "<defaultMaxRecords>4</defaultMaxRecords>" in told


def test_capabilities_tell_each_tier_its_own_limits(get: Get, settings: Settings) -> None:
    for caller, tier in (("", Tier.PUBLIC), ("reg", Tier.REGISTERED)):
        answer = get(caller, "/tap/capabilities")
        assert_valid_xml(answer.data)
        mine = settings.of_tier(tier)
        told = etree.fromstring(answer.data)[0]
        assert {
            kind: [int(limit.text or "") for limit in told.iterfind(f"{kind}/*")]
            for kind in ("outputLimit", "uploadLimit", "executionDuration", "retentionPeriod")
        } == {
            "outputLimit": [mine.default_maxrec, mine.hard_maxrec],
            "uploadLimit": [mine.upload_rows, mine.upload_bytes],
            "executionDuration": [
                mine.async_timeout.total_seconds(),
                mine.async_hard_timeout.total_seconds(),
            ],
            "retentionPeriod": [
                mine.async_retention.total_seconds(),
                mine.async_hard_retention.total_seconds(),
            ],
        }
    assert settings.of_tier(Tier.REGISTERED).hard_maxrec != settings.hard_maxrec


def test_so_many_queries_at_a_time(get: Get, settings: Settings) -> None:
    query = "/tap/sync?LANG=ADQL&QUERY=" + ALL
    search = "/ssa?REQUEST=queryData"
    with person_places(settings).taken("reg", 1):
        for path in (query, search):
            answer = get("reg", path)
            assert_used_up(answer, "You have 1 queries running", 60)
            assert_valid_xml(answer.data)
            assert get("n1user", path).status_code == 200
    assert get("reg", query).status_code == get("reg", search).status_code == 200


MANY = f"SELECT a.publisher_did FROM {', '.join(f'corot.products {letter}' for letter in 'abcd')}"


def test_so_long_a_query(get: Get, settings: Settings) -> None:
    answer = get("alert1", f"/tap/sync?LANG=ADQL&QUERY={SLOW}")
    assert_valid_xml(answer.data)
    assert "the limit of 1 s" in answer.text
    assert settings.of_tier(Tier.PUBLIC).sync_timeout > timedelta(seconds=1)


def test_so_many_bytes_of_an_answer(get: Get) -> None:
    path = f"/tap/sync?LANG=ADQL&FORMAT=votable/td&MAXREC=1000000&QUERY={MANY}"
    cut, whole = get("alert1", path), get("staff1", path)
    assert "OVERFLOW" in cut.text
    assert "200000 bytes" in cut.text
    assert "OVERFLOW" not in whole.text
    assert len(cut.data) < len(whole.data)


def test_so_many_bytes_uploaded(client: FlaskClient, headers: dict[str, dict[str, str]]) -> None:
    def uploaded(caller: str) -> TestResponse:
        form: dict[str, Any] = {
            "LANG": "ADQL", "QUERY": "SELECT a FROM TAP_UPLOAD.t", "UPLOAD": "t,param:f",
            "f": (io.BytesIO(b"a\n" + b"1\n" * 60), "t.csv", "text/csv"),
        }  # fmt: skip
        return client.post("/tap/sync", data=form, headers=headers[caller], buffered=True)

    assert uploaded("staff1").status_code == 200
    refused = uploaded("alert1")
    assert (refused.status_code, "100 bytes" in refused.text) == (413, True), refused.text


def test_so_many_rows_uploaded(client: FlaskClient, headers: dict[str, dict[str, str]]) -> None:
    def uploaded(caller: str) -> TestResponse:
        form: dict[str, Any] = {
            "LANG": "ADQL", "QUERY": "SELECT a FROM TAP_UPLOAD.t", "UPLOAD": "t,param:f",
            "f": (io.BytesIO(b"a\n1\n2\n"), "t.csv", "text/csv"),
        }  # fmt: skip
        return client.post("/tap/sync", data=form, headers=headers[caller], buffered=True)

    assert uploaded("").status_code == 200
    refused = uploaded("reg")
    assert (refused.status_code, "1 rows" in refused.text) == (413, True), refused.text


def test_so_long_a_job(
    client: FlaskClient, headers: dict[str, dict[str, str]], settings: Settings
) -> None:
    jobs = Jobs(client, headers["alert1"])
    usual = name_of(jobs.made())
    assert jobs.get(f"{usual}/executionduration") == "5"
    made, gone = (
        datetime.fromisoformat(client.get(
            f"/tap/async{usual}", headers=headers["alert1"]
        ).text.partition(f"<uws:{name}>")[2].partition("<")[0])
        for name in ("creationTime", "destruction")
    )  # fmt: skip
    assert gone - made == timedelta(hours=1)
    longer = name_of(jobs.made(SLOW, EXECUTIONDURATION="1000", DESTRUCTION="2999-01-01T00:00:00Z"))
    assert jobs.get(f"{longer}/executionduration") == "10"
    assert datetime.fromisoformat(jobs.get(f"{longer}/destruction")) < gone + timedelta(hours=2)
    told = client.get("/tap/capabilities", headers=headers["alert1"], buffered=True).text
    assert "<hard>10</hard>" in told
    assert "<hard>7200</hard>" in told
    with running_worker(settings):
        jobs.post(f"{longer}/executionduration", EXECUTIONDURATION="1")
        jobs.post(f"{longer}/phase", PHASE="RUN")
        assert jobs.end_of(longer) == "ERROR"
        assert "the limit of 1 s" in jobs.get(f"{longer}/error")
        phase, cut = jobs.ended(MANY, MAXREC="1000000")
        assert phase == "COMPLETED"
        assert len(jobs.get(f"{cut}/results/result")) < 400_000


def test_so_many_jobs_at_a_time(
    client: FlaskClient, headers: dict[str, dict[str, str]], settings: Settings
) -> None:
    jobs = Jobs(client, headers["alert1"])
    with running_worker(settings.model_copy(update={"async_short_places": 3})):
        running, waiting = (name_of(jobs.made(SLOW, PHASE="RUN")) for _ in range(2))
        # Another's job overtakes the second one: there was a place, but not for them.
        assert Jobs(client, headers["n1user"]).ended()[0] == "COMPLETED"
        assert jobs.get(f"{waiting}/phase") == "QUEUED"
        assert jobs.get(f"{running}/phase") == "EXECUTING"
        jobs.post(f"{running}/phase", PHASE="ABORT")
        deadline = time.monotonic() + 60
        while jobs.get(f"{waiting}/phase") != "EXECUTING":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        jobs.post(f"{waiting}/phase", PHASE="ABORT")


def parameters_of_jobs(app: Engine, caller: str) -> int:
    """Tell how many bytes the parameters of somebody's jobs take."""
    size = "SELECT coalesce(sum(pg_column_size(parameters)), 0) FROM uws.jobs WHERE owner = :caller"
    with app.connect() as connection:
        return int(connection.scalar(text(size), {"caller": caller}) or 0)


def test_jobs_keep_only_so_much(
    client: FlaskClient,
    headers: dict[str, dict[str, str]],
    settings: Settings,
    app_engine: Engine,
) -> None:
    jobs = Jobs(client, headers["reg"])
    one = f"{ALL} WHERE corot_id = {KINDS['released'].first}"
    with running_worker(settings):
        phase, first = jobs.ended()
        assert phase == "COMPLETED"
        assert 250 < len(jobs.get(f"{first}/results/result")) < 400
        phase, failed = jobs.ended()
        assert phase == "ERROR"
        assert "larger than what you may still keep" in jobs.get(f"{failed}/error")
        assert [path.name for path in (settings.data_dir / "jobs").glob(f"*{failed}/*")] == []
        assert jobs.ended(one)[0] == "COMPLETED", "there is room for a small one"
        assert Jobs(client, headers["n1user"]).ended()[0] == "COMPLETED"
        assert [Jobs(client, headers[""]).ended()[0] for _ in range(3)] == ["COMPLETED"] * 3

    pending = name_of(jobs.made())
    with app_engine.begin() as connection:
        connection.execute(text("UPDATE uws.results SET size = 1000"))
    week = 7 * 86_400
    kept = 2000 + parameters_of_jobs(app_engine, "reg")
    assert kept > 2400
    assert_used_up(jobs.made(), f"Your jobs keep {kept} bytes", week)
    assert_used_up(jobs.post(f"{pending}/phase", PHASE="RUN"), "of 780 that may be kept", week)
    for name in (first, pending):
        assert jobs.post(name, ACTION="DELETE").status_code == 303
    kept = 1000 + parameters_of_jobs(app_engine, "reg")
    assert_used_up(jobs.made(), f"Your jobs keep {kept} bytes", week)
    assert Jobs(client, headers["staff1"]).made().status_code == 303


def test_uploads_and_parameters_of_jobs_are_kept_too(
    client: FlaskClient, headers: dict[str, dict[str, str]], app_engine: Engine
) -> None:
    def made(caller: str, size: int) -> TestResponse:
        form: dict[str, Any] = {"UPLOAD": "t,param:f", "f": (io.BytesIO(b"1\n" * size), "t.csv")}
        return client.post("/tap/async", data=form, headers=headers[caller])

    path = name_of(made("reg", 400))
    kept = f"Your jobs keep {800 + parameters_of_jobs(app_engine, 'reg')} bytes"
    assert_used_up(made("reg", 1), kept, 7 * 86_400)
    form = {"UPLOAD": "u,param:g", "g": (io.BytesIO(b"1"), "t.csv")}
    more = client.post(f"/tap/async{path}/parameters", data=form, headers=headers["reg"])
    assert_used_up(more, kept, 7 * 86_400)
    # A parameter is kept in the database, as long as any upload.
    jobs = Jobs(client, headers["guest1"])
    first = name_of(jobs.made("SELECT 1 -- " + "".join(chr(33 + n * 7 % 90) for n in range(900))))
    kept = f"Your jobs keep {parameters_of_jobs(app_engine, 'guest1')} bytes"
    assert_used_up(jobs.made(), kept, 7 * 86_400)
    assert_used_up(jobs.post(f"{first}/parameters", QUERY="SELECT 2"), kept, 7 * 86_400)
