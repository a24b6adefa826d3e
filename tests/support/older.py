"""Databases as earlier versions of the server left them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import text

import schemas
from schemas.engine import OWNER

if TYPE_CHECKING:
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings


def older_database(make_database: DatabaseMaker, name: str, version: str) -> Settings:
    """Make a database, migrated to a version."""
    settings = make_database(name)
    config = Config()
    config.set_main_option("script_location", str(Path(schemas.__file__).with_name("migrations")))
    with make_database.engine(settings, OWNER).begin() as owner:
        owner.execute(text("CREATE SCHEMA ingest"))
        config.attributes |= {"backend": "cube", "connection": owner}
        command.upgrade(config, version)
    return settings
