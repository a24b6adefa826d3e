"""Models, migrations and declared columns agree, down to policies, grants and expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from schemas.ddl import script
from schemas.engine import OWNER, READER
from schemas.facts import differences, expected_facts, facts
from schemas.migrate import head, upgrade
from schemas.models import metadata
from schemas.published import CATALOGUE
from schemas.queue import make_queue
from schemas.views import make_views

if TYPE_CHECKING:
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings


def test_migrations_lead_to_the_declared_database(
    make_database: DatabaseMaker, migrated: Settings
) -> None:
    declared = make_database("declared")
    with make_database.engine(declared, OWNER).begin() as connection:
        connection.connection.cursor().execute(script())
        make_views(connection)
        make_queue(connection)
        from_declarations = facts(connection)
    with make_database.engine(migrated, OWNER).connect() as connection:
        from_migrations = [line for line in facts(connection) if "schema_version" not in line]

    assert from_migrations == from_declarations


def test_alembic_sees_no_difference_from_the_models(
    make_database: DatabaseMaker, migrated: Settings
) -> None:
    with make_database.engine(migrated, OWNER).connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                # The queue's tables are its package's own.
                "include_name": lambda name, kind, _: kind != "schema" or name != "queue",
                "version_table": "schema_version",
                "version_table_schema": "ingest",
                "compare_server_default": False,
            },
        )
        assert compare_metadata(context, metadata) == []


def test_the_listed_facts_are_those_of_a_migrated_database(
    make_database: DatabaseMaker, migrated: Settings
) -> None:
    with make_database.engine(migrated, OWNER).connect() as connection:
        assert facts(connection) == expected_facts("cube"), "run `make generate`"


def test_every_declared_column_exists_with_its_type(
    make_database: DatabaseMaker, migrated: Settings
) -> None:
    with make_database.engine(migrated, OWNER).connect() as connection:
        for table in CATALOGUE:
            names = [column.name for column in table.columns]
            found = connection.execute(
                text(
                    "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
                    " WHERE attrelid = CAST(:name AS regclass) AND attnum > 0 ORDER BY attnum"
                ),
                {"name": table.name},
            ).all()
            published = [(name, kind) for name, kind in found if name in names]
            assert [name for name, _ in published] == names, table.name
            for column, (_, kind) in zip(table.columns, published, strict=True):
                expected = {
                    "short": "smallint",
                    "int": "integer",
                    "long": "bigint",
                    "float": "real",
                    "double": "double precision",
                    "char": "text",
                }[column.datatype]
                if column.xtype == "timestamp":
                    expected = "timestamp without time zone"
                elif column.arraysize and column.datatype != "char":
                    expected += "[]"
                assert kind == expected, f"{table.name}.{column.name}"


def test_upgrading_again_changes_nothing(make_database: DatabaseMaker, migrated: Settings) -> None:
    engine = make_database.engine(migrated, OWNER)
    upgrade(engine)
    with engine.connect() as connection:
        assert differences(connection) == []
        version = connection.scalar(text("SELECT version_num FROM ingest.schema_version"))
    assert version == head()


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (
            "ALTER TABLE corot.product_listing DISABLE ROW LEVEL SECURITY",
            "relation corot.product_listing table owned by vo_owner row security",
        ),
        ("DROP POLICY get ON corot.product_data", "missing: policy get on corot.product_data"),
        (
            "ALTER VIEW corot.products SET (security_invoker = false)",
            "unexpected: relation corot.products view owned by vo_owner security_invoker=false",
        ),
        ("GRANT INSERT ON corot.runs TO vo_reader", "unexpected: grant corot.runs INSERT"),
        ("GRANT SELECT ON corot.runs TO vo_app", "unexpected: grant corot.runs SELECT to vo_app"),
        ("DROP INDEX corot.product_listing_pos_idx", "missing: index CREATE INDEX product_listing"),
        (
            "ALTER FUNCTION cube_contained(cube, cube) NOT LEAKPROOF",
            "missing: leakproof public.cube_contained(cube, cube)",
        ),
        (
            (
                "CREATE OR REPLACE FUNCTION corot.may_see(level text, release_date timestamp)"
                " RETURNS boolean LANGUAGE sql IMMUTABLE SECURITY DEFINER AS 'SELECT true'"
            ),
            (
                "unexpected: function corot.may_see(level text, release_date timestamp without time"
                " zone) immutable definer"
            ),
        ),
        (
            (
                "CREATE OR REPLACE VIEW vo.listed_files WITH (security_invoker = true) AS"
                " SELECT key, file_name, now()::timestamp AS release_date FROM vo.stored_files"
            ),
            "CHANGED since",
        ),
        (
            "ALTER ROLE vo_reader IN DATABASE migrated SET statement_timeout = 0",
            "unexpected: setting vo_reader statement_timeout=0",
        ),
        (
            (
                "CREATE TABLE public.leak AS SELECT * FROM corot.product_data;"
                " GRANT SELECT ON public.leak TO vo_reader"
            ),
            "unexpected: grant elsewhere public.leak SELECT to vo_reader",
        ),
        ("ALTER ROLE vo_reader BYPASSRLS", "unexpected: role vo_reader login BYPASSRLS"),
        ("GRANT vo_owner TO vo_reader", "unexpected: member vo_reader of vo_owner"),
        (
            "ALTER ROLE vo_reader RESET default_transaction_read_only",
            "missing: setting vo_reader default_transaction_read_only=on",
        ),
        (
            "ALTER TABLE auth.accounts DISABLE TRIGGER told",
            "unexpected: trigger told on auth.accounts DISABLED",
        ),
        (
            "ALTER TABLE corot.product_data DISABLE TRIGGER ALL",
            "unexpected: trigger RI_ConstraintTrigger",
        ),
    ],
)
def test_the_check_sees_what_would_open_a_hole(
    make_database: DatabaseMaker, migrated: Settings, damage: str, complaint: str
) -> None:
    del migrated
    with make_database.superuser("migrated").connect() as connection:
        connection.execute(text(damage))
        found = differences(connection)
        connection.rollback()
    assert any(complaint in line for line in found), found


def test_the_reader_can_verify_the_database(
    make_database: DatabaseMaker, migrated: Settings
) -> None:
    with make_database.engine(migrated, READER).connect() as connection:
        assert differences(connection) == []
