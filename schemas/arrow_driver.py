"""The ADBC driver that the Arrow connections use: its wheel's, or one built otherwise.

Whole tables go as fast as this library was compiled to go, which the
maintainers of an installation may do better than its wheel.
"""

from __future__ import annotations

import ctypes
from contextlib import closing
from typing import TYPE_CHECKING

import adbc_driver_manager.dbapi as manager
import adbc_driver_postgresql.dbapi as driver
import pyarrow as pa

if TYPE_CHECKING:
    from pathlib import Path

_ENTRY = "AdbcDriverPostgresqlInit"
"""What the driver for PostgreSQL is entered by; those for other databases have other names."""

_PROBE = pa.table({"probe": pa.array([[1, None, 3]])})
"""What drivers before 1.13, which do not tell their version, write as {1,0,3}."""

PROBE_TABLE = "BEGIN READ WRITE; CREATE TEMPORARY TABLE driver_probe (probe bigint[])"
"""Makes where it is written to."""


class NoDriverError(Exception):
    """A file is no ADBC driver for PostgreSQL that can be used here."""


def check_driver(library: Path, uri: str) -> None:
    """See that a library can be used, before anything depends on it.

    Parameters
    ----------
    library
        The file.
    uri
        Of a PostgreSQL to try it on, with name and password.

    Raises
    ------
    NoDriverError
        If it cannot, with what is wrong.
    adbc_driver_manager.dbapi.Error, OSError
        If PostgreSQL cannot be reached.
    """
    try:
        loaded = ctypes.CDLL(str(library))
    except OSError as error:
        raise NoDriverError(f"cannot be loaded: {error}") from error
    if not hasattr(loaded, _ENTRY):
        raise NoDriverError(f"is no ADBC driver for PostgreSQL: it has no {_ENTRY}")
    if not _keeps_null(uri, library):
        raise NoDriverError("loses what is null in an array: use 1.13 or newer")


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


def _keeps_null(uri: str, library: Path) -> bool:
    """Write an array to a table that nobody else sees, and read it again."""
    with closing(connect(uri, library)) as connection, connection.cursor() as cursor:
        cursor.executescript(PROBE_TABLE)
        cursor.adbc_ingest("driver_probe", _PROBE, mode="append", temporary=True)
        cursor.execute("SELECT probe FROM pg_temp.driver_probe")
        return bool(cursor.fetch_arrow_table().equals(_PROBE))
