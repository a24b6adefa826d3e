"""Deliveries, and a database and a service to ingest them."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest.simulate import write_deliveries
from schemas.engine import OWNER
from tests.support.deliveries import small_deliveries
from vo_server.wiring import ingest_service

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ingest.service import IngestService
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two versions of one run: N2-4.3 and N2-4.4. Copy before changing."""
    plans = small_deliveries(("IRa01",))[:2]
    return write_deliveries(plans, tmp_path_factory.mktemp("pristine"))


@pytest.fixture
def delivery(pristine: list[Path], tmp_path: Path) -> Path:
    """A delivery of one's own."""
    return Path(shutil.copytree(pristine[1], tmp_path / "delivery"))


@pytest.fixture
def settings(make_database: DatabaseMaker, request: pytest.FixtureRequest) -> Settings:
    name = "ingest_" + hashlib.sha256(request.node.name.encode()).hexdigest()[:12]
    return make_database(name, migrate=True)


@pytest.fixture
def owner(make_database: DatabaseMaker, settings: Settings) -> Engine:
    return make_database.engine(settings, OWNER)


@pytest.fixture
def service(settings: Settings, owner: Engine) -> IngestService:
    return ingest_service(settings, owner)
