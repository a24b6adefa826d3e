"""A partner's database reads ours from afar, and sees what the public sees.

The partner's database stands for that of a DaCHS: it has the roles of one, and
the views that DaCHS makes as the descriptor says.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

import pytest
from lxml import etree
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from schemas import migrate
from schemas.engine import OWNER, READER
from schemas.facts import differences
from schemas.partners import partner_sql
from tests.federation.recipe import blocks, rewritten
from tests.federation.test_descriptor import FOLDER, SERVED
from tests.rights.world import KINDS, RIGHTS, kinds_in, populate
from tests.support.server import VO_SERVER, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

LOGIN: Final = "vo_partner_heidelberg"
PASSWORD: Final = "theirs alone"

PUBLIC: Final = RIGHTS[""]


@pytest.fixture(scope="module")
def origin(make_database: DatabaseMaker) -> Settings:
    """Settings of a database with products of every kind, and a login for a partner."""
    settings = make_database("origin", migrate=True)
    with make_database.engine(settings, OWNER).begin() as owner:
        populate(owner, settings.store)
    made = subprocess.run(
        [VO_SERVER, "db", "partner", "heidelberg"],
        env=environment(settings, VO_BASE_URL="https://vo.example.org"),
        capture_output=True,
        text=True,
        check=True,
    )
    with make_database.superuser("origin").begin() as superuser:
        # Twice, since it may be run again.
        for _ in range(2):
            superuser.exec_driver_sql(made.stdout.replace("%", "%%"))
        superuser.exec_driver_sql(f"ALTER ROLE {LOGIN} PASSWORD '{PASSWORD}'")
    return settings


@pytest.fixture(scope="module")
def login(origin: Settings) -> Iterator[Engine]:
    """Engine of the partner's login, straight into our database."""
    url = make_url(str(origin.database_url)).set(
        drivername="postgresql+psycopg2", username=LOGIN, password=PASSWORD
    )
    engine = create_engine(url, poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def site(make_database: DatabaseMaker, origin: Settings) -> Engine:
    """Engine of the superuser of a partner's database, set up as the page says."""
    make_database("site")
    superuser = make_database.superuser("site")
    url = make_url(str(origin.database_url))
    # On this machine there is a socket and no TLS.
    setup = rewritten(
        next(one for one in blocks("sql") if "postgres_fdw" in one),
        host="host '" + str(url.query["host"]) + "'",
        database=f"dbname '{url.database}'",
        tls="sslmode 'disable'",
        password=f"password '{PASSWORD}'",
    )
    with superuser.begin() as connection:
        for role in ("gavoadmin", "untrusted"):
            connection.exec_driver_sql(f"CREATE ROLE {role}")
        connection.exec_driver_sql("CREATE SCHEMA corot AUTHORIZATION gavoadmin")
        connection.exec_driver_sql(setup)
    with superuser.connect() as connection:
        # Twice, since it is done again when columns have changed; it is a transaction itself.
        connection.execution_options(isolation_level="AUTOCOMMIT")
        for _ in range(2):
            connection.exec_driver_sql((FOLDER / "foreign_tables.sql").read_text("utf-8"))
    with superuser.begin() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE gavoadmin")
        _make_views(connection)
        connection.exec_driver_sql("GRANT USAGE ON SCHEMA corot TO untrusted")
        connection.exec_driver_sql("GRANT SELECT ON ALL TABLES IN SCHEMA corot TO untrusted")
    return superuser


def _make_views(connection: Connection) -> None:
    """Do what DaCHS does with the descriptor."""
    for table in etree.parse(FOLDER / "corot.rd").iterfind("table"):
        statement = str(table.findtext("viewStatement"))
        connection.exec_driver_sql(statement.replace("\\qName", f"corot.{table.get('id')}"))


def asked(site: Engine, query: str) -> list[tuple[object, ...]]:
    """Ask as DaCHS' TAP does."""
    with site.begin() as connection:
        connection.exec_driver_sql("SET LOCAL ROLE untrusted")
        return [tuple(row) for row in connection.execute(text(query))]


@pytest.mark.parametrize("table", ["products", "obscore", "stars"])
def test_rows_are_those_that_the_public_sees(site: Engine, table: str) -> None:
    rows = asked(site, f"SELECT * FROM corot.{table}")
    # Identifiers of stars have no zeros in front of them.
    assert kinds_in(str(rows)) == PUBLIC.sees
    (declared,) = (one for one in SERVED if one.local_name == table)
    assert all(len(row) == len(declared.columns) for row in rows)


def test_all_runs_are_there(site: Engine) -> None:
    assert asked(site, "SELECT count(*) FROM corot.runs") == [(26,)]


def test_what_is_computed_from_flux_is_null_where_the_data_are_not_public(site: Engine) -> None:
    flux_columns = "lc_mean_white, var_class1"
    rows = asked(site, f"SELECT corot_id, data_rights, {flux_columns} FROM corot.products")
    assert kinds_in(str([row for row in rows if row[2] is not None])) == PUBLIC.gets
    for _, rights, *flux in rows:
        assert flux == ([12345.0, "ECL"] if rights == "public" else [None, None])


def test_addresses_are_those_of_our_server(site: Engine) -> None:
    (row,) = asked(
        site,
        "SELECT obs_publisher_did, access_url FROM corot.obscore"
        f" WHERE obs_publisher_did LIKE '%{KINDS['released'].first}/%'",
    )
    assert str(row[0]).startswith("ivo://org.corot/lightcurves?")
    assert str(row[1]).startswith("https://vo.example.org/products/")


def test_what_is_released_appears_and_what_is_withdrawn_goes(
    site: Engine, make_database: DatabaseMaker, origin: Settings
) -> None:
    owner = make_database.engine(origin, OWNER)
    change = "UPDATE corot.product_listing SET {} WHERE corot_id = " + str(KINDS["n1"].first)
    query = f"SELECT var_class1 FROM corot.products WHERE corot_id = {KINDS['n1'].first}"
    with owner.begin() as connection:
        connection.exec_driver_sql(change.format("release_date = '2020-01-01'"))
    assert asked(site, query) == [("ECL",)]
    with owner.begin() as connection:
        connection.exec_driver_sql(change.format("withdrawn = true, withdrawn_reason = 'bad'"))
    assert asked(site, query) == []
    with owner.begin() as connection:
        connection.exec_driver_sql(
            change.format("withdrawn = false, withdrawn_reason = NULL, release_date = '2999-01-01'")
        )
    assert asked(site, query) == []


@pytest.mark.parametrize("name", ["staff1", "coi1", "nobody", ""])
def test_no_principal_of_a_partner_is_believed(login: Engine, name: str) -> None:
    with login.connect() as connection:
        connection.execute(text("SELECT set_config('vo.principal', :name, false)"), {"name": name})
        assert connection.scalar(text("SELECT vo.holders()")) == ["group:public"]
        rows = connection.execute(text("SELECT * FROM corot.product_listing")).all()
        assert kinds_in(str([row.corot_id for row in rows])) == PUBLIC.sees
        rows = connection.execute(text("SELECT * FROM corot.product_data")).all()
        assert kinds_in(str([row.corot_id for row in rows])) == PUBLIC.gets


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE vo_reader",
        "SET ROLE vo_owner",
        "SET SESSION AUTHORIZATION vo_reader",
        "SELECT * FROM vo.stored_files",
        "SELECT * FROM vo.listed_files",
        "SELECT * FROM ingest.deliveries",
        "SELECT * FROM auth.accounts",
        "SELECT auth.rights_of('staff1')",
        "SELECT * FROM uws.jobs",
        "SELECT * FROM registry.records",
        "SET transaction_read_only = off; UPDATE corot.runs SET run_type = 'short'",
        "SET transaction_read_only = off; CREATE TEMPORARY TABLE t (x int)",
        "SET transaction_read_only = off; CREATE TABLE public.t (x int)",
        "COPY corot.runs TO '/tmp/runs'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_a_partner_may_do_nothing_else(login: Engine, statement: str) -> None:
    with (
        login.connect() as connection,
        pytest.raises(DBAPIError, match="permission denied"),
    ):
        connection.exec_driver_sql(statement)


def test_the_database_is_still_as_declared(make_database: DatabaseMaker, origin: Settings) -> None:
    with make_database.engine(origin, READER).connect() as connection:
        assert differences(connection) == []


@pytest.mark.usefixtures("origin")
def test_a_partner_that_got_more_is_told_of(make_database: DatabaseMaker) -> None:
    with make_database.superuser("origin").connect() as connection:
        connection.exec_driver_sql(f"GRANT vo_reader TO {LOGIN}")
        assert differences(connection) == [f"unexpected: member {LOGIN} of vo_reader"]


def test_a_login_can_be_taken_back(make_database: DatabaseMaker, origin: Settings) -> None:
    script = partner_sql("leiden", origin.identity, connections=1, timeout=origin.sync_timeout)
    with make_database.superuser("origin").begin() as superuser:
        superuser.exec_driver_sql(script.replace("%", "%%"))
        superuser.exec_driver_sql("DROP ROLE vo_partner_leiden")


@pytest.mark.parametrize("name", ["", "Upper", "1st", "a;b", "a b", 'a"b', "x" * 41])
def test_a_name_that_is_no_name_is_refused(origin: Settings, name: str) -> None:
    with pytest.raises(ValueError, match="take lower-case letters"):
        partner_sql(name, origin.identity, connections=1, timeout=origin.sync_timeout)


def test_the_command_says_what_is_wrong_with_a_name(origin: Settings) -> None:
    done = subprocess.run(
        [VO_SERVER, "db", "partner", "a;b"],
        env=environment(origin),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: 'a;b' is no name for a partner: take lower-case letters")


def test_an_older_bootstrap_is_to_be_run_again(
    make_database: DatabaseMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_database("bootstrapped")
    monkeypatch.setattr(migrate, "PARTNER", "vo_unknown")
    with pytest.raises(migrate.NotBootstrappedError, match="psql again"):
        migrate.upgrade(make_database.engine(settings, OWNER))
