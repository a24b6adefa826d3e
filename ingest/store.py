"""The database side of the ingest, as the owner of the tables."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from ingest.errors import DeliveryError
from schemas.models import delivered_files, deliveries, product_data, product_listing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from ingest.delivery import Delivery

Row = dict[str, Any]
"""Values of one row, by column name."""

_LOCK = 0x434F526F54
"""Key of the advisory lock that keeps two ingests from running at once."""


@dataclass(frozen=True, slots=True)
class ProductRows:
    """The rows of one product, for each of the tables that describe it, and its key."""

    key: str
    listing: Row
    data: Row


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What became of one file of a delivery."""

    path: str
    file_size: int
    checksum: str
    state: str
    """``published``, ``duplicate`` or ``rejected``."""
    reason: str | None = None
    key: str | None = None


class IngestStore:
    """Reads and writes what the ingest needs.

    Parameters
    ----------
    engine
        Engine of ``vo_owner``.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other ingests away.

        Raises
        ------
        DeliveryError
            If one is running.
        """
        with self._engine.connect() as connection:
            if not connection.scalar(select(func.pg_try_advisory_lock(_LOCK))):
                raise DeliveryError("another ingest is running: wait for it to end")
            connection.commit()
            try:
                yield
            finally:
                connection.execute(select(func.pg_advisory_unlock(_LOCK)))

    def registered(self, delivery_id: str) -> Row | None:
        """Give what a delivery was registered as, None when it is new."""
        with self._engine.connect() as connection:
            found = connection.execute(
                select(deliveries).where(deliveries.c.delivery_id == delivery_id)
            )
            row = found.mappings().one_or_none()
        return None if row is None else dict(row)

    def records(self, delivery_id: str) -> dict[str, FileRecord]:
        """Give what became of a delivery's files so far, by path."""
        columns = [delivered_files.c[name] for name in FileRecord.__dataclass_fields__]
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(*columns).where(delivered_files.c.delivery_id == delivery_id)
            )
            return {row.path: FileRecord(*row) for row in rows}

    def published(self, keys: Sequence[str]) -> dict[str, str]:
        """Give the checksums of those products that are published, by key."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(product_listing.c.key, product_listing.c.checksum).where(
                    product_listing.c.key.in_(keys)
                )
            )
            return {row.key: row.checksum for row in rows}

    def publish(
        self,
        delivery: Row,
        products: Sequence[ProductRows],
        records: Sequence[FileRecord],
    ) -> None:
        """Write a delivery and publish its products, all or nothing."""
        with self._engine.begin() as connection:
            connection.execute(insert(deliveries).on_conflict_do_nothing(), [delivery])
            _write_products(connection, products)
            _write_records(connection, delivery["delivery_id"], records)
        if products:
            self._analyse()

    def _analyse(self) -> None:
        """Let the planner know of the new rows at once."""
        with self._engine.begin() as connection:
            for table in (product_listing, product_data):
                connection.execute(text(f"ANALYZE {table.fullname}"))


def delivery_row(delivery: Delivery, release: datetime) -> Row:
    """Give the row that registers a delivery."""
    return {
        "delivery_id": delivery.delivery_id,
        "product_level": delivery.level,
        "version": delivery.version,
        "source": str(delivery.folder.resolve()),
        "delivered": delivery.delivered,
        "release_date": release,
    }


def _write_products(connection: Connection, products: Sequence[ProductRows]) -> None:
    if not products:
        return
    made = connection.execute(
        insert(product_listing).returning(product_listing.c.product_id, product_listing.c.key),
        [product.listing for product in products],
    )
    ids = {row.key: row.product_id for row in made}
    connection.execute(
        insert(product_data),
        [{**product.data, "product_id": ids[product.key]} for product in products],
    )


def _write_records(connection: Connection, delivery_id: str, records: Sequence[FileRecord]) -> None:
    if not records:
        return
    statement = insert(delivered_files)
    new = statement.excluded
    names = ("file_size", "checksum", "state", "reason", "key", "recorded_at")
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[delivered_files.c.delivery_id, delivered_files.c.path],
            set_={name: new[name] for name in names},
        ),
        [
            {
                "delivery_id": delivery_id,
                "path": record.path,
                "file_size": record.file_size,
                "checksum": record.checksum,
                "state": record.state,
                "reason": record.reason,
                "key": record.key,
            }
            for record in records
        ],
    )
