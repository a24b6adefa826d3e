"""A job's result is read only while all the rights hold that it was made under."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from requests import Session
from sqlalchemy import text

from schemas.engine import APP, OWNER
from tests.rights.world import KINDS, kinds_in
from tests.support.accounts import insert_account, insert_grant
from tests.tap.answers import statuses
from vo_server.auth.account_service import AccountService
from vo_server.auth.grant_service import GrantService
from vo_server.auth.token_service import TokenService

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import Response
    from sqlalchemy import Engine

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

_MINE = "(SELECT grant_id FROM auth.grants WHERE account = 'temp')"
_GONE = (
    f"DELETE FROM auth.grant_stars WHERE grant_id IN {_MINE}",
    "DELETE FROM auth.grants WHERE account = 'temp'",
    "DELETE FROM auth.tokens WHERE account = 'temp'",
    "DELETE FROM auth.members WHERE account = 'temp'",
    "DELETE FROM auth.accounts WHERE name = 'temp'",
)
_FLUX = "SELECT publisher_did FROM corot.products WHERE lc_mean_white IS NOT NULL"


@pytest.fixture
def owner(make_database: DatabaseMaker, world: Settings) -> Engine:
    return make_database.engine(world, OWNER)


@pytest.fixture
def app(make_database: DatabaseMaker, world: Settings) -> Engine:
    return make_database.engine(world, APP)


@pytest.fixture
def person(owner: Engine, app: Engine) -> Iterator[Session]:
    """Somebody called temp, of the alert team and granted the stars of the kind star."""
    with owner.begin() as connection:
        insert_account(connection, "temp", "alert")
        insert_grant(connection, account="temp", stars=[KINDS["star"].first])
    until = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)
    account = AccountService(app).find("temp")
    _, token = TokenService(app).make(account, "test", ["query"], until, "test")
    try:
        with Session() as session:
            session.headers["Authorization"] = f"Bearer {token}"
            yield session
    finally:
        with owner.begin() as connection:
            for statement in _GONE:
                connection.execute(text(statement))


def result_of(session: Session, url: str, query: str = _FLUX) -> str:
    """Run a job; give the URL of its result."""
    form = {"LANG": "ADQL", "QUERY": query, "RESPONSEFORMAT": "csv", "PHASE": "RUN"}
    made = session.post(f"{url}/tap/async", form, timeout=60, allow_redirects=False)
    job = made.headers["Location"]
    deadline = time.monotonic() + 60
    while session.get(f"{job}/phase", timeout=60).text != "COMPLETED":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return f"{job}/results/result"


def assert_forbidden(answer: Response) -> None:
    assert answer.status_code == 403
    assert not {"ETag", "Accept-Ranges"} & answer.headers.keys()
    assert not kinds_in(answer.text)
    if answer.request.method == "GET":
        assert answer.headers["Content-Type"] == "application/x-votable+xml"
        [(value, told)] = statuses(answer.content)
        assert value == "ERROR"
        assert "Make the job again" in told
        assert "or ask CoRoT Data Centre" in told


def test_a_revoked_grant_takes_its_results_with_it(
    world_url: str, owner: Engine, app: Engine, person: Session
) -> None:
    result = result_of(person, world_url)
    whole = person.get(result)
    assert kinds_in(whole.text) == {"released", "star", "alert"}
    assert whole.headers["Cache-Control"] == "private, no-cache"
    grants = GrantService(app, ["IRa01"])
    (number,) = (one.grant_id for one in grants.grants() if one.holder == "account:temp")
    grants.revoke(number, "test")

    assert_forbidden(person.get(result))
    assert_forbidden(person.head(result))
    assert_forbidden(person.get(result, headers={"Range": "bytes=0-3"}))
    assert_forbidden(person.get(result, headers={"If-None-Match": whole.headers["ETag"]}))
    with owner.begin() as connection:
        insert_grant(connection, account="temp", stars=[KINDS["star"].first])
    assert_forbidden(person.get(result))  # it is another grant
    assert kinds_in(person.get(result_of(person, world_url)).text) == {"released", "star", "alert"}


def test_a_grant_that_ends_by_itself_does_too(
    world_url: str, owner: Engine, person: Session
) -> None:
    end = datetime.now(UTC) + timedelta(seconds=3)
    with owner.begin() as connection:
        insert_grant(
            connection,
            account="temp",
            run_code="LRc01",
            valid_until=end.replace(tzinfo=None),
        )
    result = result_of(person, world_url)
    assert "run" in kinds_in(person.get(result).text)
    assert datetime.now(UTC) < end, "the machine is too slow for this test"
    time.sleep((end - datetime.now(UTC)).total_seconds() + 0.01)
    assert_forbidden(person.get(result))


def test_who_left_a_group_reads_no_result_of_before(
    world_url: str, app: Engine, person: Session
) -> None:
    result = result_of(person, world_url)
    accounts = AccountService(app)
    accounts.leave("temp", "alert", "test")
    assert_forbidden(person.get(result))
    accounts.join("temp", "alert", "test")
    assert person.get(result).status_code == 200


def test_a_disabled_account_reads_nothing(world_url: str, app: Engine, person: Session) -> None:
    result = result_of(person, world_url)
    accounts = AccountService(app)
    accounts.set_disabled("temp", "test", disabled=True)
    assert person.get(result).status_code == 401
    accounts.set_disabled("temp", "test", disabled=False)
    assert person.get(result).status_code == 200


def test_more_rights_and_another_password_take_nothing_away(
    world_url: str, owner: Engine, app: Engine, person: Session
) -> None:
    result = result_of(person, world_url)
    with owner.begin() as connection:
        insert_grant(connection, account="temp", run_code="LRc01")
    AccountService(app).set_password("temp", "correct horse battery", "test")
    assert person.get(result).status_code == 200


def test_a_level_that_is_listed_no_more_closes_the_publics_results(
    world_url: str, app: Engine
) -> None:
    with Session() as session:
        result = result_of(session, world_url, "SELECT publisher_did FROM corot.products")
        grants = GrantService(app, [])
        grants.set_listed("N2", "test", listed=False)
        try:
            assert_forbidden(session.get(result))
        finally:
            grants.set_listed("N2", "test", listed=True)
        assert "proprietary" in kinds_in(session.get(result).text)


def test_the_jobs_of_the_public_are_whose_url_it_is(
    world_url: str, sessions: dict[str, Session]
) -> None:
    result = result_of(sessions[""], world_url)
    job = result.removesuffix("/results/result")
    assert len(job.rpartition("/")[2]) == 32  # 128 random bits
    assert sessions["reg"].get(result).status_code == 200
    assert job.rpartition("/")[2] not in sessions[""].get(f"{world_url}/tap/async").text
