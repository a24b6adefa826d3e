"""Lists of values and ranges, the way SSA writes them: ``a``, ``a/b``, ``/b``, ``a/``.

Commas separate the elements of a list; a data product matches when any of
them does (SSA 1.1, section 8.7.2).
"""

from __future__ import annotations

import math
import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_MJD_OF_ORDINAL_ZERO: Final = -678576
"""MJD of the day before 0001-01-01 in the proleptic Gregorian calendar."""

_SECONDS_PER_DAY: Final = 86400
_TIMESTAMP: Final = re.compile(
    r"""(?P<year>\d{4})
    (?:-(?P<month>\d\d)
      (?:-(?P<day>\d\d)
        (?:T(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d|60)(?:\.\d+)?)?Z?)?
      )?
    )?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_FRACTION: Final = re.compile(r"\.\d+")


class ParameterError(ValueError):
    """A parameter has a value that the service cannot understand."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval; an open end is infinite."""

    low: float
    high: float


def ranges(
    name: str, text: str, parse_value: Callable[[str, str], Interval]
) -> tuple[Interval, ...]:
    """Read a list of values and ranges.

    Parameters
    ----------
    name
        Name of the parameter, for messages.
    text
        Its value.
    parse_value
        Reads one value: the interval that the value alone stands for.

    Raises
    ------
    ParameterError
        If an element is empty, cannot be read or runs backwards.
    """
    return tuple(_range(name, element.strip(), parse_value) for element in text.split(","))


def _range(name: str, text: str, parse_value: Callable[[str, str], Interval]) -> Interval:
    """Read one element of a list."""
    first, slash, last = (part.strip() for part in text.partition("/"))
    if not first and not last:
        raise ParameterError(
            f"{name} has an empty element; write a value, or a range such as a/b, a/ or /b"
        )
    if not slash:
        return parse_value(name, first)
    everything = Interval(-math.inf, math.inf)
    begin = parse_value(name, first) if first else everything
    end = parse_value(name, last) if last else everything
    if first and last and begin.low > end.low:
        raise ParameterError(f"{name}={text} runs backwards; write the smaller value first")
    return Interval(begin.low, end.high)


def number(name: str, text: str) -> float:
    """Read a finite number.

    Raises
    ------
    ParameterError
        If it is none.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in text:
        raise ParameterError(f"{name}: {text!r} is not a number")
    return value


def wavelength(name: str, text: str) -> Interval:
    """Read a wavelength in metres.

    Raises
    ------
    ParameterError
        If it is not a number, or negative.
    """
    try:
        value = number(name, text)
    except ParameterError as error:
        raise ParameterError(
            f"{name}: {text!r} is not a wavelength; write vacuum wavelengths in metres,"
            f" for example {name}=4e-7/9e-7 (names of bandpasses are not supported)"
        ) from error
    if value < 0:
        raise ParameterError(f"{name}: a wavelength cannot be negative ({text})")
    return Interval(value, value)


def timestamp(name: str, text: str) -> Interval:
    """Read an ISO 8601 date or time (UTC) as MJD.

    A year, month or day stands for all of it, a time of day for that
    instant (SSA 1.1, section 4.1.1.4).

    Raises
    ------
    ParameterError
        If it is neither, or no such day exists.
    """
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise ParameterError(
            f"{name}: {text!r} is not a date; write UTC dates in ISO 8601 without a zone,"
            f" for example {name}=2007-05-16/2007-10-15T07:44:09"
        )
    year = int(match["year"])
    month = int(match["month"]) if match["month"] else None
    day = int(match["day"]) if match["day"] else None
    try:
        begin = date(year, month or 1, day or 1)
        last_month = month or 12
        end = date(year, last_month, day or monthrange(year, last_month)[1])
    except ValueError as error:
        raise ParameterError(f"{name}: there is no day {text!r}") from error
    midnight = float(begin.toordinal() + _MJD_OF_ORDINAL_ZERO)
    if match["hour"] is None:
        return Interval(midnight, float(end.toordinal() + 1 + _MJD_OF_ORDINAL_ZERO))
    instant = midnight + _seconds_of_day(match) / _SECONDS_PER_DAY
    return Interval(instant, instant)


def _seconds_of_day(match: re.Match[str]) -> float:
    """Count the seconds since midnight; a leap second counts as the next day's first."""
    fraction = _FRACTION.search(match[0])
    return (
        int(match["hour"]) * 3600
        + int(match["minute"]) * 60
        + int(match["second"] or 0)
        + (float(fraction[0]) if fraction else 0.0)
    )
