"""Where the server's own log lines go."""

from __future__ import annotations

import logging
import sys

from tap.query_log import LOGGER


def log_queries() -> None:
    """Write the line of each query to standard error; once for each process."""
    logger = logging.getLogger(LOGGER)
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
