"""Conditions and ranges of requests for files (RFC 9110, sections 13 and 14)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask import Response, request

if TYPE_CHECKING:
    from datetime import datetime

_ONE_RANGE: Final = re.compile(r"bytes=(?:(\d+)-(\d*)|-(\d+))")
"""The only form of Range that is served by a part of the file."""

PRECONDITION_FAILED: Final = 412


def simplify_range(size: int) -> None:
    """Leave of a Range what Werkzeug serves rightly.

    Several ranges, another unit, or an end before the beginning: the whole is
    given. A suffix longer than the file is the whole file.
    """
    found = _ONE_RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    first, last, suffix = found.groups() if found else (None, None, None)
    if found is None or (first and last and int(first) > int(last)):
        request.environ.pop("HTTP_RANGE", None)
    elif suffix and int(suffix) > size:
        request.environ["HTTP_RANGE"] = "bytes=0-"


def has_changed(since_when: datetime) -> bool:
    """Evaluate If-Unmodified-Since, which If-Match overrides (section 13.1.4).

    Parameters
    ----------
    since_when
        When the file was last changed, in UTC.
    """
    since = request.if_unmodified_since
    if since is None or request.if_match:
        return False
    return since_when.replace(microsecond=0, tzinfo=since.tzinfo) > since


def precondition_failed() -> Response:
    """Refuse a request that wants a file in another state."""
    text = "The file is not in the state the request asks for.\n"
    return Response(text, PRECONDITION_FAILED, content_type="text/plain; charset=utf-8")
