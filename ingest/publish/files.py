"""Files with tables: their columns, and their rows while they are read."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ingest.publish.errors import PublishError
from tap.readers import ReadError, open_table
from tap.readers.csv_file import csv_names, csv_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import IO

    import pyarrow as pa

    from ingest.publish.declaration import CsvPart
    from schemas.declaration import Column

_HEAD = 4096
_DESCRIBED = re.compile(rb"(\xef\xbb\xbf)?\s*<|\xff\xfe|\xfe\xff|SIMPLE  =|PAR1")
"""Begins a VOTable, a FITS or a Parquet file, which say what their columns are."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file being read.

    Attributes
    ----------
    columns
        As the file declares them, or only their names where it does not.
    batches
        The rows, read while they are taken.
    frames
        The reference frame of columns that say so, by their names.
    """

    columns: Sequence[Column | str]
    batches: Iterator[pa.RecordBatch]
    frames: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def opened(path: Path, csv: CsvPart) -> Iterator[SourceFile]:
    """Open a file; its format is told by its first bytes.

    Parameters
    ----------
    path
        Of the file.
    csv
        How it is written, if it is CSV.

    Raises
    ------
    PublishError
        If it is empty or malformed.
    """
    with path.open("rb") as file:
        try:
            source = _source(file, csv)
        except ReadError as error:
            raise PublishError(f"{path.name}: {error}") from None
        yield replace(source, batches=_told(source.batches, path.name))


def _source(file: IO[bytes], csv: CsvPart) -> SourceFile:
    head = file.read(_HEAD)
    if _DESCRIBED.match(head):
        table = open_table(file)
        return SourceFile(table.columns, table.rows, table.frames)
    if not head or b"\0" in head:
        raise ReadError("is it a CSV, FITS, VOTable or Parquet file?")
    # All values are read as texts: their types are what the declaration says.
    names, delimiter = csv_names(file, csv.delimiter)
    return SourceFile(names, csv_texts(file, names, delimiter, csv.nulls))


def _told(batches: Iterator[pa.RecordBatch], name: str) -> Iterator[pa.RecordBatch]:
    """Name the file in errors."""
    try:
        yield from batches
    except ReadError as error:
        raise PublishError(f"{name}: {error}") from None
