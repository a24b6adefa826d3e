"""How long a request for a job may be held back (UWS 1.1, section 2.2.1.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tap.errors import UsageError
from tap.parameters import shown
from tap.uws.phases import UNFINISHED

if TYPE_CHECKING:
    from tap.parameters import Parameters
    from tap.uws.phases import Phase

LONGEST = 50.0
"""Seconds of the longest wait: clients and proxies give up after a minute."""

_NUMBER = re.compile(r"-1|[0-9]{1,9}")


def read_wait(parameters: Parameters) -> float:
    """Read WAIT, in seconds; -1 is as long as possible.

    Raises
    ------
    UsageError
        If it is neither -1 nor a whole number from 0.
    """
    text = (parameters.single("WAIT") or "0").strip()
    if not _NUMBER.fullmatch(text):
        raise UsageError(f"WAIT is {shown(text)}; it must be a whole number of seconds, or -1.")
    return LONGEST if text == "-1" else min(float(text), LONGEST)


def worth_waiting(phase: Phase, expected: str | None) -> bool:
    """Tell whether a job in this phase is waited for.

    Parameters
    ----------
    phase
        In which it is.
    expected
        In which the client believes it is; None where it does not say.
    """
    return phase in UNFINISHED and (expected is None or expected.upper() == phase)
