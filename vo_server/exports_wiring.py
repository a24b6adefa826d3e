"""Puts the exports together: what makes them, and what gives them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap.storage import FileStorage
from vo_server.database import arrow_database
from vo_server.exports import feed_routes, routes
from vo_server.exports.change_store import ChangeStore
from vo_server.exports.edition_store import EditionStore
from vo_server.exports.feed import FeedService
from vo_server.exports.key_ring import KeyRing
from vo_server.exports.maker import About, ExportMaker
from vo_server.exports.reading import ExportReader
from vo_server.registry.declared import MISSION

if TYPE_CHECKING:
    from flask import Blueprint
    from sqlalchemy import Engine

    from vo_server.config import Settings


def export_maker(settings: Settings, app: Engine) -> ExportMaker:
    """Put together what makes the exports, on an engine of ``vo_app``."""
    return ExportMaker(
        EditionStore(app),
        FileStorage(settings.exports),
        arrow_database(settings, size=1),
        KeyRing(settings.signing_key),
        About(settings.identity, settings.publisher, MISSION),
    )


def export_reader(settings: Settings, app: Engine) -> ExportReader:
    """Put together what finds the exports, on an engine of ``vo_app``."""
    return ExportReader(EditionStore(app), FileStorage(settings.exports), settings.export_patience)


def export_blueprint(settings: Settings, app: Engine) -> Blueprint:
    """Put the pages and files of the exports together, on an engine of ``vo_app``."""
    reader = export_reader(settings, app)
    return routes.blueprint(reader, settings.identity, settings.publisher)


def feed_blueprint(settings: Settings, app: Engine) -> Blueprint:
    """Put the feed of changes together, on an engine of ``vo_app``."""
    return feed_routes.blueprint(
        FeedService(ChangeStore(app), settings.identity, settings.publisher)
    )
