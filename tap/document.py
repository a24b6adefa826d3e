"""The page about the query language, from what the translator declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap.adql import FEATURES, FUNCTIONS, UDFS
from tap.adql.basics import BASICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemas.functions import Example, Function

_HEAD = """\
# ADQL

The query language is [ADQL 2.1](https://www.ivoa.net/documents/ADQL/20231215/), all of it. This
page is written by `make generate` from what the translator declares, and a test runs every
example.

An example that is no query stands for `SELECT TOP 1 example FROM TAP_SCHEMA.tables`. Values are
written as Python writes them, `None` is NULL."""

_GROUPS = {
    "adqlgeo": "Geometry",
    "adql-string": "Strings",
    "adql-common-table": "Common tables",
    "adql-sets": "Set operators",
    "adql-type": "Types",
    "adql-conditional": "NULL",
    "adql-unit": "Units",
    "adql-offset": "Offset",
    None: "Beyond ADQL 2.1",
}
"""Headings of the groups of optional features."""


def adql_page(own: Sequence[Function] = ()) -> str:
    """Give the page about ADQL, in Markdown.

    Parameters
    ----------
    own
        Functions of the service's own, beside those the IVOA defines.
    """
    parts = [_HEAD, "## Queries", *(_entry(f.form, f.description, f.examples) for f in BASICS)]
    for group, heading in _GROUPS.items():
        parts.append(f"## {heading}")
        features = [feature for feature in FEATURES if feature.group == group]
        parts += [_entry(one.form, one.description, one.examples) for one in features]
    parts += ["## Mathematical functions", "\n".join(_table(FUNCTIONS))]
    parts += ["## Functions of the IVOA", _catalogue_note(), *_functions(UDFS)]
    if own:
        parts += ["## Functions of this service", *_functions(own)]
    return "\n\n".join(parts) + "\n"


def _catalogue_note() -> str:
    return (
        "The [Catalogue of ADQL User Defined Functions]"
        "(https://www.ivoa.net/documents/udf-catalogue/) defines these for all services. All of"
        " version 1.2 are here but `ivo_simbadpoint`, which would ask another service."
    )


def _entry(name: str, description: str, examples: Iterable[Example]) -> str:
    return f"### {name}\n\n{description}.\n\n" + "\n".join(_examples(examples))


def _functions(functions: Iterable[Function]) -> Iterator[str]:
    """Write forms of the same name under one heading."""
    heading = ""
    for function in functions:
        if function.name != heading:
            heading = function.name
            yield f"### {heading}"
        examples = "\n".join(_examples(function.examples))
        yield f"`{function.form}`\n\n{function.description}.\n\n{examples}"


def _examples(examples: Iterable[Example]) -> Iterator[str]:
    yield "```sql"
    for example in examples:
        yield example.adql
        yield f"-- {example.value!r}"
    yield "```"


def _table(functions: Iterable[Function]) -> Iterator[str]:
    yield "| function | gives | example | value |\n|---|---|---|---|"
    for function in functions:
        example = function.examples[0]
        names = ", ".join(parameter.name for parameter in function.parameters)
        yield (
            f"| `{function.name}({names})` | {function.description} | `{example.adql}`"
            f" | `{example.value!r}` |"
        )
