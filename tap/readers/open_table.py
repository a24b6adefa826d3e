"""Which reader a file is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tap.readers.csv_file import csv_source
from tap.readers.fits import fits_source
from tap.readers.model import ReadError
from tap.readers.parquet_file import parquet_source
from tap.readers.votable import votable_source

if TYPE_CHECKING:
    from typing import IO

    from tap.readers.model import SourceTable

_HEAD = 4096
_XML = re.compile(rb"(\xef\xbb\xbf)?\s*<|\xff\xfe<\0|\xfe\xff\0<|\0<")
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff")


def open_table(file: IO[bytes]) -> SourceTable:
    """Read a table of any known format, told by its first bytes.

    Parameters
    ----------
    file
        Seekable, open for reading.

    Raises
    ------
    ReadError
        If it is in none of the formats, or not as its format has it. Rows are
        checked when they are read.
    """
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    if not head.strip():
        raise ReadError("the file is empty")
    if _XML.match(head):
        return votable_source(file)
    if head.startswith(b"SIMPLE  ="):
        return fits_source(file)
    if head.startswith(b"PAR1"):
        return parquet_source(file)
    if head.startswith(_WIDE_TEXT):
        raise ReadError("the file is text in UTF-16; send it in UTF-8")
    if b"\0" in head:
        raise ReadError("the file is in no known format; send a VOTable, FITS, CSV or Parquet")
    return csv_source(file)
