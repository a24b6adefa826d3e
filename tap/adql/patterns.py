"""Lets an index serve ``column LIKE 'prefix%'``.

Under row-level security PostgreSQL gives an index only conditions whose
functions are leakproof, which LIKE is not; ``starts_with``, written ``^@``, is.
It means the same in every collation, and the planner makes a range of it where
an index can serve: in a database or column of collation C, or with
``text_pattern_ops`` (seen on PostgreSQL 15 and 18).
"""

from __future__ import annotations

import re

_WILD = re.compile("[%_]")


def index_condition(pattern: str) -> tuple[str, str, bool]:
    """Find what an index can tell of a LIKE pattern.

    Returns
    -------
    tuple
        The operator (``=``, ``^@``, or empty where an index is no help), its
        right operand, and whether LIKE still has to decide.
    """
    wild = _WILD.search(pattern)
    if wild is None:
        return "=", pattern, True
    # A char(n) loses its trailing blanks as a text.
    prefix = pattern[: wild.start()].rstrip(" ")
    if not prefix:
        return "", "", True
    return "^@", prefix, pattern != f"{prefix}%"
