"""A scratch database with so many public products."""

from __future__ import annotations

from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from schemas.engine import OWNER
from schemas.migrate import upgrade
from tests.support.rows import Products, insert_products
from vo_server.config import Settings
from vo_server.database import engine_of, prepare, superuser_engine
from vo_server.embedded import EmbeddedPostgres
from vo_server.embedded.cluster import DATABASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_STAR = 1_000_000
"""Number of the first star."""


@contextmanager
def archive(folder: Path, products: int) -> Iterator[Settings]:
    """Run the embedded PostgreSQL, with products of which a tenth have an older version too."""
    with (
        TemporaryDirectory(dir=folder) as scratch,
        EmbeddedPostgres(folder / scratch / "archive", durable=False).running() as postgres,
    ):
        prepare(postgres)
        settings = Settings(
            database_url=postgres.url,
            owner_password=postgres.secrets.owner,
            app_password=postgres.secrets.app,
            reader_password=postgres.secrets.reader,
            data_dir=folder / scratch / "data",
        )
        with engine_of(settings, OWNER) as owner:
            upgrade(owner)
            with owner.begin() as connection:
                insert_products(connection, Products(_STAR, products))
                insert_products(connection, Products(_STAR, products // 10, version="N2-3.1"))
        with superuser_engine(postgres, DATABASE) as superuser, superuser.connect() as connection:
            autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
            autocommit.exec_driver_sql("VACUUM (FREEZE, ANALYZE)")
        yield settings.model_copy(update={"owner_password": None})
