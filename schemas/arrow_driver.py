"""The ADBC driver that the Arrow connections use: its wheel's, or one built otherwise.

Whole tables go as fast as this library was compiled to go, which the
maintainers of an installation may do better than its wheel.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import adbc_driver_manager.dbapi as manager
import adbc_driver_postgresql.dbapi as driver

if TYPE_CHECKING:
    from pathlib import Path

_ENTRY = "AdbcDriverPostgresqlInit"
"""What the driver for PostgreSQL is entered by; those for other databases have other names."""


class NoDriverError(Exception):
    """A file is no ADBC driver for PostgreSQL that can be used here."""


def check_driver(library: Path) -> None:
    """See that a library can be used, before anything depends on it.

    Parameters
    ----------
    library
        The file.

    Raises
    ------
    NoDriverError
        If it cannot, with what is wrong.
    """
    try:
        loaded = ctypes.CDLL(str(library))
    except OSError as error:
        raise NoDriverError(f"cannot be loaded: {error}") from error
    if not hasattr(loaded, _ENTRY):
        raise NoDriverError(f"is no ADBC driver for PostgreSQL: it has no {_ENTRY}")


def connect(uri: str, library: Path | None) -> driver.Connection:
    """Connect to PostgreSQL; each statement is a transaction unless told otherwise.

    Parameters
    ----------
    uri
        Of PostgreSQL, with name and password.
    library
        The driver; absent: that of the wheel.

    Raises
    ------
    adbc_driver_manager.dbapi.Error, OSError
        If that fails.
    """
    if library is None:
        return driver.connect(uri, autocommit=True)
    return manager.connect(
        driver=str(library), entrypoint=_ENTRY, db_kwargs={"uri": uri}, autocommit=True
    )
