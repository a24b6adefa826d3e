"""The Flask application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from schemas.session import PUBLIC
from ssa import download_routes
from ssa import routes as ssa_routes
from tap import routes as tap_routes
from vo_server import wiring
from vo_server.config import load_settings
from vo_server.errors import OperationError
from vo_server.logs import log_queries
from vo_server.portal import routes as portal_routes

if TYPE_CHECKING:
    from schemas.session import Caller
    from vo_server.config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Make the web application.

    Parameters
    ----------
    settings
        Those of the environment when absent.

    Raises
    ------
    OperationError
        If it was given the owner's password, or no database.
    """
    settings = settings or load_settings()
    if settings.owner_password is not None:
        raise OperationError("the web process must not hold VO_OWNER_PASSWORD: unset it")
    database = wiring.reader_database(settings)
    app = Flask(__name__, static_folder=None)
    # Such a redirect would be made of the Host header.
    app.url_map.merge_slashes = False
    app.register_blueprint(
        tap_routes.blueprint(
            wiring.tap_service(
                settings, wiring.arrow_database(settings), wiring.geometry_backend(database)
            ),
            current_caller,
        )
    )
    app.register_blueprint(
        ssa_routes.blueprint(
            wiring.ssa_service(settings, database), current_caller, settings.base_url
        )
    )
    app.register_blueprint(
        download_routes.blueprint(wiring.download_service(settings, database), current_caller)
    )
    portal_routes.register(app, wiring.portal_service(settings, database), current_caller)
    return app


def served_app() -> Flask:
    """Make the application as the web server runs it, with a log."""
    log_queries()
    return create_app()


def current_caller() -> Caller:
    """Tell who makes the present request; so far there is only the public."""
    return PUBLIC
