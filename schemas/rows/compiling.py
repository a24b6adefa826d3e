"""Functions that are compiled, and never hold Python's lock."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

_LOG = logging.getLogger(__name__)

_Function = TypeVar("_Function", bound="Callable[..., Any]")


def compiled(function: _Function) -> _Function:
    """Compile a function when it is first called; keep what comes of it where that is possible."""
    try:
        return cast("_Function", numba.njit(nogil=True, cache=True)(function))
    except RuntimeError as error:  # no folder that may be written to
        _LOG.info("compiled code is not kept: %s", error)
        return cast("_Function", numba.njit(nogil=True)(function))
