"""Lets long queries give way to those that somebody waits for.

PostgreSQL has no priorities, but each of its connections is a process, and the
kernel's are heeded. Where PostgreSQL is on another host nothing is changed.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

_LOG = logging.getLogger(__name__)

_PROCESSES = Path("/proc")
_LOWEST = 19


def give_way(process: int, role: str, niceness: int) -> bool:
    """Lower the priority of a connection's process.

    Parameters
    ----------
    process
        Its number, as PostgreSQL tells it.
    role
        The role it works for. Only a process that says of itself that it is
        PostgreSQL's and that role's is touched: the number may be another
        host's.
    niceness
        By how much, at most to 19.

    Returns
    -------
    bool
        Whether it was lowered: not where the process is on another host, or
        this one may not do that.
    """
    place = _PROCESSES / str(process)
    try:
        title = (place / "cmdline").read_bytes()
        if not title.startswith(f"postgres: {role} ".encode()):
            return False
        wanted = min(os.getpriority(os.PRIO_PROCESS, process) + niceness, _LOWEST)
        os.setpriority(os.PRIO_PROCESS, process, wanted)
        _lower_group(place / "autogroup", wanted)
    except OSError as error:
        _LOG.info("queries of jobs keep their priority: %s", error.strerror)
        return False
    return True


def _lower_group(file: Path, wanted: int) -> None:
    """Lower the session too: where the kernel groups by session, it is what counts."""
    if file.exists():
        file.write_text(str(wanted), encoding="ascii")
