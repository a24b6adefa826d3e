"""The Flask application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, request
from werkzeug.exceptions import NotFound

from schemas.rows.reader import prepare
from ssa import download_routes
from ssa import routes as ssa_routes
from tap import routes as tap_routes
from tap.adql.parser import automaton
from tap.jobs import routes as job_routes
from tap.jobs import tap_plus_routes
from vo_server import compression, page_headers, wiring
from vo_server.auth import login_routes
from vo_server.auth.api import own as own_api
from vo_server.auth.api.admin import AdminApi
from vo_server.auth.identify import current_caller
from vo_server.auth.web import login_pages
from vo_server.auth.web.account_pages import AccountPages
from vo_server.auth.web.admin_pages import AdminPages
from vo_server.auth.web.link_pages import LinkPages
from vo_server.config import load_settings
from vo_server.database import arrow_database
from vo_server.errors import OperationError
from vo_server.exports_wiring import export_blueprint, feed_blueprint
from vo_server.job_wiring import JobWiring
from vo_server.logs import keep_secrets, log_queries
from vo_server.portal import routes as portal_routes
from vo_server.registry_wiring import oai_blueprint, record_pages, service_vosi

if TYPE_CHECKING:
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
    accounts = wiring.app_engine(settings)
    identifier = wiring.identifier(settings, accounts)
    identifier.init_app(app)
    app.before_request(_refuse_nul)
    compression.init_app(app)
    page_headers.init_app(app)
    services = wiring.account_services(settings, accounts, identifier)
    elsewhere = settings.oidc.label if settings.oidc else None
    app.register_blueprint(login_routes.blueprint(identifier, services.tokens))
    app.register_blueprint(
        login_pages.blueprint(
            identifier,
            settings.publisher,
            open_to_all=settings.self_registration,
            elsewhere=elsewhere,
        )
    )
    app.register_blueprint(
        LinkPages(services.links, identifier).blueprint(
            settings.publisher, settings.contact or settings.publisher
        )
    )
    app.register_blueprint(own_api.blueprint(services))
    app.register_blueprint(AdminApi(services).blueprint())
    app.register_blueprint(
        AccountPages(services, identifier, elsewhere).blueprint(settings.publisher)
    )
    if (oidc := wiring.oidc_pages(settings, accounts, identifier)) is not None:
        app.register_blueprint(oidc.blueprint(settings.publisher))
    app.register_blueprint(AdminPages(services, settings.identity).blueprint(settings.publisher))
    tap = wiring.tap_service(settings, arrow_database(settings), wiring.geometry_backend(database))
    app.register_blueprint(tap_routes.blueprint(tap, current_caller))
    jobs = JobWiring(settings, accounts).service()
    app.register_blueprint(job_routes.blueprint(jobs, tap, current_caller))
    app.register_blueprint(tap_plus_routes.blueprint(jobs, tap, current_caller))
    app.register_blueprint(
        ssa_routes.blueprint(
            wiring.ssa_service(settings, database), current_caller, settings.base_url
        )
    )
    app.register_blueprint(
        download_routes.blueprint(
            wiring.download_service(settings, database),
            current_caller,
            identifier.current_address,
            wiring.download_quota(settings, accounts),
        )
    )
    app.register_blueprint(oai_blueprint(settings, accounts))
    app.register_blueprint(service_vosi(settings, database))
    app.register_blueprint(record_pages(settings, accounts))
    app.register_blueprint(export_blueprint(settings, accounts))
    app.register_blueprint(feed_blueprint(settings, accounts))
    portal_routes.register(app, wiring.portal_service(settings, database), current_caller)
    return app


def _refuse_nul() -> None:
    """Have nothing at a path with NUL, which no text of the database has."""
    if "\0" in request.path:
        raise NotFound


def served_app() -> Flask:
    """Make the application as the web server runs it, with a log."""
    keep_secrets()
    log_queries()
    # These take half a second, which the first query would wait for.
    automaton()
    prepare()
    return create_app()
