"""The parameters of SSA queryData (SSA 1.1, section 4.1).

Names are case-insensitive, unknown ones are ignored, an empty value counts
as none, and a single-valued parameter given twice is an error (DALI 1.1,
section 3.2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ssa.ranges import ParameterError, number, ranges, timestamp, wavelength

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ssa.ranges import Interval

_VERSION: Final = re.compile(r"1(\.\d+)?")
"""Versions a client may insist on; 1.1 answers are what clients of any 1.x expect."""

MAX_RUNID: Final = 64
"""Longest RUNID (DALI 1.1, section 3.4.6)."""

_KNOWN: Final = frozenset(
    (
        "REQUEST", "VERSION", "POS", "SIZE", "BAND", "TIME", "FORMAT", "COLLECTION",
        "TARGETNAME", "PUBDID", "MAXREC", "TOP", "RUNID",
    )
)  # fmt: skip

_VOTABLE: Final = ("application/x-votable+xml", "text/xml;content=x-votable")
_FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    "compliant": _VOTABLE,
    "votable": _VOTABLE,
    "fits": ("application/fits", "image/fits", "application/x-fits"),
    "xml": ("application/xml", "text/xml"),
    "graphic": ("image/jpeg", "image/png", "image/gif"),
}
"""Media types behind the short names of FORMAT (SSA 1.1, section 4.1.1.5)."""

_MAX_DIGITS: Final = 18
"""More digits make no larger answer."""

_ANY_FORMAT: Final = ("all", "native")
"""Everything is served in the format the archive holds it in."""


@dataclass(frozen=True, slots=True)
class Cone:
    """A circle on the sky: ICRS centre and radius in degrees."""

    ra: float
    dec: float
    radius: float


@dataclass(frozen=True, slots=True)
class Query:
    """What a queryData request asks for; empty tuples and None do not restrict."""

    cone: Cone | None = None
    bands: tuple[Interval, ...] = ()
    """Vacuum wavelengths in metres."""
    times: tuple[Interval, ...] = ()
    """MJD, UTC."""
    media_types: tuple[str, ...] = ()
    """Lower case, with no blanks."""
    collections: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    publisher_dids: tuple[str, ...] = ()
    maxrec: int | None = None
    top: int | None = None
    metadata_only: bool = False


def parse_query(pairs: Iterable[tuple[str, str]], default_size: float) -> Query:
    """Read the parameters of a request.

    Parameters
    ----------
    pairs
        Names and values as they came, from the URL and the body.
    default_size
        Diameter in degrees searched around a POS that comes without SIZE.

    Raises
    ------
    ParameterError
        If a value cannot be understood.
    """
    values = _single_values(pairs)
    _check_protocol(values)
    formats = _words(values.get("FORMAT", "all").lower())
    return Query(
        cone=_cone(values, default_size),
        bands=_bands(values["BAND"]) if "BAND" in values else (),
        times=ranges("TIME", values["TIME"], timestamp) if "TIME" in values else (),
        media_types=_media_types(formats),
        collections=_words(values.get("COLLECTION", "")),
        targets=_words(values.get("TARGETNAME", "")),
        publisher_dids=_words(values.get("PUBDID", "")),
        maxrec=_count(values, "MAXREC", least=0),
        top=_count(values, "TOP", least=1),
        metadata_only="metadata" in formats,
    )


def _single_values(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Keep the parameters of this protocol that have a value."""
    values: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.upper(), raw_value.strip()
        if name not in _KNOWN or not value:
            continue
        if name in values:
            raise ParameterError(f"{name} is given more than once; give it once")
        if "\0" in value:
            raise ParameterError(f"{name} contains a null character")
        values[name] = value
    return values


def _check_protocol(values: Mapping[str, str]) -> None:
    """Refuse another operation or version than ours."""
    request = values.get("REQUEST", "queryData")
    if request.lower() != "querydata":
        raise ParameterError(f"REQUEST={request} is not supported; use REQUEST=queryData")
    version = values.get("VERSION", "1.1")
    if not _VERSION.fullmatch(version):
        raise ParameterError(f"VERSION={version} is not supported; this service speaks SSA 1.1")
    if len(values.get("RUNID", "")) > MAX_RUNID:
        raise ParameterError(f"RUNID is longer than {MAX_RUNID} characters")


def _cone(values: Mapping[str, str], default_size: float) -> Cone | None:
    """Read POS and SIZE (SSA 1.1, sections 4.1.1.1 and 4.1.1.2)."""
    size = _size(values["SIZE"]) if "SIZE" in values else default_size
    if "POS" not in values:
        return None
    position, semicolon, frame = (part.strip() for part in values["POS"].partition(";"))
    if semicolon and frame.upper() != "ICRS":
        raise ParameterError(
            f"POS: the frame {frame!r} is not supported; give ICRS coordinates,"
            " as in POS=100.9,-0.9"
        )
    coordinates = position.split(",")
    if len(coordinates) != 2:  # noqa: PLR2004 - a position has two coordinates
        raise ParameterError(
            f"POS={position}: write right ascension and declination in degrees with a comma"
            " between them, as in POS=100.9,-0.9"
        )
    ra, dec = (number("POS", coordinate.strip()) for coordinate in coordinates)
    if not 0 <= ra <= 360:  # noqa: PLR2004 - degrees of a circle
        raise ParameterError(f"POS: right ascension {ra:g} is not between 0 and 360 degrees")
    if not -90 <= dec <= 90:  # noqa: PLR2004 - degrees from equator to pole
        raise ParameterError(f"POS: declination {dec:g} is not between -90 and 90 degrees")
    return Cone(ra, dec, size / 2)


def _size(text: str) -> float:
    """Read SIZE, a diameter in degrees."""
    size = number("SIZE", text)
    if not 0 <= size <= 360:  # noqa: PLR2004 - the diameter of the whole sky
        raise ParameterError(f"SIZE={text}: a diameter is between 0 and 360 degrees")
    return size


def _bands(text: str) -> tuple[Interval, ...]:
    """Read BAND (SSA 1.1, section 4.1.1.3)."""
    wavelengths, semicolon, frame = (part.strip() for part in text.partition(";"))
    if semicolon and frame.lower() != "observer":
        raise ParameterError(
            f"BAND: the frame {frame!r} is not supported; give wavelengths as observed, without it"
        )
    return ranges("BAND", wavelengths, wavelength)


def _media_types(formats: tuple[str, ...]) -> tuple[str, ...]:
    """Give the media types that the words of FORMAT allow, none for any."""
    allowed: list[str] = []
    for word in formats:
        if "/" in word:
            allowed.append(word.replace(" ", ""))
        elif word in _FORMATS:
            allowed.extend(_FORMATS[word])
        elif word not in (*_ANY_FORMAT, "metadata"):
            known = ", ".join((*_ANY_FORMAT, *_FORMATS, "metadata"))
            raise ParameterError(f"FORMAT={word} is not known; use a media type or one of {known}")
    if any(word in _ANY_FORMAT for word in formats):
        return ()
    return tuple(allowed)


def _words(text: str) -> tuple[str, ...]:
    """Split a list at its commas."""
    return tuple(" ".join(word.split()) for word in text.split(",") if word.strip())


def _count(values: Mapping[str, str], name: str, least: int) -> int | None:
    """Read a whole number."""
    text = values.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or int(text[:_MAX_DIGITS]) < least:
        raise ParameterError(f"{name}={text} is not a whole number of {least} or more")
    return int(text[:_MAX_DIGITS])
