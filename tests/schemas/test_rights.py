"""What the three roles may do, and that the public sees no row or value that isn't its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from schemas.engine import APP, OWNER, READER
from schemas.migrate import upgrade
from schemas.session import Caller
from tests.support.older import older_database
from tests.support.rows import Products, insert_listing, insert_products

if TYPE_CHECKING:
    from schemas.session import ReaderDatabase
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

OPEN = Products(first=1_000, count=5)
PROPRIETARY = Products(first=2_000, count=3, release_date="2999-01-01", ra=110)
HIDDEN = Products(
    first=3_000, count=4, level="N1", version="N1-1.0", release_date="2999-01-01", ra=120
)
RELEASED_N1 = Products(first=4_000, count=2, level="N1", version="N1-1.0", ra=130)
OLDER = Products(first=1_000, count=5, version="N2-4.3")
NEWER_NOT_MINE = Products(
    first=1_000, count=2, level="N1", version="N1-9.0", release_date="2999-01-01"
)
BULK = Products(first=500_000, count=20_000, ra=280, dec=0)


@pytest.fixture(scope="module")
def rights(make_database: DatabaseMaker) -> Settings:
    settings = make_database("rights", migrate=True)
    with make_database.engine(settings, OWNER).begin() as owner:
        for products in (
            OPEN, PROPRIETARY, HIDDEN, RELEASED_N1, OLDER, NEWER_NOT_MINE, BULK,
        ):  # fmt: skip
            insert_products(owner, products)
        for table in ("product_listing", "product_data"):
            owner.execute(text(f"ANALYZE corot.{table}"))
    return settings


@pytest.fixture(scope="module")
def reader(make_database: DatabaseMaker, rights: Settings) -> ReaderDatabase:
    return make_database.reader(rights)


_OLD_DATA = text(
    "INSERT INTO corot.product_data (product_id, product_level, release_date, channel, run_code,"
    " corot_id, withdrawn, lc_mean_white, storage_path, media_type)"
    " SELECT product_id, product_level, release_date, channel, run_code, corot_id, withdrawn,"
    " product_id, key, 'application/fits' FROM corot.product_listing"
)
_ROWS = text(
    "SELECT to_jsonb(l) - '{open_from,level_id,window_id}'::text[] AS listing,"
    " to_jsonb(d) - '{open_from,level_id,window_id,product_level,release_date,channel,run_code,"
    "withdrawn}'::text[] AS data"
    " FROM corot.product_listing l LEFT JOIN corot.product_data d USING (product_id) ORDER BY 1"
)
_COPIED = text(
    "SELECT DISTINCT w.product_level, w.channel, w.run_code, l.product_level, d.open_from::text"
    " FROM corot.product_listing l"
    " JOIN corot.product_data d USING (product_id, open_from, corot_id, level_id, window_id)"
    " JOIN corot.windows w USING (window_id, level_id) ORDER BY 1, 5"
)


def test_an_upgrade_keeps_rows_and_who_sees_them(make_database: DatabaseMaker) -> None:
    settings = older_database(make_database, "rights_before", "0016")
    engine = make_database.engine(settings, OWNER)
    reader = make_database.reader(settings)
    with engine.begin() as owner:
        # As the first version of 0016 left it, whose policies wrote the key out.
        owner.execute(text("DROP FUNCTION vo.window_key(text, text, text) CASCADE"))
        owner.execute(
            text(
                "INSERT INTO corot.runs (run_code, run_type, direction, run_number)"
                " VALUES ('IRa01', 'IR', 'a', 1)"
            )
        )
        for products in (OPEN, PROPRIETARY, HIDDEN, OLDER):
            insert_listing(owner, products)
        owner.execute(_OLD_DATA)
        owner.execute(
            text(
                "UPDATE corot.product_listing SET withdrawn = true, withdrawn_reason = 'wrong'"
                " WHERE corot_id = 1001"
            )
        )
        before = owner.execute(_ROWS).all()
    upgrade(engine)
    with engine.connect() as owner:
        assert owner.execute(_ROWS).all() == before
        assert owner.execute(_COPIED).all() == [
            ("N1", "exoplanet", "IRa01", "N1", "2999-01-01 00:00:00"),
            ("N2", "exoplanet", "IRa01", "N2", "2010-01-01 00:00:00"),
            ("N2", "exoplanet", "IRa01", "N2", "2999-01-01 00:00:00"),
            ("N2", "exoplanet", "IRa01", "N2", "infinity"),
        ]
    seen = "SELECT count(*) FROM corot.product_listing"
    assert one(reader, seen) == 2 * OPEN.count - 2 + PROPRIETARY.count
    assert one(reader, seen.replace("listing", "data")) == 2 * OPEN.count - 2
    insert = Products(first=9_000, count=1)
    with engine.begin() as owner:
        insert_products(owner, insert)
    assert one(reader, f"{seen} WHERE corot_id = 9000") == 1


def one(reader: ReaderDatabase, query: str, caller: str = "") -> object:
    with reader.transaction(Caller(caller)) as connection:
        return connection.scalar(text(query))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM corot.products WHERE product_level = 'N1' AND release_date > now()",
        "SELECT count(*) FROM corot.product_listing WHERE corot_id BETWEEN 3000 AND 3999",
        "SELECT count(*) FROM corot.product_data WHERE open_from > now()",
        "SELECT count(*) FROM corot.stars WHERE corot_id BETWEEN 3000 AND 3999",
        "SELECT count(*) FROM ivoa.obscore WHERE s_ra BETWEEN 115 AND 125",
        "SELECT count(*) FROM vo.listed_files WHERE key LIKE '%/N1-9.0'",
        "SELECT count(*) FROM vo.stored_files WHERE key LIKE '%/N1-9.0'",
        "SELECT count(*) FROM corot.stars JOIN corot.products USING (ra) WHERE version='N1-9.0'",
        "SELECT count(ra) FROM corot.runs LEFT JOIN corot.products p ON p.corot_id = 3000",
        "SELECT count(*) WHERE EXISTS (SELECT FROM corot.product_listing WHERE version = 'N1-9.0')",
        "SELECT coalesce(max(corot_id), 0) / 3000 FROM corot.products WHERE corot_id < 4000",
    ],
)
def test_no_path_shows_an_unreleased_n1_row(reader: ReaderDatabase, query: str) -> None:
    assert one(reader, query) == 0


def test_an_error_does_not_tell_of_a_hidden_row(reader: ReaderDatabase) -> None:
    # A plain view would evaluate the division for hidden rows too, and fail on one of them.
    query = (
        "SELECT count(*) FROM corot.products WHERE 1 / (corot_id - 3001) > 5"
        " AND corot_id BETWEEN 2999 AND 3100"
    )
    assert one(reader, query) == 0
    query = "SELECT count(*) FROM corot.stars WHERE 1 / (corot_id - 3001) > 5"
    assert one(reader, query) == 0


def test_released_n1_is_public(reader: ReaderDatabase) -> None:
    assert one(reader, "SELECT count(*) FROM corot.products WHERE version = 'N1-1.0'") == 2


def test_a_proprietary_row_is_listed_without_what_comes_from_its_flux(
    reader: ReaderDatabase,
) -> None:
    with reader.transaction() as connection:
        rows = connection.execute(
            text(
                "SELECT data_rights, lc_mean_white, var_class1, prob_var1, mag_r"
                " FROM corot.products WHERE corot_id BETWEEN 2000 AND 2999"
            )
        ).all()
    assert len(rows) == PROPRIETARY.count
    assert {row[:4] for row in rows} == {("proprietary", None, None, None)}
    assert all(row.mag_r is not None for row in rows)
    hidden_file = "SELECT count(*) FROM vo.stored_files WHERE key LIKE '0000002%'"
    assert one(reader, hidden_file) == 0
    listed = "SELECT count(*) FROM vo.listed_files WHERE key LIKE '0000002%'"
    assert one(reader, listed) == PROPRIETARY.count


def test_a_value_from_flux_cannot_be_probed_by_a_condition(reader: ReaderDatabase) -> None:
    query = "SELECT count(*) FROM corot.products WHERE corot_id BETWEEN 2000 AND 2999 AND {}"
    assert one(reader, query.format("lc_mean_white > 0")) == 0
    assert one(reader, query.format("var_class1 = 'ECL'")) == 0
    assert one(reader, query.format("lc_mean_white IS NULL")) == PROPRIETARY.count


def test_a_product_becomes_public_at_its_moment(
    make_database: DatabaseMaker, rights: Settings
) -> None:
    with make_database.engine(rights, OWNER).begin() as owner:
        soon = Products(first=6_000, count=1, release_date="2999-01-01", ra=140)
        insert_products(owner, soon)
    reader = make_database.reader(rights)
    question = "SELECT data_rights FROM corot.products WHERE corot_id = 6000"
    assert one(reader, question) == "proprietary"
    with make_database.engine(rights, OWNER).begin() as owner:
        owner.execute(
            text(
                "UPDATE corot.product_listing SET release_date = now() - interval '1 s'"
                " WHERE corot_id = 6000"
            )
        )
    assert one(reader, question) == "public"
    value = "SELECT lc_mean_white FROM corot.products WHERE corot_id = 6000"
    assert one(reader, value) == 12345.0


def test_the_latest_version_is_the_latest_the_caller_may_see(reader: ReaderDatabase) -> None:
    with reader.transaction() as connection:
        rows = connection.execute(
            text(
                "SELECT version, is_latest FROM corot.products WHERE corot_id = 1000"
                " ORDER BY version"
            )
        ).all()
    assert [tuple(row) for row in rows] == [("N2-4.3", 0), ("N2-4.4", 1)]
    assert one(reader, "SELECT count(*) FROM ivoa.obscore WHERE s_ra < 101") == OPEN.count


def test_versions_compare_by_number(make_database: DatabaseMaker, rights: Settings) -> None:
    with make_database.engine(rights, OWNER).begin() as owner:
        for version in ("N2-4.9", "N2-4.10"):
            insert_products(owner, Products(first=7_000, count=1, version=version, ra=150))
    reader = make_database.reader(rights)
    latest = "SELECT version FROM corot.products WHERE corot_id = 7000 AND is_latest = 1"
    assert one(reader, latest) == "N2-4.10"


def test_an_unknown_principal_sees_nothing(reader: ReaderDatabase) -> None:
    assert one(reader, "SELECT count(*) FROM corot.products", caller="nobody") == 0
    assert one(reader, "SELECT count(*) FROM corot.stars", caller="nobody") == 0


def test_the_caller_does_not_outlive_the_transaction(reader: ReaderDatabase) -> None:
    assert one(reader, "SELECT count(*) FROM corot.products", caller="nobody") == 0
    assert one(reader, "SELECT count(*) FROM corot.products WHERE corot_id = 1000") == 2


def test_identity_is_composed_not_stored(make_database: DatabaseMaker, rights: Settings) -> None:
    elsewhere = rights.model_copy(
        update={"base_url": "https://vo.example.org/corot", "authority": "org.example"}
    )
    reader = make_database.reader(elsewhere)
    with reader.transaction() as connection:
        row = connection.execute(
            text(
                "SELECT access_url, obs_publisher_did FROM ivoa.obscore WHERE target_name ="
                " 'CoRoT 1000'"
            )
        ).one()
    key = "0000001000/IRa01/EN2_STAR_CHR/N2-4.4"
    name = "EN2_STAR_CHR_0000001000_20070203T130553_20070402T070158.fits"
    assert row.access_url == f"https://vo.example.org/corot/products/{key}/{name}"
    assert row.obs_publisher_did == f"ivo://org.example/lightcurves?{key}"


CONE = (
    "pos <@ cube_enlarge(cube(ARRAY[cos(radians(0.5)) * cos(radians(280.5)),"
    " cos(radians(0.5)) * sin(radians(280.5)), sin(radians(0.5))]), 0.0001, 3)"
)


@pytest.mark.parametrize(
    ("table", "index"),
    [
        ("corot.stars", "product_listing_pos_idx"),
        ("corot.products", "product_listing_pos_idx"),
        ("ivoa.obscore", "product_listing_pos_idx"),
    ],
)
def test_a_cone_uses_the_spatial_index_under_the_policies(
    reader: ReaderDatabase, table: str, index: str
) -> None:
    with reader.transaction() as connection:
        plan = "\n".join(
            connection.execute(text(f"EXPLAIN SELECT * FROM {table} WHERE {CONE}")).scalars()
        )
        count = connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {CONE}"))
    assert f"on {index}" in plan or f"using {index}" in plan, plan
    assert count == 1


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO corot.runs (run_code, run_type, direction, run_number) VALUES ('X','l','c',1)",
        "UPDATE corot.product_listing SET product_level = 'N2'",
        "DELETE FROM corot.stars",
        "SELECT * FROM auth.accounts",
        "SELECT * FROM auth.grants",
        "SELECT * FROM auth.grant_stars",
        "CREATE TABLE corot.mine (i int)",
        "CREATE TABLE public.mine (i int)",
        "SET ROLE vo_owner",
        "ALTER TABLE corot.product_listing DISABLE ROW LEVEL SECURITY",
        "COPY corot.runs TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_reader_can_only_select(
    make_database: DatabaseMaker, rights: Settings, statement: str
) -> None:
    with make_database.engine(rights, READER).connect() as connection:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        with pytest.raises(ProgrammingError):
            connection.execute(text(statement))


def test_the_readers_transactions_are_read_only_and_limited(reader: ReaderDatabase) -> None:
    with (
        reader.transaction() as connection,
        pytest.raises(DBAPIError, match="read-only transaction"),
    ):
        connection.execute(text("CREATE TEMPORARY TABLE t (i int)"))
    with reader.transaction() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "20s"


def test_the_reader_may_have_temporary_tables(
    make_database: DatabaseMaker, rights: Settings
) -> None:
    with make_database.engine(rights, READER).connect() as connection:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        connection.execute(text("CREATE TEMPORARY TABLE t (i int) ON COMMIT DROP"))


@pytest.mark.parametrize(
    "table", ["corot.runs", "corot.products", "ivoa.obscore", "tap_schema.tables"]
)
def test_the_app_has_no_right_on_published_rows(
    make_database: DatabaseMaker, rights: Settings, table: str
) -> None:
    with (
        make_database.engine(rights, APP).connect() as connection,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        connection.execute(text(f"SELECT * FROM {table}"))
