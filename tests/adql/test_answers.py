from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from tap.adql import translate
from tests.adql.support import HERE
from tests.adql.test_grammar import HALF

if TYPE_CHECKING:
    from tests.adql.support import Sky

LINES = [
    tuple(line.split(" => "))
    for line in (HERE / "answers.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("--")
]


@pytest.mark.parametrize(("expression", "expected"), LINES)
def test_value_of_an_expression(expression: str, expected: str, sky: Sky) -> None:
    # The expected values are Python literals and datetimes in a file of ours.
    value = eval(expected, {"datetime": datetime})  # noqa: S307
    answer = sky.value(expression)
    if isinstance(value, float):
        assert answer == pytest.approx(value, rel=1e-12, abs=1e-12)
    else:
        assert answer == value
    assert type(answer) is type(value)


def test_random_numbers_lie_between_0_and_1(sky: Sky) -> None:
    rows = sky.rows("SELECT TOP 100 RAND() AS a, RAND(3) AS b FROM sky.stars")
    assert all(isinstance(number, float) and 0 <= number < 1 for row in rows for number in row)
    assert len(set(rows)) == len(rows)


def test_natural_join_joins_declared_columns_only(sky: Sky) -> None:
    rows = sky.rows("SELECT a.id FROM sky.visits a NATURAL JOIN sky.visits b")
    assert len(rows) == 100


def test_outer_joins(sky: Sky) -> None:
    left = "SELECT COUNT(*) AS n, COUNT(v.id) AS m FROM sky.stars s {} JOIN sky.visits v ON {}"
    assert sky.rows(left.format("LEFT", "s.id = v.star_id")) == [(20005, 100)]
    assert sky.rows(left.format("RIGHT OUTER", "s.id = v.star_id")) == [(100, 100)]
    assert sky.rows(left.format("FULL", "s.id = v.star_id + 20000")) == [(20104, 100)]


def test_using_in_a_full_join_shows_either_side(sky: Sky) -> None:
    rows = sky.rows(
        "SELECT k FROM (SELECT id AS k FROM sky.visits WHERE id < 2) AS a"
        " FULL JOIN (SELECT star_id AS k FROM sky.visits WHERE star_id IN (0, 10)) AS b USING (k)"
        " ORDER BY k"
    )
    assert rows == [(0,), (1,), (10,)]


def test_order_offset_and_top(sky: Sky) -> None:
    assert sky.rows("SELECT TOP 2 id FROM sky.visits ORDER BY id DESC OFFSET 3") == [(96,), (95,)]
    assert sky.rows("SELECT TOP 0 id FROM sky.visits") == []
    assert sky.rows("SELECT TOP 1 -id AS k FROM sky.visits ORDER BY k") == [(-99,)]


def test_set_operators_bind_as_the_standard_says(sky: Sky) -> None:
    one = "SELECT n FROM sky.one"
    none = "SELECT n FROM sky.one WHERE n < 0"
    assert sky.rows(f"{one} UNION ALL {one} INTERSECT {none}") == [(7,)]
    assert sky.rows(f"({one} UNION ALL {one}) INTERSECT {none}") == []
    assert sky.rows(f"{one} EXCEPT {one} UNION ALL {one}") == [(7,)]


def test_common_tables_are_joined(sky: Sky) -> None:
    rows = sky.rows(
        "WITH a AS (SELECT id AS k FROM sky.visits), b (k, m) AS (SELECT k, k + 1 FROM a)"
        " SELECT COUNT(*) AS n, MAX(m) AS m FROM a JOIN b USING (k)"
    )
    assert rows == [(100, 100)]


def test_correlated_subqueries_see_the_query_around_them(sky: Sky) -> None:
    rows = sky.rows(
        "SELECT id, (SELECT MAX(mag) FROM sky.stars AS s WHERE s.id = v.star_id) AS m"
        " FROM sky.visits AS v WHERE EXISTS"
        " (SELECT 1 FROM sky.visits AS w WHERE w.id = v.id AND w.id = 3)"
    )
    assert rows == [(3, pytest.approx(9.0))]


def test_long_lists_and_sums(sky: Sky) -> None:
    numbers = ", ".join(str(number) for number in range(10_000))
    assert sky.rows(f"SELECT COUNT(*) AS n FROM sky.stars WHERE id IN ({numbers})") == [(10_000,)]
    assert sky.value(" + ".join(["n"] * 2000)) == 14_000
    assert sky.value("(" * 199 + "n" + ")" * 199) == 7
    unions = " UNION ALL ".join(["SELECT n FROM sky.one"] * 500)
    assert len(sky.rows(unions)) == 500


@pytest.mark.parametrize(
    "expression",
    [
        "ABS(" * 32 + "n" + ")" * 32,
        "CASE WHEN n = 7 THEN " * 190 + "n" + " END" * 190,
        "COALESCE(NULL, " * 32 + "n" + ")" * 32,
        "(SELECT " * 80 + "n" + " FROM sky.one)" * 80,
        "CASE " + " ".join(f"WHEN n = {n} THEN {n}" for n in range(10_000)) + " END",
        "COALESCE(" + "NULL, " * 10_000 + "n)",
        " + ".join(["(" + " + ".join(["n"] * 1000) + ")"] * 3) + " - 20993",
    ],
    ids=lambda expression: expression[:20],
)
def test_the_largest_expressions_accepted_run(expression: str, sky: Sky) -> None:
    assert sky.value(expression) == 7


def test_the_longest_queries_accepted_run(sky: Sky) -> None:
    conditions = " AND ".join(["n = 7"] * 50_000)
    assert sky.rows(f"SELECT n FROM sky.one WHERE {conditions}") == [(7,)]
    choices = " OR ".join(f"(n = {number} AND x < 0)" for number in range(30_000))
    assert sky.rows(f"SELECT n FROM sky.one WHERE {choices}") == [(7,)]
    tables = ", ".join(f"sky.one AS t{number}" for number in range(100))
    assert sky.rows(f"SELECT COUNT(*) AS n FROM {tables}") == [(1,)]
    joins = " ".join(f"JOIN sky.one AS t{n} ON t{n}.n = t{n - 1}.n" for n in range(1, 60))
    assert sky.rows(f"SELECT t0.n FROM sky.one AS t0 {joins}") == [(7,)]
    text = "x" * 1_000_000
    assert sky.rows(f"SELECT '{text}' AS s FROM sky.one") == [(text,)]
    columns = ", ".join(f"n AS c{number}" for number in range(1500))
    assert len(sky.rows(f"SELECT {columns} FROM sky.one ORDER BY n + 1")[0]) == 1500


@pytest.mark.parametrize("word", ["user", "window", "analyse", "do", "returning", "values", "row"])
def test_reserved_words_of_postgresql_may_be_aliases(word: str, sky: Sky) -> None:
    rows = sky.rows(f'SELECT "{word}".n AS "{word}" FROM sky.one AS "{word}"')
    assert rows == [(7,)]


def test_every_reserved_word_of_postgresql_is_quoted(sky: Sky) -> None:
    from tap.adql.names import quoted  # noqa: PLC0415 (the one private thing tested)

    words = sky.sql("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')")
    names = [quoted(str(word)) for (word,) in words]
    assert sky.sql("SELECT " + ", ".join(f"1 AS {name}" for name in names))
    assert sky.sql("SELECT 1 FROM " + ", ".join(f"sky.one AS {name}" for name in names[:30]))


def test_a_declared_user_function_is_called(sky: Sky) -> None:
    translation = translate("SELECT SKY_HALF(n) AS h FROM sky.one", sky.catalogue, udfs=[HALF])
    assert sky.sql(translation.sql) == [(3.5,)]
