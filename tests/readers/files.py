"""One small table in every form it can be uploaded in, and the reader of uploads."""

from __future__ import annotations

import base64
import io
import struct
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from astropy.io import fits

from tap.parameters import Parameters
from tap.uploads.model import InlineFile
from tap.uploads.service import UploadService

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap.uploads.model import UploadedTable, UploadLimits

NAMESPACE = "http://www.ivoa.net/xml/VOTable/v1.3"
NUMBERS = (7, 8, 9)
TEXTS = ("a", "bcd", "ef")
_FIELDS = '<FIELD name="n" datatype="int"/><FIELD name="s" datatype="char" arraysize="*"/>'


def uploaded(content: bytes, limits: UploadLimits | None = None) -> UploadedTable:
    """Read a file as the table t is read that comes with a query."""
    files = {"f": InlineFile(io.BytesIO(content))}
    [table] = UploadService().read(Parameters([("UPLOAD", "t,param:f")]), files, limits)
    return table


def votable(data: str, fields: str = _FIELDS, *, before: str = "", prolog: str = "") -> bytes:
    """Write a VOTable around its data; ``before`` stands before the TABLE."""
    return (
        f'<?xml version="1.0"?>{prolog}<VOTABLE version="1.4" xmlns="{NAMESPACE}"><RESOURCE>'
        f"{before}<TABLE>{fields}<DATA>{data}</DATA></TABLE></RESOURCE></VOTABLE>"
    ).encode()


def table_data(fields: str = _FIELDS, rows: str | None = None) -> bytes:
    """Write a VOTable with TABLEDATA."""
    if rows is None:
        pairs = zip(NUMBERS, TEXTS, strict=True)
        rows = "".join(f"<TR><TD>{n}</TD><TD>{s}</TD></TR>" for n, s in pairs)
    return votable(f"<TABLEDATA>{rows}</TABLEDATA>", fields)


def _binary_row(number: int, text: str) -> bytes:
    return struct.pack(">ii", number, len(text)) + text.encode()


def stream(form: str) -> str:
    """Write the rows in BINARY or BINARY2, in base64."""
    flags = b"\0" if form == "BINARY2" else b""
    rows = [flags + _binary_row(*pair) for pair in zip(NUMBERS, TEXTS, strict=True)]
    return base64.b64encode(b"".join(rows)).decode()


def binary(form: str, attributes: str = 'encoding="base64"', content: str | None = None) -> str:
    """Write the element BINARY or BINARY2."""
    content = stream(form) if content is None else content
    return f"<{form}><STREAM {attributes}>{content}</STREAM></{form}>"


def fits_table() -> bytes:
    """Write a FITS table, whose texts are in the heap."""
    texts = np.array([np.array(list(text), "S1") for text in TEXTS], dtype=object)
    columns = [
        fits.Column("n", "J", array=np.array(NUMBERS, "i4")),
        fits.Column("s", "PA()", array=texts),
    ]
    return _written(fits.BinTableHDU.from_columns(columns).writeto)


def fits_in_votable(content: bytes | None = None) -> bytes:
    """Put a FITS file into a VOTable."""
    encoded = base64.b64encode(fits_table() if content is None else content).decode()
    return votable(f'<FITS extnum="1"><STREAM encoding="base64">{encoded}</STREAM></FITS>')


def parquet() -> bytes:
    """Write a Parquet file."""
    table = pa.table({"n": pa.array(NUMBERS, pa.int32()), "s": list(TEXTS)})
    return _written(lambda file: pq.write_table(table, file))


def csv() -> bytes:
    """Write a CSV file."""
    pairs = zip(NUMBERS, TEXTS, strict=True)
    return "".join(f'{n},"{s}"\r\n' for n, s in [("n", "s"), *pairs]).encode()


def _written(write: Callable[[io.BytesIO], object]) -> bytes:
    file = io.BytesIO()
    write(file)
    return file.getvalue()


@cache
def every_form() -> dict[str, bytes]:
    """Give the table in every form."""
    return {
        "TABLEDATA": table_data(),
        "BINARY": votable(binary("BINARY")),
        "BINARY2": votable(binary("BINARY2")),
        "FITS in VOTable": fits_in_votable(),
        "FITS": fits_table(),
        "Parquet": parquet(),
        "CSV": csv(),
    }
