from __future__ import annotations

import pytest

from tap.errors import UsageError
from tap.parameters import Parameters, shown


def test_names_ignore_case_and_values_do_not() -> None:
    parameters = Parameters([("Query", "SELECT Ra")])
    assert parameters.single("QUERY") == parameters.single("query") == "SELECT Ra"


def test_a_repeated_single_parameter_is_refused() -> None:
    parameters = Parameters([("LANG", "ADQL"), ("lang", "ADQL")])
    with pytest.raises(UsageError, match="LANG is given 2 times; give it only once"):
        parameters.single("LANG")


def test_the_same_value_twice_passes_where_allowed() -> None:
    parameters = Parameters([("FORMAT", "votable"), ("format", "votable")])
    assert parameters.single("RESPONSEFORMAT", "FORMAT", same_allowed=True) == "votable"


def test_synonyms_with_different_values_are_refused() -> None:
    parameters = Parameters([("FORMAT", "votable"), ("RESPONSEFORMAT", "csv")])
    with pytest.raises(UsageError, match="RESPONSEFORMAT or FORMAT is given 2 times"):
        parameters.single("RESPONSEFORMAT", "FORMAT", same_allowed=True)


def test_empty_is_missing() -> None:
    parameters = Parameters([("MAXREC", ""), ("QUERY", " \n")])
    assert parameters.single("MAXREC") is None
    assert parameters.all("QUERY") == []
    with pytest.raises(UsageError, match="The parameter QUERY is missing"):
        parameters.required("QUERY", "Give one.")


@pytest.mark.parametrize(
    ("text", "rows"),
    [(None, 10), ("", 10), ("0", 0), ("7", 7), (" 7 ", 7), ("+7", 7), ("99", 99), ("101", 100),
     ("9" * 100, 100)],
)  # fmt: skip
def test_maxrec(text: str | None, rows: int) -> None:
    pairs = [] if text is None else [("maxrec", text)]
    assert Parameters(pairs).maxrec(10, 100) == rows


@pytest.mark.parametrize("text", ["-1", "1.5", "1e3", "ten", "0x10", "1_000", "\u0663", "9" * 5000])
def test_bad_maxrec(text: str) -> None:
    with pytest.raises(UsageError, match=r"MAXREC is .*; it must be a whole number, 0 or more"):
        Parameters([("MAXREC", text)]).maxrec(10, 100)


def test_undecodable_text_is_refused() -> None:
    with pytest.raises(UsageError, match="QUERY is not valid UTF-8"):
        Parameters([("QUERY", "SELECT \ufffd")]).single("QUERY")


def test_long_values_are_cut_in_messages() -> None:
    assert shown("x" * 100) == "'" + "x" * 59 + "\u2026'"
    assert shown("short") == "'short'"
