"""Puts uploaded tables into the database, for the length of one transaction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlalchemy.dialects import postgresql

from schemas.types import sql_type
from tap.adql.names import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.arrow_connection import ArrowConnection
    from schemas.declaration import Column, Position
    from tap.uploads.model import UploadedTable

_VECTORS = {
    "cube": ("cube", "adql.unit_vector({longitude}, {latitude})"),
    "pgsphere": ("spoint", "adql.spot({longitude}, {latitude})"),
}
"""Type and expression of a stored position for each geometry back end."""

_BINARY = frozenset({"cube"})
"""Back ends whose positions have a binary form.

PostgreSQL before 16 asks for it in a COPY, even of a column that is not copied. Where
there is none, positions are added to the table when it is filled, which writes it anew.
"""

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call] # of SQLAlchemy's


class UploadLoader:
    """Makes, fills and indexes temporary tables.

    They are gone with the transaction. All of their names are of the server's
    making and stand in ``pg_temp``, which is searched last and named in every
    query: no upload takes the place of another table.

    Parameters
    ----------
    backend
        The geometry back end of the database.
    """

    def __init__(self, backend: str = "cube") -> None:
        self._vector_type, self._vector = _VECTORS[backend]
        self._at_once = backend in _BINARY

    def __call__(
        self, connection: ArrowConnection, *, uploads: tuple[UploadedTable, ...], sql: str
    ) -> None:
        """Make and fill the tables in the transaction of the query.

        Parameters
        ----------
        connection
            The reader's, in a transaction that may write.
        uploads
            The tables.
        sql
            The query they are for; positions it does not search get no index.

        Raises
        ------
        ArrowDatabaseError
            If the database refuses them.
        """
        for upload in uploads:
            connection.execute(f"CREATE TEMPORARY TABLE {self._definition(upload)} ON COMMIT DROP")
            if upload.rows.num_rows:
                connection.ingest(_local_name(upload), upload.rows)
            connection.execute("; ".join(self._finishing(upload, sql)))

    def _definition(self, upload: UploadedTable) -> str:
        columns = [
            f"{column.physical} {_type(column, field.type)}"
            for column, field in zip(upload.declared.columns, upload.rows.schema, strict=True)
        ]
        vectors = self._vectors(upload) if self._at_once else []
        return f"pg_temp.{quoted(_local_name(upload))} ({', '.join(columns + vectors)})"

    def _vectors(self, upload: UploadedTable) -> list[str]:
        return [self._stored(upload, position) for position in upload.declared.positions]

    def _stored(self, upload: UploadedTable, position: Position) -> str:
        names = {name: upload.declared.column(name).physical
                 for name in (position.longitude, position.latitude)}  # fmt: skip
        expression = self._vector.format(
            longitude=names[position.longitude], latitude=names[position.latitude]
        )
        return f"{position.vector} {self._vector_type} GENERATED ALWAYS AS ({expression}) STORED"

    def _finishing(self, upload: UploadedTable, sql: str) -> Iterator[str]:
        """Write what makes the table quick to query: indexes of positions, and statistics."""
        if upload.declared.positions and not self._at_once:
            added = ", ".join(f"ADD COLUMN {vector}" for vector in self._vectors(upload))
            yield f"ALTER TABLE {upload.declared.physical} {added}"
        for position in upload.declared.positions:
            if re.search(rf"\.{position.vector} (<@|&&) ", sql):
                yield f"CREATE INDEX ON {upload.declared.physical} USING gist ({position.vector})"
        yield f"ANALYZE {upload.declared.physical}"


def _local_name(upload: UploadedTable) -> str:
    return (upload.declared.physical or upload.declared.name).partition(".")[2]


def _type(column: Column, stored: pa.DataType) -> str:
    """Name the type of a column; bytes of which some are null are no ``bytea``."""
    if column.datatype == "unsignedByte" and pa.types.is_list(stored):
        return "smallint[]"
    return str(sql_type(column).compile(dialect=_DIALECT))
