from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap.adql import ADQLError, translate
from tests.adql.sky import SKY
from tests.adql.support import HERE

LINES = [
    re.fullmatch(r"(.*?) ?=> (\d+):(\d+) (.+)", line)
    for line in (HERE / "mistakes.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("-- #")
]
WORDS = (
    "SELECT FROM WHERE AND OR NOT TOP 5 1.5 'x' \"ra\" id mag sky.stars AS s ( ) , * + - / = < ||"
    " JOIN ON USING GROUP BY ORDER IN BETWEEN LIKE NULL IS COUNT POINT CONTAINS CIRCLE CASE WHEN"
    " THEN END CAST INTEGER UNION WITH . ; -- % ' é \n"
)


def mistake(adql: str) -> ADQLError:
    with pytest.raises(ADQLError) as caught:
        translate(adql, SKY)
    return caught.value


@pytest.mark.parametrize("line", LINES, ids=[str(line and line[0])[:80] for line in LINES])
def test_message_and_place(line: re.Match[str] | None) -> None:
    assert line is not None, "a line of mistakes.txt that cannot be read"
    error = mistake(line[1])
    assert line[4] in error.message
    assert (error.line, error.column) == (int(line[2]), int(line[3]))


def test_all_unresolved_names_are_reported_together_with_carets() -> None:
    error = mistake("SELECT magn,\n  zzz(id), s.idd\nFROM sky.stars AS s, sky.vists")
    assert [found.message for found in error.mistakes] == [
        "there is no function zzz",
        "no column `idd` in sky.stars; did you mean id?",
        "no table `sky.vists`; did you mean sky.visits?",
    ]
    assert str(error).splitlines()[:3] == [
        "line 2, column 3: there is no function zzz",
        "    zzz(id), s.idd",
        "    ^",
    ]


def test_a_name_is_not_called_missing_when_its_table_is() -> None:
    error = mistake("SELECT id, x.y, z FROM sky.strs AS x")
    assert error.message == "no table `sky.strs`; did you mean sky.stars?"


def test_the_excerpt_of_a_long_line_shows_the_place() -> None:
    error = mistake(f"SELECT {'id, ' * 100} magn FROM sky.stars")
    _, excerpt, caret = str(error).splitlines()
    assert len(excerpt) < 80
    assert excerpt[caret.index("^") :].startswith("magn")


@pytest.mark.parametrize(
    ("adql", "message"),
    [
        ("SELECT " + "(" * 10_000 + "1" + ")" * 10_000 + " FROM sky.one", "nested too deeply"),
        ("SELECT " + "ABS(" * 10_000 + "1" + ")" * 10_000 + " FROM sky.one", "nested too deeply"),
        ("SELECT " + "+".join(["1"] * 20_000) + " FROM sky.one", "at most 2000"),
        ("SELECT " + "||".join(["'a'"] * 20_000) + " FROM sky.one", "at most 2000"),
        (" UNION ".join(["SELECT n FROM sky.one"] * 5000), "at most 500"),
        ("SELECT * FROM a" + " JOIN a ON 1=1" * 5000, "too many joins"),
        ("SELECT * FROM " + ", ".join(f"a AS t{n}" for n in range(5000)), "no table `a`"),
        ("SELECT * FROM " + ", ".join(f"sky.one AS t{n}" for n in range(200)), "at most 100"),
        ("SELECT " + ", ".join(["n"] * 20_000) + " FROM sky.one", "more than 1500 columns"),
        ("SELECT " + ", ".join(f"x{n}" for n in range(100_000)) + " FROM sky.one", "`x49`"),
        (
            "SELECT " + ", ".join(["(" + "+".join(["n"] * 1000) + ")"] * 10) + " FROM sky.one",
            "at most 4000",
        ),
        (
            "SELECT " + "(SELECT " * 190 + "n" + " FROM sky.one)" * 190 + " FROM sky.one",
            "too deeply",
        ),
        (
            "SELECT " + "CASE WHEN n = 1 THEN " * 5000 + "1" + " END" * 5000 + " FROM sky.one",
            "too deeply",
        ),
        ("SELECT " + "9" * 1_000_000 + "x FROM sky.one", "this is no number"),
        ("SELECT " + "9" * 1_000_000 + " FROM sky.one", "too large for double"),
        ("SELECT '" + "a''" * 300_000, "no closing quote"),
        ("SELECT 'a\0b' FROM sky.one", "U+0000 is not allowed"),
        ("SELECT '\ud800' FROM sky.one", "U+D800 is not allowed"),
        ("SELECT 1 FROM sky.one" + " " * 2_000_000, "characters"),
        ("SELECT 1 FROM sky.one WHERE " + "1=1 AND " * 100_000, "ends too early"),
    ],
    ids=lambda value: str(value)[:30].replace("\0", "NUL").encode("ascii", "replace").decode(),
)
def test_excess_is_refused_in_bounded_time(adql: str, message: str) -> None:
    assert message in mistake(adql).message


def test_signs_and_negations_may_be_many() -> None:
    adql = "SELECT " + "- " * 10_001 + "n FROM sky.one WHERE " + "NOT " * 10_001 + "n = 1"
    assert translate(adql, SKY).sql == (
        "SELECT (-one.n) AS column_1 FROM sky.one AS one WHERE NOT (one.n = 1)"
    )


def outcome(adql: str) -> str | ADQLError:
    try:
        return translate(adql, SKY).sql
    except ADQLError as error:
        return error


@given(st.lists(st.sampled_from(WORDS.split(" ")), max_size=25).map(" ".join))
def test_any_mixture_of_words_is_translated_or_refused(adql: str) -> None:
    made = outcome(adql)
    if isinstance(made, str):
        assert made.startswith(("SELECT", "(", "WITH"))
    else:
        assert made.message
        assert 1 <= made.line <= adql.count("\n") + 1
        assert "^" in str(made)


@given(st.text(max_size=60))
def test_any_text_is_refused_with_a_message(text: str) -> None:
    made = outcome(text)
    assert isinstance(made, ADQLError)
    assert made.message


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30))
def test_no_literal_or_name_leaves_its_quotes(text: str) -> None:
    quoted = text.replace("'", "''")
    name = (text or "x").replace('"', '""')
    sql = translate(f'SELECT \'{quoted}\' AS "{name}" FROM sky.one AS "{name}"', SKY).sql
    body = sql.removeprefix("SELECT ")
    plain = re.sub(r"E'(?:[^'\\]|''|\\\\)*'|'(?:[^'\\]|'')*'", "?", body, count=1)
    assert re.fullmatch(r'\? AS ("?)[a-z0-9_]+\1 FROM sky.one AS ("?)[a-z0-9_]+\2', plain)
