from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import pytest
from flask import Flask
from sqlalchemy import Column as StoredColumn
from sqlalchemy import MetaData, insert
from sqlalchemy import Table as StoredTable
from sqlalchemy.schema import CreateSchema
from typing_extensions import override

from schemas.arrow_session import ArrowDatabase
from schemas.engine import READER
from schemas.identity import Identity
from schemas.session import PUBLIC
from schemas.tap_schema import TAP_SCHEMA, tap_schema_rows
from schemas.types import sql_type
from tap.query import TapLimits
from tap.routes import blueprint
from tap.service import TapService
from tap.store import QueryStore
from tests.tap.laboratory import DDL, LABORATORY
from vo_server.database import uri_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from flask.testing import FlaskClient
    from sqlalchemy import Connection

    from schemas.arrow_connection import ArrowConnection
    from schemas.session import Caller
    from tests.support.databases import DatabaseMaker

IDENTITY = Identity("https://vo.example.org/base", "org.example.lab")

CITATION = "https://doi.org/10.5555/lab"


class ClientMaker(Protocol):
    """Makes an HTTP client of a TAP service over the laboratory's tables."""

    def __call__(
        self, limits: TapLimits | None = ..., database: ArrowDatabase | None = ...
    ) -> FlaskClient:
        """Serve with these limits, from this database or the reader's own."""


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
def reader_uri(make_database: DatabaseMaker) -> str:
    """URI of the reader in the laboratory's database."""
    settings = make_database("laboratory")
    with make_database.superuser("laboratory").begin() as connection:
        connection.exec_driver_sql(DDL, execution_options={"no_parameters": True})
        _store_tap_schema(connection)
    return uri_of(settings, READER)


class CountingDatabase(ArrowDatabase):
    """Counts the transactions that are open."""

    in_use = 0

    @override
    @contextmanager
    def transaction(
        self, caller: Caller = PUBLIC, *, timeout: timedelta, read_only: bool = True
    ) -> Iterator[ArrowConnection]:
        with super().transaction(caller, timeout=timeout, read_only=read_only) as connection:
            self.in_use += 1
            try:
                yield connection
            finally:
                self.in_use -= 1


@pytest.fixture(scope="session")
def reader_database(reader_uri: str) -> Iterator[CountingDatabase]:
    """Transactions of the reader in the laboratory's database."""
    database = CountingDatabase(reader_uri, IDENTITY, size=4)
    yield database
    database.close()


@pytest.fixture(scope="session")
def make_client(reader_database: CountingDatabase) -> ClientMaker:
    def make(limits: TapLimits | None = None, database: ArrowDatabase | None = None) -> FlaskClient:
        store = QueryStore(database or reader_database)
        service = TapService(LABORATORY, store, IDENTITY, limits=limits, citation=CITATION)
        app = Flask("laboratory")
        app.register_blueprint(blueprint(service, lambda: PUBLIC))
        return app.test_client()

    return make


@pytest.fixture(scope="session")
def client(make_client: ClientMaker) -> FlaskClient:
    """An HTTP client of the laboratory, with small limits."""
    return make_client(TapLimits(default_rows=3000, hard_rows=4000, request_bytes=200_000))
