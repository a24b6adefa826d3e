"""The application under measurement, as gunicorn loads it."""

from __future__ import annotations

from flask import Flask

from benchmarks.tap.catalogue import CATALOGUE
from schemas.session import PUBLIC
from tap.admission import ProcessAdmission
from tap.query import TapLimits
from tap.routes import blueprint
from tap.service import TapService
from tap.store import QueryStore
from vo_server import wiring
from vo_server.config import load_settings


def create() -> Flask:
    """Serve the table with the settings of the environment."""
    settings = load_settings()
    store = QueryStore(wiring.arrow_database(settings))
    limits = TapLimits(default_rows=10**9, hard_rows=10**9, execution=settings.sync_timeout)
    service = TapService(
        CATALOGUE, store, settings.identity, limits=limits,
        admission=ProcessAdmission(settings.queries, settings.person_queries),
    )  # fmt: skip
    app = Flask("bench")
    app.register_blueprint(blueprint(service, lambda: PUBLIC))
    return app
