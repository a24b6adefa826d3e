from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemas.engine import READER
from schemas.published import CATALOGUE
from tap.adql import ADQLError, translate
from tap.adql.expressions import MAX_TERMS
from tap.adql.lexer import MAX_JOINS, MAX_LENGTH, MAX_NESTING
from tap.adql.queries import MAX_COLUMNS, MAX_OPERANDS, MAX_QUERIES
from tap.adql.sources import MAX_RELATIONS

if TYPE_CHECKING:
    from tests.support.databases import DatabaseMaker
    from vo_server.config import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "adql-language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("adql", EXAMPLES, ids=[adql[:40] for adql in EXAMPLES])
def test_each_example_runs(adql: str, migrated: Settings, make_database: DatabaseMaker) -> None:
    translation = translate(adql, CATALOGUE)
    with make_database.engine(migrated, READER).connect() as connection:
        connection.execution_options(no_parameters=True).exec_driver_sql(translation.sql)


def test_the_error_is_the_one_shown() -> None:
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    with pytest.raises(ADQLError) as caught:
        translate(shown.splitlines()[1].strip(), CATALOGUE)
    assert str(caught.value) == shown.rstrip()


def test_the_limits_are_those_shown() -> None:
    for limit in (
        MAX_LENGTH, MAX_NESTING, MAX_TERMS, 2 * MAX_TERMS, MAX_RELATIONS, MAX_JOINS, MAX_COLUMNS,
        MAX_OPERANDS, MAX_QUERIES,
    ):  # fmt: skip
        assert re.search(rf"\b{limit:,}\b", PAGE)
