"""The database side of publishing, as the owner of the tables."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from ingest.publish.copying import FORMAT, CopyFile
from ingest.publish.errors import PublishError
from schemas.backends import backend_of
from schemas.ddl import SCHEMAS
from schemas.facts import relation_facts
from schemas.further import with_further
from schemas.further.relation import (
    create_sql,
    index_sql,
    key_sql,
    physical_name,
    protection_sql,
    qualified,
    quoted,
)
from schemas.further.rows import CHANNEL, further_tables, write_tap_schema
from schemas.models import further_tables as rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import pyarrow as pa
    from sqlalchemy import Connection, Engine

    from schemas.declaration import Catalogue
    from schemas.further.model import Publication

_MEMORY = "512MB"
"""Of the database, while it makes an index; one is made at a time."""

_COPY_BYTES = 1024 * 1024

_LOCK_NOT_AVAILABLE = "55P03"
"""SQLSTATE when a lock was not had in time."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A further table as ``vo-server published`` lists it."""

    name: str
    rows: int
    published_at: datetime
    source: str


class PublishStore:
    """Makes the relations of further tables, and keeps their declarations.

    Parameters
    ----------
    engine
        Engine of ``vo_owner``.
    declared
        The tables that the code declares.
    """

    def __init__(self, engine: Engine, declared: Catalogue) -> None:
        self._engine = engine
        self._declared = declared

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Do everything or nothing."""
        with self._engine.begin() as connection:
            # A published table is worth the wait until the disk has it.
            connection.execute(text("SET LOCAL synchronous_commit = on"))
            connection.execute(text(f"SET LOCAL maintenance_work_mem = '{_MEMORY}'"))
            # Should this process be killed, an index that is being made ends with it.
            connection.execute(text("SET LOCAL client_connection_check_interval = '1s'"))
            yield connection

    def catalogue(self, connection: Connection) -> Catalogue:
        """Give all tables that are published at present."""
        return with_further(self._declared, further_tables(connection))

    def published(self) -> list[Listed]:
        """List the further tables by name."""
        chosen = (rows.c.table_name, rows.c.row_count, rows.c.published_at, rows.c.source)
        with self._engine.connect() as connection:
            found = connection.execute(
                rows.select()
                .with_only_columns(*chosen)
                .where(rows.c.retired_at.is_(None))
                .order_by(rows.c.table_name)
            )
            return [Listed(*row) for row in found]

    def named(self, connection: Connection, publication: Publication) -> Publication:
        """Choose the name of the relation: the table's own, or one like it that is free."""
        taken = set(
            connection.scalars(
                text(
                    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                    " WHERE n.nspname = :schema"
                ),
                {"schema": publication.schema.name},
            )
        )
        physical = physical_name(publication.table, taken)
        return replace(publication, table=replace(publication.table, physical=physical))

    def load(
        self, connection: Connection, publication: Publication, batches: Iterator[pa.RecordBatch]
    ) -> int:
        """Make the relation and fill it.

        Returns
        -------
        int
            Rows.
        """
        backend = backend_of(connection) or "cube"
        self._run(connection, *create_sql(publication, backend))
        table = publication.table
        columns = ", ".join(quoted(column.name) for column in table.columns)
        relation = qualified(table.physical or table.name)
        source = CopyFile(batches)
        cursor = connection.connection.cursor()
        try:
            # Frozen rows need no vacuum later to be read from an index alone.
            cursor.copy_expert(
                f"COPY {relation} ({columns}) FROM STDIN ({FORMAT}, FREEZE)", source, _COPY_BYTES
            )
        except Exception:
            # What went wrong with the file, rather than that the database was told so.
            if source.error is not None:
                raise source.error from None
            raise
        finally:
            cursor.close()
        self._add_key(connection, publication)
        self._run(connection, *index_sql(publication), f"ANALYZE {relation}")
        self._run(connection, *protection_sql(publication))
        return source.rows

    def _add_key(self, connection: Connection, publication: Publication) -> None:
        key = key_sql(publication)
        if key is None:
            return
        try:
            self._run(connection, key)
        except IntegrityError as error:
            # PostgreSQL's detail is as "Key (id)=(1) is duplicated."
            detail = getattr(getattr(error.orig, "diag", None), "message_detail", "")
            raise PublishError(
                f"table.primary_key does not tell the rows apart: {detail}"
            ) from None

    def enter(
        self, connection: Connection, publication: Publication, row_count: int, source: str
    ) -> None:
        """Publish a relation that was loaded, in place of what had its name."""
        table = publication.table
        physical = table.physical or table.name
        oid = connection.scalar(
            text("SELECT to_regclass(:name)::oid"), {"name": qualified(physical)}
        )
        facts = relation_facts(connection, [oid])
        self._alone(connection)
        self.retire(connection, table.name)
        values: dict[str, Any] = {
            "physical": physical,
            "table_name": table.name,
            "declaration": publication.to_json(),
            "facts": facts,
            "source": source,
            "row_count": row_count,
        }
        connection.execute(insert(rows), values)
        self.announce(connection)

    def retire(self, connection: Connection, name: str) -> bool:
        """Publish a table no more; whoever reads it still may end doing so.

        Returns
        -------
        bool
            Whether there was one.
        """
        done = connection.execute(
            update(rows)
            .where(rows.c.table_name == name, rows.c.retired_at.is_(None))
            .values(retired_at=text("timezone('UTC', clock_timestamp())"))
        )
        return bool(done.rowcount)

    def announce(self, connection: Connection) -> None:
        """Write TAP_SCHEMA anew, and tell the servers when the transaction ends."""
        self._alone(connection)
        write_tap_schema(connection, self.catalogue(connection))
        self._run(connection, f"NOTIFY {CHANNEL}")

    def drop_retired(self, seconds: float, patience: float) -> list[str]:
        """Drop the relations of tables that were retired some time ago.

        Parameters
        ----------
        seconds
            For so long they have been retired.
        patience
            How many seconds to wait for a query that still reads one.

        Returns
        -------
        list of str
            Names of relations that are still being read.
        """
        left = []
        for physical in self._retired(seconds):
            with self._engine.begin() as connection:
                connection.execute(text(f"SET LOCAL lock_timeout = '{patience}s'"))
                if not self._drop(connection, physical):
                    left.append(physical)
        return left

    def _retired(self, seconds: float) -> list[str]:
        age = text(
            "SELECT physical FROM vo.further_tables"
            " WHERE retired_at <= timezone('UTC', clock_timestamp())"
            " - make_interval(secs => :seconds) ORDER BY physical"
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(age, {"seconds": seconds}))

    def _drop(self, connection: Connection, physical: str) -> bool:
        try:
            with connection.begin_nested():
                self._run(connection, f"DROP TABLE IF EXISTS {qualified(physical)}")
        except OperationalError as error:
            if getattr(error.orig, "pgcode", None) != _LOCK_NOT_AVAILABLE:
                raise
            return False
        connection.execute(rows.delete().where(rows.c.physical == physical))
        schema = physical.partition(".")[0]
        held = connection.scalar(
            text(
                "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n"
                " ON n.oid = c.relnamespace WHERE n.nspname = :schema)"
            ),
            {"schema": schema},
        )
        if schema not in SCHEMAS and not held:
            self._run(connection, f"DROP SCHEMA {quoted(schema)}")
        return True

    @staticmethod
    def _alone(connection: Connection) -> None:
        """Keep others from changing what is published until the transaction ends."""
        connection.execute(text("LOCK TABLE vo.further_tables IN SHARE ROW EXCLUSIVE MODE"))

    @staticmethod
    def _run(connection: Connection, *statements: str) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
