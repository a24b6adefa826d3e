"""A PostgreSQL of a test's own, which it may stop and start under a server."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from schemas.engine import OWNER
from schemas.migrate import upgrade
from vo_server.config import Settings
from vo_server.database import engine_of, prepare
from vo_server.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class OwnPostgres:
    """Keeps its address: a link leads to its socket, which lies elsewhere after each start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._link = folder / "db"
        self._postgres = EmbeddedPostgres(folder / "data", durable=False)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it for as long as the block does."""
        with self._postgres.running():
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(str(make_url(self._postgres.url).query["host"]))
            yield

    def prepared(self) -> Settings:
        """Make the tables, and give the settings of a server; it has to be running."""
        prepare(self._postgres)
        secrets = self._postgres.secrets
        settings = Settings(
            database_url=str(
                make_url(self._postgres.url).update_query_dict({"host": str(self._link)})
            ),
            owner_password=secrets.owner,
            app_password=secrets.app,
            reader_password=secrets.reader,
            data_dir=self._folder / "served",
            workers=1,
        )
        with engine_of(settings, OWNER) as owner:
            upgrade(owner)
        return settings.model_copy(update={"owner_password": None})
