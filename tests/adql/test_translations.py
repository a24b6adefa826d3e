from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tap.adql import translate
from tests.adql.sky import SKY
from tests.adql.support import HERE, blocks

if TYPE_CHECKING:
    from tests.adql.support import Sky

FILE = "translations.sql"
PAIRS = list(blocks(FILE))


@pytest.mark.parametrize(("adql", "expected"), PAIRS, ids=[adql[:60] for adql, _ in PAIRS])
def test_translation_is_as_written_down(adql: str, expected: str) -> None:
    sql = translate(adql, SKY).sql
    if os.environ.get("UPDATE_PAIRS"):
        text = (HERE / FILE).read_text(encoding="utf-8")
        before = f"{adql}\n-- =>\n{expected}".rstrip("\n")
        assert text.count(before) >= 1
        updated = text.replace(before, f"{adql}\n-- =>\n{sql}", 1)
        (HERE / FILE).write_text(updated, encoding="utf-8")
    else:
        assert sql == expected


@pytest.mark.parametrize("adql", [adql for adql, _ in PAIRS])
def test_translation_runs_and_returns_the_promised_columns(adql: str, sky: Sky) -> None:
    translation = translate(adql, SKY, sky.backend, row_limit=2)
    rows = sky.sql(translation.sql)
    assert len(rows) <= 2
    assert all(len(row) == len(translation.columns) for row in rows)
