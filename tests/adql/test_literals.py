"""What the text of the SQL is chosen for: indexes under row-level security, and numbers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.declaration import Column, Schema, Table, catalogue
from tap.adql import translate
from tap.adql.patterns import index_condition

if TYPE_CHECKING:
    from tests.adql.support import Sky


@pytest.mark.parametrize(
    "condition",
    [
        "name LIKE 'star 99%'",
        "name LIKE 'star 9_9%'",
        "name LIKE 'north'",
        "name = 'north'",
        "id = 5.0",
        "id < 4.5",
        "id BETWEEN 1.5 AND 4.5",
        "id IN (1, 2.0, 3)",
        "id = -5",
    ],
)
def test_an_index_serves_under_row_level_security(condition: str, public_sky: Sky) -> None:
    plan = public_sky.plan(f"SELECT id FROM sky.stars WHERE {condition}")
    assert "Index Cond" in plan, plan


@pytest.mark.parametrize("condition", ["name LIKE '%9'", "name ILIKE 'star 99%'"])
def test_other_patterns_are_filtered(condition: str, public_sky: Sky) -> None:
    assert "Index Cond" not in public_sky.plan(f"SELECT id FROM sky.stars WHERE {condition}")


def test_prefixes_find_what_like_finds(sky: Sky) -> None:
    for pattern in ("star 1%", "star 19_", "a\\b_c%", "north", "so%", "", "%", "star 1"):
        adql = f"SELECT COUNT(*) AS n FROM sky.stars WHERE name LIKE '{pattern}'"
        like = "SELECT count(*) FROM sky.stars WHERE name LIKE E'{}' ESCAPE ''"
        assert sky.rows(adql) == sky.sql(like.format(pattern.replace("\\", "\\\\"))), pattern


@given(st.text("ab%_ ", max_size=8))
def test_the_index_condition_never_loses_a_match(pattern: str) -> None:
    operator, start, undecided = index_condition(pattern)
    assert operator in {"", "=", "^@"}
    assert "%" not in start
    assert "_" not in start
    if operator == "^@":
        assert pattern.startswith(start)
        assert undecided == (pattern != start + "%")


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("SUM(id)", int), ("SUM(mag)", float), ("AVG(id)", float), ('AVG("size")', float),
        ("MAX(id) + 1.5", float), ("MAX(id) / 2", int), ("ROUND(MAX(mag), 1)", float),
        ("MOD(MAX(id), 2.5)", float), ("SUM(id) * 2", int), ("COUNT(*) / 2.0", float),
        ("SUM(1.5)", float), ("COALESCE(MAX(id), 1.5)", float), ("MAX(seen)", datetime),
        ("SUM(DISTINCT id)", int), ("AVG(DISTINCT mag)", float),
        ("-9223372036854775808 + COUNT(*)", int), ("MAX(CAST('1.5' AS REAL))", float),
    ],
)  # fmt: skip
def test_numbers_arrive_as_numbers(expression: str, kind: type, sky: Sky) -> None:
    ((value,),) = sky.rows(f"SELECT {expression} AS v FROM sky.stars")
    assert type(value) is kind


UPLOAD = Table(
    "TAP_UPLOAD.mine",
    "An uploaded table",
    (Column("ID", "int"), Column("Mag (V)", "float", unit="mag"), Column("id", "short")),
    physical="pg_temp.upload_1",
)
WITH_UPLOAD = catalogue([Schema("TAP_UPLOAD", "Uploads", (UPLOAD,))])


def test_an_uploaded_table_is_read_by_its_physical_name() -> None:
    translation = translate('SELECT m."Mag (V)" FROM TAP_UPLOAD.mine AS m', WITH_UPLOAD)
    assert translation.sql == 'SELECT m."Mag (V)" AS c FROM pg_temp.upload_1 AS m'
    assert translation.tables == {"TAP_UPLOAD.mine"}
    assert [made.name for made in translation.columns] == ["Mag (V)"]
    names = translate("SELECT * FROM tap_upload.MINE", WITH_UPLOAD).columns
    assert [made.name for made in names] == ["ID", "Mag (V)", "id"]
    sql = translate('SELECT "ID", "id" FROM mine', WITH_UPLOAD).sql
    assert sql == 'SELECT mine."ID" AS id, mine.id AS id_2 FROM pg_temp.upload_1 AS mine'
