"""What tokens and sessions tell of their account is what the account is, whoever changes it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import exc, text

from schemas.engine import OWNER
from schemas.migrate import upgrade
from tests.support.older import older_database
from vo_server.auth.account_service import AccountService
from vo_server.auth.login_service import WrongCredentialsError
from vo_server.auth.model import Account
from vo_server.auth.secrets import digest
from vo_server.auth.session_service import SessionService
from vo_server.auth.session_store import Client
from vo_server.auth.token_service import TokenService

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

    from tests.support.databases import DatabaseMaker
    from vo_server.auth.login_service import LoginService
    from vo_server.config import Settings

DAY = timedelta(days=1)

COPIES = text(
    "SELECT DISTINCT coalesce(t.profile, a.profile) = a.profile AND a.groups = ARRAY("
    "SELECT group_name FROM auth.members m WHERE m.account = a.name ORDER BY 1)"
    " FROM auth.accounts a LEFT JOIN"
    " (SELECT account, profile FROM auth.tokens"
    " UNION ALL SELECT account, profile FROM auth.sessions) t ON t.account = a.name"
)


@pytest.fixture
def changeable(app_engine: Engine) -> Iterator[str]:
    """Name of an account that is put back as it was."""
    accounts = AccountService(app_engine)
    with suppress(exc.IntegrityError), app_engine.begin() as connection:
        connection.execute(text("INSERT INTO auth.accounts (name) VALUES ('changeable')"))
    yield "changeable"
    with accounts.changing("changeable", "test") as changes:
        changes.groups([])
        changes.describe("", None)
    accounts.set_disabled("changeable", "test", disabled=False)


def token(engine: Engine, name: str) -> str:
    until = datetime.now(UTC).replace(tzinfo=None) + DAY
    return TokenService(engine).make(Account(name), "t", ["query"], until, "test")[1]


def session(engine: Engine, name: str) -> str:
    return SessionService(engine, DAY, idle=DAY).open(Account(name), Client())


def ways(engine: Engine, log_ins: LoginService, name: str) -> list[Callable[[], Account]]:
    """Prove to be an account by a token and by a session that were made before."""
    made, cookie = token(engine, name), session(engine, name)
    return [
        lambda: log_ins.by_token(made).account,
        lambda: log_ins.by_session(cookie).account,
    ]


def test_each_change_counts_at_once(
    app_engine: Engine, log_ins: LoginService, changeable: str
) -> None:
    proofs = ways(app_engine, log_ins, changeable)
    accounts = AccountService(app_engine)

    def found() -> Account:
        first, second = (proof() for proof in proofs)
        assert first == second == accounts.find(changeable)
        return first

    assert found().groups == frozenset()
    for groups in ({"guest", "coi"}, {"coi"}, {"n1", "alert"}, set[str]()):
        with accounts.changing(changeable, "test") as changes:
            changes.groups(groups)
        assert found().groups == groups
    with accounts.changing(changeable, "test") as changes:
        changes.describe('Ann {O\'Neil}, "NULL"', "ann@example.org")
    assert (found().full_name, found().email) == ('Ann {O\'Neil}, "NULL"', "ann@example.org")
    accounts.set_disabled(changeable, "test", disabled=True)
    for proof in proofs:
        with pytest.raises(WrongCredentialsError):
            proof()
    accounts.set_disabled(changeable, "test", disabled=False)
    by_token, by_session = proofs
    assert by_token().disabled_at is None
    with pytest.raises(WrongCredentialsError):
        by_session()


@pytest.mark.parametrize(
    "statement",
    [
        (
            "INSERT INTO auth.sessions (digest, account, expires_at, profile)"
            " VALUES ('x', :name, now(), '{enabled,Eve,NULL,admin}')"
        ),
        "UPDATE auth.sessions SET profile = profile || '{admin}' WHERE account = :name",
        "UPDATE auth.tokens SET profile = '{enabled,Eve,NULL,admin}' WHERE account = :name",
        "UPDATE auth.tokens SET account = 'admin1' WHERE account = :name",
        "UPDATE auth.accounts SET groups = '{admin}' WHERE name = :name",
        "INSERT INTO auth.accounts (name, groups) VALUES ('forged', '{admin}')",
        "UPDATE auth.members SET account = 'reg' WHERE account = :name",
    ],
)
def test_whatever_is_written_a_copy_is_a_copy(
    app_engine: Engine, changeable: str, statement: str
) -> None:
    session(app_engine, changeable)
    token(app_engine, changeable)
    AccountService(app_engine).join(changeable, "guest", "test")
    with app_engine.connect() as app:
        app.execute(text(statement), {"name": changeable})
        assert app.scalars(COPIES).all() == [True]
        ungrouped = "SELECT groups FROM auth.accounts WHERE 'admin' = ANY (groups)"
        assert app.scalars(text(f"{ungrouped} AND name NOT IN ('admin1', 'disabled')")).all() == []
        app.rollback()


def test_who_empties_the_groups_leaves_nobody_in_one(
    app_engine: Engine, make_database: DatabaseMaker, people: Settings, changeable: str
) -> None:
    session(app_engine, changeable)
    with make_database.engine(people, OWNER).connect() as owner:
        owner.execute(text("INSERT INTO auth.members VALUES (:name, 'coi')"), {"name": changeable})
        owner.execute(text("TRUNCATE auth.members"))
        assert owner.scalars(COPIES).all() == [True]
        owner.rollback()


def test_nobody_has_a_session_without_an_account(app_engine: Engine) -> None:
    orphan = "INSERT INTO auth.sessions (digest, account, expires_at) VALUES ('x', 'nobody', now())"
    with pytest.raises(exc.IntegrityError), app_engine.begin() as app:
        app.execute(text(orphan))


def test_changes_at_once_wait_for_each_other(app_engine: Engine, changeable: str) -> None:
    accounts = AccountService(app_engine)
    groups = ("guest", "coi", "n1", "alert")

    def change(number: int) -> None:
        group = groups[number % 4]
        for turn in range(6):
            session(app_engine, changeable)
            with app_engine.begin() as app:
                app.execute(
                    text("INSERT INTO auth.members VALUES (:name, :group) ON CONFLICT DO NOTHING"),
                    {"name": changeable, "group": group},
                )
            token(app_engine, changeable)
            with accounts.changing(changeable, "test") as changes:
                if turn % 2:
                    changes.describe(f"Number {number} of {turn}", None)
                for one in groups[number % 3 :: number % 2 or -1]:
                    changes.leave(one)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(change, range(8)))
    with app_engine.connect() as app:
        assert app.scalars(COPIES).all() == [True]


def test_sessions_that_are_over_are_forgotten_but_not_waited_for(
    app_engine: Engine, changeable: str
) -> None:
    kept = [digest(session(app_engine, changeable)) for _ in range(3)]
    held = text("SELECT digest FROM auth.sessions WHERE digest = ANY (:kept)")
    over = "UPDATE auth.sessions SET expires_at = '2000-01-01' WHERE digest = ANY (:kept)"
    with app_engine.begin() as app:
        app.execute(text(over), {"kept": kept[:2]})
    with app_engine.begin() as other:
        other.execute(text(f"{held.text} FOR UPDATE"), {"kept": kept[:1]})
        session(app_engine, changeable)
    with app_engine.connect() as app:
        found = [bytes(one) for one in app.scalars(held, {"kept": kept})]
    assert sorted(found) == sorted([kept[0], kept[2]])


_BEFORE = """
INSERT INTO auth.accounts (name, full_name, disabled_at)
VALUES ('ann', 'Ann', NULL), ('bob', '', now());
INSERT INTO auth.members VALUES ('ann', 'n1'), ('ann', 'coi');
INSERT INTO auth.tokens (token_id, digest, account, name, scopes, expires_at)
SELECT name, 'x', name, 't', '{query}', 'infinity' FROM auth.accounts;
INSERT INTO auth.sessions (digest, account, expires_at)
SELECT convert_to(name, 'UTF8'), name, 'infinity' FROM auth.accounts;
"""


def test_an_upgrade_tells_tokens_and_sessions_of_their_account(
    make_database: DatabaseMaker,
) -> None:
    settings = older_database(make_database, "profiles_before", "0018")
    engine = make_database.engine(settings, OWNER)
    with engine.begin() as owner:
        owner.execute(text(_BEFORE))
    upgrade(engine)
    with engine.connect() as owner:
        assert owner.scalars(COPIES).all() == [True]
        for table in ("tokens", "sessions"):
            found = text(f"SELECT profile FROM auth.{table} ORDER BY account")
            assert owner.scalars(found).all() == [
                ["enabled", "Ann", None, "coi", "n1"],
                ["disabled", "", None],
            ]
