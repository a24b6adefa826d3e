"""Makes of a request's Range what is served rightly (RFC 9110, section 14)."""

from __future__ import annotations

import re
from typing import Final

from flask import request

_ONE_RANGE: Final = re.compile(r"bytes=(?:(\d+)-(\d*)|-(\d+))")
"""The only form of Range that is served by a part of the file."""


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
