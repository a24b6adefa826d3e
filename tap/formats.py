"""Output formats: what RESPONSEFORMAT may say and which writer that means.

A further format is a further :class:`OutputFormat` in :data:`FORMATS`;
capabilities and error messages follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resources.capabilities import Format
from tap.errors import UsageError
from tap.parameters import shown
from tap.votable import csv_table, votable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from schemas.declaration import Column, Position
    from tap.parameters import Parameters
    from tap.votable import Info

VOTABLE_TYPE = "application/x-votable+xml"
"""Media type of VOTable (VOTable 1.4, section 8)."""


@dataclass(frozen=True)
class TableResult:
    """The answer to a query, as writers take it."""

    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    maxrec: int
    infos: tuple[Info, ...] = ()
    positions: tuple[Position, ...] = ()
    on_error: Callable[[Exception], str] | None = None


@dataclass(frozen=True)
class OutputFormat:
    """One form an answer can take."""

    media_type: str
    """What it is called where the caller gave a short name."""
    write: Callable[[TableResult], Iterator[bytes]]
    media_types: tuple[str, ...]
    """Media types that ask for it; the answer bears the one asked for."""
    aliases: tuple[str, ...]
    """Short names that ask for it."""
    ivo_id: str | None = None
    parameters: str = ""
    """What is added to a media type that was asked for without parameters."""

    def capabilities(self) -> Iterator[Format]:
        """Describe the format for TAPRegExt, one entry for each media type."""
        for number, media_type in enumerate(self.media_types):
            yield Format(media_type, self.aliases if number == 0 else (), self.ivo_id)


@dataclass(frozen=True)
class ChosenFormat:
    """A format and the Content-Type the caller wants it under."""

    format: OutputFormat
    content_type: str


def _write_votable(result: TableResult) -> Iterator[bytes]:
    return votable(
        result.columns,
        result.rows,
        infos=result.infos,
        positions=result.positions,
        maxrec=result.maxrec,
        on_error=result.on_error,
    )


def _write_csv(result: TableResult) -> Iterator[bytes]:
    return csv_table(result.columns, result.rows, maxrec=result.maxrec)


FORMATS = (
    OutputFormat(
        media_type=VOTABLE_TYPE,
        write=_write_votable,
        media_types=(VOTABLE_TYPE, "text/xml", f"{VOTABLE_TYPE};serialization=TABLEDATA"),
        aliases=("votable", "votable/td"),
        ivo_id="ivo://ivoa.net/std/TAPRegExt#output-votable-td",
    ),
    OutputFormat(
        media_type="text/csv",
        write=_write_csv,
        media_types=("text/csv;header=present", "text/csv"),
        aliases=("csv",),
        # TAP 1.1, section 3.4: the media type must say that the first line is a header.
        parameters=";header=present;charset=utf-8",
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
