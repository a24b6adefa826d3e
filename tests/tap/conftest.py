from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import pytest
from flask import Flask
from sqlalchemy import Column as StoredColumn
from sqlalchemy import MetaData, event, insert
from sqlalchemy import Table as StoredTable
from sqlalchemy.schema import CreateSchema

from schemas.identity import Identity
from schemas.session import PUBLIC, ReaderDatabase
from schemas.tap_schema import TAP_SCHEMA, tap_schema_rows
from schemas.types import sql_type
from tap.query import TapLimits
from tap.routes import blueprint
from tap.service import TapService
from tap.store import QueryStore
from tests.tap.laboratory import DDL, LABORATORY

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from sqlalchemy import Connection, Engine

    from tests.support.databases import DatabaseMaker

IDENTITY = Identity("https://vo.example.org/base", "org.example.lab")


class ClientMaker(Protocol):
    """Makes an HTTP client of a TAP service over the laboratory's tables."""

    def __call__(self, limits: TapLimits | None = ..., engine: Engine | None = ...) -> FlaskClient:
        """Serve with these limits, from this engine or the reader's own."""


def _store_tap_schema(connection: Connection) -> None:
    connection.execute(CreateSchema("tap_schema", if_not_exists=True))
    rows = tap_schema_rows(LABORATORY)
    for table in TAP_SCHEMA.tables:
        columns = [StoredColumn(column.name, sql_type(column)) for column in table.columns]
        stored = StoredTable(table.local_name, MetaData("tap_schema"), *columns)
        stored.create(connection)
        if rows[table.name]:
            connection.execute(insert(stored), rows[table.name])
    connection.exec_driver_sql(
        "GRANT USAGE ON SCHEMA tap_schema TO vo_reader;"
        "GRANT SELECT ON ALL TABLES IN SCHEMA tap_schema TO vo_reader"
    )


@pytest.fixture(scope="session")
def reader_engine(make_database: DatabaseMaker) -> Engine:
    """Engine of the reader in the laboratory's database."""
    settings = make_database("laboratory")
    with make_database.superuser("laboratory").begin() as connection:
        connection.exec_driver_sql(DDL, execution_options={"no_parameters": True})
        _store_tap_schema(connection)
    return make_database.engine(settings, "vo_reader")


class ConnectionCount:
    """Counts the connections of an engine that are in somebody's hands."""

    def __init__(self, engine: Engine) -> None:
        self.in_use = 0
        event.listen(engine, "checkout", self._out)
        event.listen(engine, "checkin", self._back)

    def _out(self, *_: object) -> None:
        self.in_use += 1

    def _back(self, *_: object) -> None:
        self.in_use -= 1


@pytest.fixture(scope="session")
def reader_connections(reader_engine: Engine) -> ConnectionCount:
    return ConnectionCount(reader_engine)


@pytest.fixture(scope="session")
def make_client(reader_engine: Engine) -> ClientMaker:
    def make(limits: TapLimits | None = None, engine: Engine | None = None) -> FlaskClient:
        database = ReaderDatabase(engine or reader_engine, IDENTITY, timedelta(seconds=20))
        service = TapService(LABORATORY, QueryStore(database), IDENTITY, limits=limits)
        app = Flask("laboratory")
        app.register_blueprint(blueprint(service, lambda: PUBLIC))
        return app.test_client()

    return make


@pytest.fixture(scope="session")
def client(make_client: ClientMaker) -> FlaskClient:
    """An HTTP client of the laboratory, with small limits."""
    return make_client(TapLimits(default_rows=3000, hard_rows=4000, request_bytes=200_000))
