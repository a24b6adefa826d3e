"""The counts of downloads in the database, as ``vo_app``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Boolean, delete, extract, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import insert

from schemas.auth_tables import downloads

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.sql.dml import ReturningInsert

_NOW = func.timezone("UTC", func.now())
_TODAY = func.date(_NOW)


def add(  # noqa: PLR0913, PLR0917 # a count and its bounds
    connection: Connection, subject: str, files: int, size: int, most_files: int, most_size: int
) -> int | None:
    """Count a download, unless the day's are used up.

    Parameters
    ----------
    connection
        Of ``vo_app``, in a transaction.
    subject
        Whose it is.
    files, size
        Files begun, and bytes.
    most_files, most_size
        What may be counted in a day. The last download may exceed the bytes.

    Returns
    -------
    int or None
        None if it was counted, else the seconds until the next day.
    """
    # A count that is lost in a crash of the database is no harm; waiting for the disk is.
    connection.execute(text("SET LOCAL synchronous_commit = off"))
    row = {"day": _TODAY, "subject": subject, "files": files, "bytes": size}
    statement: ReturningInsert[tuple[bool]] = (
        insert(downloads)
        .values(row)
        .on_conflict_do_update(
            index_elements=[downloads.c.day, downloads.c.subject],
            set_={"files": downloads.c.files + files, "bytes": downloads.c.bytes + size},
            where=(downloads.c.files + files <= most_files) & (downloads.c.bytes < most_size),
        )
        .returning(literal_column("xmax = 0", Boolean))
    )
    is_first = connection.scalar(statement)
    if is_first is None:
        midnight = _TODAY + literal_column("interval '1 day'")
        return 1 + int(connection.scalar(select(extract("epoch", midnight - _NOW))) or 0)
    if is_first:
        connection.execute(delete(downloads).where(downloads.c.day < _TODAY))
    return None
