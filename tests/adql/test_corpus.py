"""Queries of every section of the standard: the valid ones run, the others say why not."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from tap.adql import ADQLError, translate
from tests.adql.support import HERE
from tests.adql.zoo import ZOO

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from schemas.declaration import Column
    from tests.adql.support import Sky

VALID = HERE / "corpus" / "valid.txt"
INVALID = HERE / "corpus" / "invalid.txt"


@dataclass(frozen=True)
class Entry:
    """A query of a corpus, its section, and the indented lines below it."""

    section: str
    line: str
    expected: tuple[str, ...]

    @property
    def adql(self) -> str:
        return self.line.replace("\\n", "\n")


def entries(path: Path) -> list[Entry]:
    found: list[Entry] = []
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line.startswith(("    -> ", "    => ")):
            last = found.pop()
            found.append(Entry(last.section, last.line, (*last.expected, line.strip())))
        elif line.strip() and not line.startswith("# "):
            found.append(Entry(section, line, ()))
    return found


def described(columns: Iterable[Column]) -> str:
    """Write columns as the corpus has them."""
    return "-> " + "; ".join(
        " ".join(
            part
            for part in (
                column.name,
                column.xtype or column.datatype,
                (column.arraysize or "") if not column.xtype else "",
                f"[{column.unit}]" if column.unit else "",
                f"{{{column.ucd}}}" if column.ucd else "",
            )
            if part
        )
        for column in columns
    )


def plain(value: object) -> object:
    """Make what the database returns comparable with a literal."""
    if isinstance(value, datetime):
        return value.isoformat()
    return round(value, 9) + 0.0 if isinstance(value, float) else value


def rows(zoo: Sky, adql: str) -> list[tuple[object, ...]]:
    return [tuple(plain(value) for value in row) for row in zoo.rows(adql)]


def ordered(adql: str, found: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    outside, inside = adql.upper(), ""
    while outside != inside:
        inside, outside = outside, re.sub(r"\([^()]*\)", "", outside)
    return list(found) if "ORDER BY" in outside else sorted(found, key=repr)


VALID_ENTRIES = entries(VALID)
INVALID_ENTRIES = entries(INVALID)


def test_the_corpora_are_large_and_name_sections() -> None:
    assert len(VALID_ENTRIES) >= 300
    assert len(INVALID_ENTRIES) >= 150
    for entry in (*VALID_ENTRIES, *INVALID_ENTRIES):
        assert re.match(r"\d(\.\d+)+ |Beyond ", entry.section)
        assert entry.expected, entry.line
    for queries in (VALID_ENTRIES, INVALID_ENTRIES):
        lines = [entry.line for entry in queries]
        assert len(set(lines)) == len(lines)


@pytest.mark.parametrize("entry", VALID_ENTRIES, ids=[entry.line[:70] for entry in VALID_ENTRIES])
def test_a_valid_query_returns_the_expected_columns_and_rows(entry: Entry, zoo: Sky) -> None:
    columns, wanted = entry.expected
    assert described(translate(entry.adql, ZOO, zoo.backend).columns) == columns
    expected = ast.literal_eval(wanted.removeprefix("=> "))
    found = ordered(entry.adql, rows(zoo, entry.adql))
    assert found == expected
    assert [type(value) for row in found for value in row] == [
        type(value) for row in expected for value in row
    ]


@pytest.mark.parametrize(
    "entry", INVALID_ENTRIES, ids=[entry.line[:70] for entry in INVALID_ENTRIES]
)
def test_an_invalid_query_is_refused_at_the_place_with_the_reason(entry: Entry) -> None:
    with pytest.raises(ADQLError) as caught:
        translate(entry.adql, ZOO)
    ((place, _, message),) = [line.removeprefix("-> ").partition(" ") for line in entry.expected]
    assert message in caught.value.message
    assert f"{caught.value.line}:{caught.value.column}" == place
