"""Where the server's own log lines go, and what none of them may hold."""

from __future__ import annotations

import logging
import re
import sys
from typing import Final

from typing_extensions import override

from tap.query_log import LOGGER

_WRITING_ADDRESSES: Final = ("vo_server.app", "gunicorn.error", "gunicorn.access")
"""Loggers of lines that may hold the address of a request: those of Flask and the web server."""

_SECRET: Final = re.compile(
    r"(/account/link/|[?&](?:code|state|id_token|access_token)=)[^\s?&#\"'<>\]]+"
    r"|(Invalid HTTP [^:]+: ).+",
    re.DOTALL,
)
"""What opens something: links that work once, what a provider of OpenID Connect sends a browser
back with, and whatever may stand in a line of a request that could not be read."""


class WithoutSecrets(logging.Filter):
    """Takes what opens something out of the addresses in log lines."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (safe := _SECRET.sub(r"\1\2…", message)) != message:
            record.msg, record.args = safe, None
        return True


def keep_secrets() -> None:
    """Have no secret of an address in the log; once for each process."""
    for name in _WRITING_ADDRESSES:
        logger = logging.getLogger(name)
        if not any(isinstance(one, WithoutSecrets) for one in logger.filters):
            logger.addFilter(WithoutSecrets())


def log_queries() -> None:
    """Write the line of each query to standard error; once for each process."""
    logger = logging.getLogger(LOGGER)
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
