"""Compresses documents for clients that accept it (RFC 9110, section 8.4).

Answers that stream are left as they are: compressing them costs more time than
it saves on the networks they are fetched over, and holds rows back.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

from flask import request

if TYPE_CHECKING:
    from flask import Flask, Response

_SMALLEST: Final = 1024
"""Bytes below which it does not pay."""

_LEVEL: Final = 5

_TEXT: Final = (
    *("text/", "application/json", "application/xml", "application/x-votable+xml"),
    "application/atom+xml",
)
"""How the media types begin of what becomes smaller; FITS and Parquet hardly do."""

_OK: Final = 200


def init_app(app: Flask) -> None:
    """Compress what an application answers, where that pays."""
    app.after_request(_compressed)


def _compressed(response: Response) -> Response:
    if not _pays(response):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0:
        return response
    response.set_data(gzip.compress(response.get_data(), _LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    tag, weak = response.get_etag()
    if tag is not None and not weak:
        # The bytes are other ones; the document is the same (section 8.8.1).
        response.set_etag(tag, weak=True)
    return response


def _pays(response: Response) -> bool:
    return (
        response.status_code == _OK
        and not response.is_streamed
        and not response.direct_passthrough
        and (response.mimetype or "").startswith(_TEXT)
        and "Content-Encoding" not in response.headers
        and len(response.get_data()) >= _SMALLEST
    )
