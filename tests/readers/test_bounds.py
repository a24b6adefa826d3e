"""How much a small file, or a large one, may make the server do."""

from __future__ import annotations

import gzip
import zlib

import pytest

from tap.errors import ServiceError, TooLargeError
from tap.uploads.model import UploadLimits
from tests.readers.files import NUMBERS, every_form, table_data, uploaded, votable
from tests.readers.peak import refusal_and_peak

MEBI = 1024 * 1024


@pytest.mark.parametrize("form", list(every_form()))
def test_rows_are_counted(form: str) -> None:
    content = every_form()[form]
    assert uploaded(content, UploadLimits(rows=len(NUMBERS))).rows.num_rows == len(NUMBERS)
    with pytest.raises(TooLargeError, match=r"table t has more than the 2 rows.* Send it in parts"):
        uploaded(content, UploadLimits(rows=2))


@pytest.mark.parametrize("form", list(every_form()))
def test_bytes_are_counted(form: str) -> None:
    content = every_form()[form]
    uploaded(content, UploadLimits(size=len(content)))
    with pytest.raises(TooLargeError, match=r"table t has more than the .* bytes"):
        uploaded(content, UploadLimits(size=len(content) - 1))


def bomb(content: bytes, times: int) -> bytes:
    """Compress a long repetition of something."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    pieces = [packer.compress(content) for _ in range(times)]
    return b"".join(pieces) + packer.flush()


@pytest.mark.parametrize(
    "packed",
    [
        bomb(b"a,b\n" + b"1,2\n" * 250_000, 200),
        gzip.compress(table_data(rows="<TR><TD>1</TD><TD>x</TD></TR>" * 100_000)),
        gzip.compress(gzip.compress(bomb(b"0" * MEBI, 200))),
    ],
    ids=["CSV", "VOTable", "thrice"],
)
def test_what_is_much_larger_unpacked_is_refused_in_bounded_memory(packed: bytes) -> None:
    assert len(packed) < MEBI
    message, used = refusal_and_peak(packed, MEBI)
    assert "table t " in message
    assert used < 8 * MEBI


LONG = 9 * MEBI


@pytest.mark.parametrize(
    "content",
    [
        votable("", before="<INFO/>" * (LONG // 7)),
        votable("", fields='<FIELD name="n" datatype="int"/>' * (LONG // 32)),
        table_data(rows="<TR>" + "<TD/>" * (LONG // 5) + "</TR>"),
        table_data(rows=f"<TR><TD>1</TD><TD>{'x' * LONG}</TD></TR>"),
        table_data().replace(b"<RESOURCE>", b"<RESOURCE " + b"a" * LONG),
    ],
    ids=["elements", "fields", "cells", "a text", "a tag"],
)
def test_markup_that_leads_nowhere_is_given_up(content: bytes) -> None:
    with pytest.raises(ServiceError, match="bytes without a row; send long values as BINARY2"):
        uploaded(content)


def test_streams_that_lead_nowhere_are_given_up() -> None:
    with pytest.raises(ServiceError, match="more than 1000 STREAMs"):
        uploaded(votable("", before="<STREAM></STREAM>" * 2000))
