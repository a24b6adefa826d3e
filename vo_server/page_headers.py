"""Headers of every page, whichever part of the server makes it."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Final

from tap.output.html_table import STYLE

if TYPE_CHECKING:
    from flask import Flask, Response

_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": f"default-src 'self'; style-src 'self' 'sha256-{_STYLE_HASH}';"
    " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
"""Pages load from this server only and contain no inline scripts; the one inline style is that of
tables in HTML."""

_PAGES: Final = ("html", "xml")
"""Ends of the media types that a browser runs scripts of: any XML may have them."""


def init_app(app: Flask) -> None:
    """Have every answer say what a browser may do with it."""
    app.after_request(_secured)


def _secured(response: Response) -> Response:
    """Add the headers that keep a page to itself, where its maker says nothing stricter."""
    if (response.mimetype or "").endswith(_PAGES):
        for header, value in SECURITY_HEADERS.items():
            response.headers.setdefault(header, value)
    else:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
