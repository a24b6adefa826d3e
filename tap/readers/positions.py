"""Which columns of a table are positions on the sky."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.declaration import Position

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schemas.declaration import Column

_PAIRS = (("pos.eq.ra", "pos.eq.dec"), ("pos.galactic.lon", "pos.galactic.lat"),
          ("pos.ecliptic.lon", "pos.ecliptic.lat"))  # fmt: skip
_NAMES = (
    ("ra", "dec"),
    ("raj2000", "dej2000"),
    ("ra_icrs", "de_icrs"),
    ("ra_deg", "dec_deg"),
    ("radeg", "decdeg"),
    ("ra_j2000", "dec_j2000"),
    ("alpha", "delta"),
    ("s_ra", "s_dec"),
    ("lon", "lat"),
    ("glon", "glat"),
    ("l", "b"),
)
"""Names of columns that are a position where UCDs do not say so."""
_OLD = {"POS_EQ_RA": "pos.eq.ra", "POS_EQ_DEC": "pos.eq.dec"}
"""UCD1 for UCD1+."""
_DEGREES = ("deg", "degree", "degrees", "", None)
_MOST = 4
"""Positions of one table; each costs an index."""


def positions(columns: Sequence[Column], frames: Mapping[str, str]) -> tuple[Position, ...]:
    """Find pairs of columns that are positions in degrees.

    They are found by UCD, first those that are ``meta.main``, and by the usual
    names where no UCD is given.

    Parameters
    ----------
    columns
        Of the table.
    frames
        Frames of columns where they are known, by name.

    Returns
    -------
    tuple
        Their vectors are named ``pos_0``, ``pos_1``, …
    """
    numeric = [c for c in columns if _is_angle(c)]
    found = dict.fromkeys((*_by_ucd(numeric), *_by_name(numeric)))
    return tuple(
        Position(longitude, latitude, f"pos_{number}", frames.get(longitude))
        for number, (longitude, latitude) in enumerate(list(found)[:_MOST])
    )


def _is_angle(column: Column) -> bool:
    return (
        column.datatype in ("float", "double")
        and column.arraysize is None
        and column.unit in _DEGREES
    )


def _words(column: Column) -> tuple[str, bool]:
    """Give the first word of a UCD, and whether it is the main one."""
    ucd = _OLD.get((column.ucd or "").removesuffix("_MAIN"), column.ucd or "").lower()
    if (column.ucd or "").endswith("_MAIN"):
        ucd += ";meta.main"
    first, *rest = ucd.split(";")
    return first.strip(), "meta.main" in rest and len(rest) == 1


def _by_ucd(columns: Sequence[Column]) -> Iterator[tuple[str, str]]:
    for main in (True, False):
        for one, other in _PAIRS:
            first = [c.name for c in columns if _is(c, one, main=main)]
            second = [c.name for c in columns if _is(c, other, main=main)]
            # Several of a kind without a main one go together in their order.
            if len(first) == len(second):
                yield from zip(first, second, strict=True)


def _is(column: Column, wanted: str, *, main: bool) -> bool:
    word, is_main = _words(column)
    plain = ";" not in (column.ucd or "")
    return word == wanted and (is_main if main else plain)


def _by_name(columns: Sequence[Column]) -> Iterator[tuple[str, str]]:
    names = {column.name.lower(): column.name for column in reversed(columns) if not column.ucd}
    for one, other in _NAMES:
        if one in names and other in names:
            yield names[one], names[other]
