"""Output formats: what RESPONSEFORMAT may say and which writer that means.

A further format is a further :class:`OutputFormat` in :data:`FORMATS`;
capabilities and error messages follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from resources.capabilities import Format
from tap.errors import UsageError
from tap.output.delimited import csv_table, tsv_table
from tap.output.fits_table import fits_table
from tap.output.html_table import html_table
from tap.output.ipc import arrow_stream
from tap.output.json_table import json_table
from tap.output.parquet import parquet_table
from tap.output.plain import text_table
from tap.parameters import shown
from tap.votable import Binary, Binary2, votable_document

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from tap.parameters import Parameters
    from tap.pieces import Part
    from tap.votable import TableResult


VOTABLE_TYPE = "application/x-votable+xml"
"""Media type of VOTable (VOTable 1.4, section 8)."""

_OUTPUT = "ivo://ivoa.net/std/TAPRegExt#output-"
"""Start of the identifiers of formats (TAPRegExt 1.0, section 2.3)."""


@dataclass(frozen=True)
class OutputFormat:
    """One form an answer can take."""

    media_type: str
    """What it is called where the caller gave a short name."""
    write: Callable[[TableResult], Generator[Part]]
    media_types: tuple[str, ...]
    """Media types that ask for it; the answer bears the one asked for."""
    aliases: tuple[str, ...]
    """Short names that ask for it."""
    ivo_id: str | None = None
    parameters: str = ""
    """What is added to a media type that was asked for without parameters."""
    tells_errors: bool = False
    """Whether an unfinished answer can say so; else its transfer is broken off."""
    most_columns: int | None = None
    """Columns it can hold; None for any number."""

    def capabilities(self) -> Iterator[Format]:
        """Describe the format for TAPRegExt, one entry for each media type."""
        for number, media_type in enumerate(self.media_types):
            yield Format(media_type, self.aliases if number == 0 else (), self.ivo_id)


@dataclass(frozen=True)
class ChosenFormat:
    """A format and the Content-Type the caller wants it under."""

    format: OutputFormat
    content_type: str

    def check_width(self, columns: int) -> None:
        """See that it can hold so many columns.

        Raises
        ------
        UsageError
            If it cannot.
        """
        most = self.format.most_columns
        if most is not None and columns > most:
            raise UsageError(
                f"The answer has {columns} columns, and {self.format.aliases[0]} can hold {most}."
                " Select fewer, or ask for another format."
            )


FORMATS = (
    OutputFormat(
        media_type=VOTABLE_TYPE,
        write=votable_document,
        media_types=(VOTABLE_TYPE, "text/xml", f"{VOTABLE_TYPE};serialization=TABLEDATA"),
        aliases=("votable", "votable/td"),
        ivo_id=f"{_OUTPUT}votable-td",
        tells_errors=True,
    ),
    OutputFormat(
        media_type=f"{VOTABLE_TYPE};serialization=BINARY2",
        write=partial(votable_document, serialization=Binary2),
        media_types=(f"{VOTABLE_TYPE};serialization=BINARY2",),
        aliases=("votable/b2",),
        ivo_id=f"{_OUTPUT}votable-binary2",
        tells_errors=True,
    ),
    OutputFormat(
        media_type=f"{VOTABLE_TYPE};serialization=BINARY",
        write=partial(votable_document, serialization=Binary),
        media_types=(f"{VOTABLE_TYPE};serialization=BINARY",),
        aliases=("votable/b",),
        ivo_id=f"{_OUTPUT}votable-binary",
        tells_errors=True,
    ),
    OutputFormat(
        media_type="text/csv",
        write=csv_table,
        media_types=("text/csv;header=present", "text/csv"),
        aliases=("csv",),
        # TAP 1.1, section 3.4: the media type must say that the first line is a header.
        parameters=";header=present;charset=utf-8",
    ),
    OutputFormat(
        media_type="text/tab-separated-values",
        write=tsv_table,
        media_types=("text/tab-separated-values",),
        aliases=("tsv",),
        parameters=";charset=utf-8",
    ),
    OutputFormat(
        media_type="application/fits",
        write=fits_table,
        media_types=("application/fits",),
        aliases=("fits",),
        most_columns=999,  # FITS 4.0, section 7.3.1
    ),
    OutputFormat(
        media_type="application/vnd.apache.parquet",
        write=parquet_table,
        media_types=("application/vnd.apache.parquet",),
        aliases=("parquet", "vo-parquet"),
    ),
    OutputFormat(
        media_type="application/vnd.apache.arrow.stream",
        write=arrow_stream,
        media_types=("application/vnd.apache.arrow.stream",),
        aliases=("arrow",),
    ),
    OutputFormat(
        media_type="application/json",
        write=json_table,
        media_types=("application/json",),
        aliases=("json",),
    ),
    OutputFormat(
        media_type="text/html",
        write=html_table,
        media_types=("text/html",),
        aliases=("html",),
        parameters=";charset=utf-8",
    ),
    OutputFormat(
        media_type="text/plain",
        write=text_table,
        media_types=("text/plain",),
        aliases=("text",),
        parameters=";charset=utf-8",
    ),
)
"""All formats, the default first."""


def _normal(name: str) -> str:
    """Bring a format's name into one spelling.

    A plus sign that was not escaped in a URL arrives as a blank.
    """
    parts = [part.strip() for part in name.strip().lower().split(";")]
    return ";".join(part for part in parts if part).replace("x-votable xml", "x-votable+xml")


_BY_ALIAS = {alias: made for made in FORMATS for alias in made.aliases}
_BY_MEDIA_TYPE = {_normal(name): (made, name) for made in FORMATS for name in made.media_types}


def choose_format(parameters: Parameters) -> ChosenFormat:
    """Choose the format of the answer (DALI 1.1, section 3.4.3).

    FORMAT is a synonym of RESPONSEFORMAT (TAP 1.1, section 2.7.3). Giving the
    same value twice is let pass, since a widespread client does so.

    Raises
    ------
    UsageError
        If the format is not offered, or several are asked for.
    """
    asked = parameters.single("RESPONSEFORMAT", "FORMAT", same_allowed=True)
    if asked is None:
        return ChosenFormat(FORMATS[0], FORMATS[0].media_type)
    name = _normal(asked)
    if name in _BY_ALIAS:
        made = _BY_ALIAS[name]
        return ChosenFormat(made, made.media_type + made.parameters)
    if name in _BY_MEDIA_TYPE:
        made, media_type = _BY_MEDIA_TYPE[name]
        return ChosenFormat(made, media_type if ";" in media_type else media_type + made.parameters)
    offered = ", ".join([*_BY_ALIAS, *(name for _, name in _BY_MEDIA_TYPE.values())])
    raise UsageError(f"The format {shown(asked)} is not offered. Use one of: {offered}.")
