from __future__ import annotations

import pytest

from tap.errors import UsageError
from tap.formats import FORMATS, choose_format
from tap.parameters import Parameters

CSV = "text/csv;header=present;charset=utf-8"


@pytest.mark.parametrize(
    ("asked", "content_type"),
    [
        ("votable", "application/x-votable+xml"),
        ("VOTable", "application/x-votable+xml"),
        ("votable/td", "application/x-votable+xml"),
        ("application/x-votable+xml", "application/x-votable+xml"),
        ("application/x-votable xml", "application/x-votable+xml"),
        ("application/x-votable+xml; serialization=tabledata",
         "application/x-votable+xml;serialization=TABLEDATA"),
        ("text/xml", "text/xml"),
        ("TEXT/XML", "text/xml"),
        ("csv", CSV),
        ("text/csv", CSV),
        ("text/csv; header=present", "text/csv;header=present"),
        ("tsv", "text/tab-separated-values;charset=utf-8"),
        ("votable/b2", "application/x-votable+xml;serialization=BINARY2"),
        ("application/x-votable+xml;serialization=binary",
         "application/x-votable+xml;serialization=BINARY"),
        ("fits", "application/fits"),
        ("Parquet", "application/vnd.apache.parquet"),
        ("application/vnd.apache.arrow.stream", "application/vnd.apache.arrow.stream"),
        ("json", "application/json"),
        ("text/html", "text/html;charset=utf-8"),
        ("text", "text/plain;charset=utf-8"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["RESPONSEFORMAT", "format"])
def test_names_and_media_types(name: str, asked: str, content_type: str) -> None:
    chosen = choose_format(Parameters([(name, asked)]))
    assert chosen.content_type == content_type


def test_default_is_votable() -> None:
    assert choose_format(Parameters([])).content_type == "application/x-votable+xml"


@pytest.mark.parametrize(
    "asked",
    ["image/fits", "application/pdf", "text/csv;header=absent", "votable;serialization=BINARY3"],
)
def test_others_are_refused_with_what_there_is(asked: str) -> None:
    with pytest.raises(UsageError, match=r"is not offered. Use one of: votable, .*csv"):
        choose_format(Parameters([("FORMAT", asked)]))


def test_every_format_in_the_capabilities_can_be_asked_for() -> None:
    for made in FORMATS:
        for entry in made.capabilities():
            for name in (entry.mime, *entry.aliases):
                assert choose_format(Parameters([("FORMAT", name)])).format is made
