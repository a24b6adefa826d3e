"""Pairs of ADQL and SQL that a reviewer can read, with the rows both mean."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

import pytest

from tap.adql import translate
from tests.adql.support import HERE, blocks
from tests.adql.test_corpus import ordered, rows
from tests.adql.zoo import ZOO

if TYPE_CHECKING:
    from tests.adql.support import Sky

FILE = "language.sql"
PAIRS = list(blocks(FILE))


@pytest.mark.parametrize(("adql", "expected"), PAIRS, ids=[adql[:70] for adql, _ in PAIRS])
def test_pair_of_adql_and_sql_and_its_rows(adql: str, expected: str, zoo: Sky) -> None:
    sql = translate(adql, ZOO, zoo.backend).sql
    found = ordered(adql, rows(zoo, adql))
    if os.environ.get("UPDATE_PAIRS"):
        text = (HERE / FILE).read_text(encoding="utf-8")
        before = f"{adql}\n-- =>\n{expected}\n"
        assert text.count(before) == 1
        after = f"{adql}\n-- =>\n{sql}\n-- rows: {found}\n"
        (HERE / FILE).write_text(text.replace(before, after), encoding="utf-8")
        return
    written, _, answer = expected.partition("\n-- rows: ")
    assert sql == written
    assert found == ast.literal_eval(answer)
