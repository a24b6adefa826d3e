"""Functions that are compiled, and never hold Python's lock."""

from __future__ import annotations

import logging
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba
from numba.core import config

if TYPE_CHECKING:
    from collections.abc import Callable

_LOG = logging.getLogger(__name__)

_BESIDE = Path(__file__).with_name("__pycache__")


def _digest() -> str:
    """Give what changes with any of the files that compiled functions stand in."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]


# What numba keeps of a function goes out of date with the function's file alone, though the
# functions it calls, of other files, are in it.
_CACHE = Path(config.CACHE_DIR or _BESIDE) / f"rows-{_digest()}"  # type: ignore[attr-defined] # of the environment
config.CACHE_DIR = str(_CACHE)  # type: ignore[attr-defined] # as above

_Function = TypeVar("_Function", bound="Callable[..., Any]")


def compiled(function: _Function) -> _Function:
    """Compile a function when it is first called; keep what comes of it where that is possible."""
    try:
        return cast("_Function", numba.njit(nogil=True, cache=True)(function))
    except RuntimeError as error:  # no folder that may be written to
        _LOG.info("compiled code is not kept: %s", error)
        return cast("_Function", numba.njit(nogil=True)(function))
