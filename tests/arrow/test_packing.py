"""Characters of a fixed width, against an encoder that takes one value at a time."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from schemas.declaration import Column
from tap.arrow.packing import packed

if TYPE_CHECKING:
    from schemas.declaration import Datatype

_LETTERS = "aZ09 é€\U0001f52d"
"""Of one to four bytes in UTF-8, the last a pair in UTF-16."""


def one(value: str | None, datatype: Datatype, length: int) -> bytes:
    """Encode a value, cut at whole characters, padded by NUL."""
    if datatype == "char":
        plain = "".join(c if c.isascii() else "?" for c in value or "")
        return plain.encode()[:length].ljust(length, b"\0")
    whole = (value or "").encode("utf-16-be")[: 2 * length]
    return whole.decode("utf-16-be", "ignore").encode("utf-16-be").ljust(2 * length, b"\0")


@pytest.mark.parametrize("datatype", ["char", "unicodeChar"])
@pytest.mark.parametrize("letters", [_LETTERS, "abc"])
@pytest.mark.parametrize("length", [1, 2, 5])
def test_text_of_a_fixed_width(datatype: Datatype, letters: str, length: int) -> None:
    chance = random.Random(f"{datatype} {letters} {length}")  # noqa: S311 # no secret
    values: list[str | None] = [
        "".join(chance.choices(letters, k=chance.randrange(length + 3))) for _ in range(300)
    ]
    values[7] = None
    array = pa.array(values, pa.string()).slice(5)
    column = Column("text", datatype, arraysize=str(length))
    made = packed(array, column)
    assert isinstance(made, np.ndarray)
    assert [row.tobytes() for row in made] == [one(v, datatype, length) for v in values[5:]]


@pytest.mark.parametrize("datatype", ["char", "unicodeChar"])
def test_values_that_fill_their_width_and_no_values(datatype: Datatype) -> None:
    column = Column("text", datatype, arraysize="2")
    for values in (["ab", "cd"], []):
        made = packed(pa.array(values, pa.string()), column)
        assert isinstance(made, np.ndarray)
        assert [row.tobytes() for row in made] == [one(v, datatype, 2) for v in values]
