"""HTTP side of the feed of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from resources.atom import MEDIA_TYPE, feed_document
from tap.errors import UsageError
from tap.requests import open_to_pages

if TYPE_CHECKING:
    from resources.atom import Feed
    from vo_server.exports.feed import FeedService


def blueprint(service: FeedService) -> Blueprint:
    """Make the blueprint of ``/feeds/changes.atom`` and its archives.

    Parameters
    ----------
    service
        Makes the documents.
    """
    routes = Blueprint("feeds", __name__, url_prefix="/feeds")

    @routes.get("/changes.atom")
    def changes() -> Response:
        moment, after = request.args.get("since"), request.args.get("after")
        if moment is not None:
            return _answer(service.since(moment, after))
        if after is not None:
            raise UsageError("after goes with since: give both.")
        return _answer(service.newest())

    @routes.get("/changes/<int:number>.atom")
    def archive(number: int) -> Response:
        return _answer(service.archive(number))

    routes.after_request(open_to_pages)
    return routes


def _answer(feed: Feed) -> Response:
    """Write a feed, or say that it is as the client has it (RFC 9110, section 13)."""
    response = Response(feed_document(feed), content_type=f"{MEDIA_TYPE}; charset=utf-8")
    response.add_etag()
    response.last_modified = feed.updated
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response
