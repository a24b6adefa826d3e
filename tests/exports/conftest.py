from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest

from schemas.engine import APP, OWNER
from vo_server.app import create_app
from vo_server.exports.edition_store import EditionStore
from vo_server.exports_wiring import export_maker

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings
    from vo_server.exports.maker import ExportMaker

    MakeLab = Callable[..., "Lab"]


class Lab:
    """A database of one's own, what makes its exports, and an application that gives them out."""

    def __init__(self, maker: DatabaseMaker, settings: Settings) -> None:
        self.settings = settings
        self.owner = maker.engine(settings, OWNER)
        self.app = maker.engine(settings, APP)
        self.store = EditionStore(self.app)
        served = settings.model_copy(update={"owner_password": None})
        self.client = create_app(served).test_client()

    @property
    def maker(self) -> ExportMaker:
        return export_maker(self.settings, self.app)

    def get(self, path: str, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        # Buffering closes the file, as a server does when it has sent it.
        return self.client.get(path, headers=named, buffered=True)

    def content(self, name: str) -> bytes:
        answer = self.get(f"/exports/{name}")
        assert answer.status_code == 200, answer.text
        content: bytes = answer.data
        return content

    def stars(self) -> list[int]:
        """Give the stars of all_data.csv."""
        rows = csv.DictReader(io.StringIO(self.content("all_data.csv").decode()))
        return [int(row["corot_id"]) for row in rows]


@pytest.fixture(scope="session")
def make_lab(make_database: DatabaseMaker) -> MakeLab:
    """Make a laboratory by the name of its database; settings may differ."""

    def make(name: str, **settings: object) -> Lab:
        made = make_database(name, migrate=True)
        return Lab(make_database, made.model_copy(update=settings))

    return make


@pytest.fixture
def lab(make_lab: MakeLab, request: pytest.FixtureRequest) -> Lab:
    """Give a laboratory without products."""
    return make_lab("x_" + re.sub(r"\W", "_", request.node.name)[-58:])


@pytest.fixture(scope="session")
def exported(make_database: DatabaseMaker, archive: Settings) -> Lab:
    """Give the archive of simulated products, with its exports."""
    made = Lab(make_database, archive)
    made.maker.make()
    return made
