from __future__ import annotations

import io
import logging
import subprocess
import sys
from importlib.resources import files

import pytest
from lark import Lark, logger

from schemas.functions import Function
from tap.adql import ADQLError, parse, tree
from tap.adql.parser import automaton

HALF = Function("sky_half(x REAL) -> REAL", "({0} / 2.0)", "half of x")


def test_the_grammar_has_one_benign_conflict() -> None:
    """A parenthesised query in parentheses is a query, not a value: the shift is right."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        text = (files("tap.adql") / "grammar.lark").read_text(encoding="utf-8")
        Lark(text, parser="lalr", lexer="basic", debug=True)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    assert heard.getvalue().count("Shift/Reduce conflict") == 1
    assert "Reduce/Reduce" not in heard.getvalue()


def test_the_parser_is_built_once() -> None:
    assert automaton() is automaton()


def test_the_package_imports_neither_database_nor_web_framework() -> None:
    code = (
        "import sys, tap.adql; loaded = {'flask', 'sqlalchemy', 'psycopg2'} & set(sys.modules);"
        "sys.exit(len(loaded))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_comments_and_white_space_separate_words() -> None:
    statement = parse("select--everything\n\t*\r\nfrom/**/".replace("/**/", " ") + "sky.stars ; ")
    assert isinstance(statement.query.body, tree.Select)


def test_joins_nest_as_written() -> None:
    select = parse("SELECT * FROM a JOIN b JOIN c ON b.x = c.x ON a.x = b.x").query.body
    assert isinstance(select, tree.Select)
    (outer,) = select.tables
    assert isinstance(outer, tree.Join)
    assert isinstance(outer.right, tree.Join)
    select = parse("SELECT * FROM a JOIN b ON a.x = b.x JOIN c ON b.x = c.x").query.body
    assert isinstance(select, tree.Select)
    (outer,) = select.tables
    assert isinstance(outer, tree.Join)
    assert isinstance(outer.left, tree.Join)


def test_user_functions_are_checked_where_they_are_declared() -> None:
    text = "SELECT sky_half(x) FROM t WHERE sky_third(x) > 1"
    parse(text)
    with pytest.raises(ADQLError, match="there is no function sky_third"):
        parse(text, udfs=[HALF])
