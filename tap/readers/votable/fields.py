"""FIELD elements as declared columns (VOTable 1.4, section 4.1)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np

from schemas.declaration import Column, Datatype, TimeSystem
from tap.readers.model import LONGEST_FIXED, ReadError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml import etree

_ARRAYSIZE = re.compile(r"([0-9]+x)*([0-9]+\*?|\*)")
_FRAMES = {
    "icrs": "ICRS",
    "eq_fk5": "FK5",
    "fk5": "FK5",
    "eq_fk4": "FK4",
    "fk4": "FK4",
    "galactic": "GALACTIC",
    "ecl_fk5": "ECLIPTIC",
    "ecliptic": "ECLIPTIC",
}
"""Frame for each COOSYS/@system in use; others are not known here."""
_OUR_PREFIX = re.compile(r"^time_\d+_")
"""What this server's VOTables put before the name of a time system."""
_ORIGINS = {"JD-origin": 0.0, "MJD-origin": 2400000.5}
"""Names for values of TIMESYS/@timeorigin (VOTable 1.4, section 3.4.1)."""
_TIMES = ("timestamp", "adql:TIMESTAMP")
"""The second is what TAP 1.0 called the first."""
_INTEGERS = {"unsignedByte": "uint8", "short": "int16", "int": "int32", "long": "int64"}


@dataclass(frozen=True, slots=True)
class Field:
    """A column, and the integer that stands for null in it."""

    column: Column
    null: int | None = None
    length: int | None = 1
    """Elements of each value as it is written; None where that varies."""


@dataclass(frozen=True, slots=True)
class Systems:
    """What FIELDs may refer to, by ID."""

    frames: Mapping[str, str]
    times: Mapping[str, TimeSystem]


def systems(root: etree._Element) -> Systems:
    """Find the coordinate and time systems that are read so far."""
    frames, times = {}, {}
    for element in root.iter("{*}COOSYS"):
        frame = _FRAMES.get(element.get("system", "eq_FK5").lower())
        if frame and element.get("ID"):
            frames[element.get("ID", "")] = frame
    for element in root.iter("{*}TIMESYS"):
        identifier = element.get("ID", "")
        times[identifier] = TimeSystem(
            _OUR_PREFIX.sub("", identifier),
            element.get("timescale", "UNKNOWN"),
            element.get("refposition", "UNKNOWN"),
            _origin(element.get("timeorigin")),
        )
    return Systems(frames, times)


def _origin(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return _ORIGINS[text] if text in _ORIGINS else float(text)
    except ValueError:
        raise ReadError(f"a TIMESYS has the timeorigin {text!r}, which is no number") from None


def fields(table: etree._Element, known: Systems) -> tuple[list[Field], dict[str, str]]:
    """Read the FIELDs of a TABLE.

    Returns
    -------
    tuple
        The fields, and the frames of those that refer to one, by name.

    Raises
    ------
    ReadError
        If one of them is not as VOTable has it, or there are none.
    """
    made: list[Field] = []
    frames: dict[str, str] = {}
    for element in table.iterchildren("{*}FIELD"):
        field = _field(element, len(made) + 1, known)
        made.append(field)
        if frame := known.frames.get(element.get("ref", "")):
            frames[field.column.name] = frame
    if not made:
        raise ReadError("the TABLE has no FIELD")
    return made, frames


def _field(element: etree._Element, number: int, known: Systems) -> Field:
    name = element.get("name") or element.get("ID") or f"col{number}"
    datatype = _datatype(element.get("datatype", ""), name)
    xtype = element.get("xtype") or None
    arraysize = _arraysize(element.get("arraysize"), name)
    if datatype in ("char", "unicodeChar") and xtype in _TIMES and "x" not in (arraysize or ""):
        xtype, arraysize = "timestamp", arraysize or "*"
    elif xtype == "timestamp":
        xtype = None  # only text is a time (DALI 1.1, section 3.3.3)
    column = Column(
        name,
        datatype,
        _described(element),
        arraysize=arraysize,
        xtype=xtype,
        unit=element.get("unit") or None,
        ucd=element.get("ucd") or None,
        utype=element.get("utype") or None,
        time_system=known.times.get(element.get("ref", "")),
    )
    return Field(column, _null(element, column), _length(element.get("arraysize")))


def _datatype(text: str, name: str) -> Datatype:
    for datatype in get_args(Datatype):
        if text == datatype:
            known: Datatype = datatype
            return known
    raise ReadError(f"the FIELD {name} has the datatype {text!r}, which VOTable does not know")


def _arraysize(text: str | None, name: str) -> str | None:
    """Normalise an arraysize: one element is a scalar, and a very long array no fixed one."""
    text = (text or "").strip()
    if text in ("", "1"):
        return None
    if not _ARRAYSIZE.fullmatch(text) or len(text) > 100:  # noqa: PLR2004 # more is nonsense
        raise ReadError(f"the FIELD {name} has the arraysize {text!r}, which VOTable does not know")
    axes = text.rstrip("*").split("x")
    if not text.endswith("*") and math.prod(map(int, axes)) > LONGEST_FIXED:
        return text + "*"
    return text


def _length(text: str | None) -> int | None:
    text = (text or "").strip()
    return None if text.endswith("*") else math.prod(map(int, (text or "1").split("x")))


def _described(element: etree._Element) -> str:
    found = element.find("{*}DESCRIPTION")
    return "" if found is None else " ".join("".join(map(str, found.itertext())).split())


def _null(element: etree._Element, column: Column) -> int | None:
    """Read VALUES null, which integers have (section 4.5)."""
    values: Iterable[etree._Element] = element.iterchildren("{*}VALUES")
    text = next((v.get("null", "") for v in values if v.get("null")), "").strip()
    if not text or column.datatype not in _INTEGERS:
        return None
    try:
        null = int(text, 16 if text.lower().startswith("0x") else 10)
    except ValueError:
        raise ReadError(
            f"the FIELD {column.name} has the null value {text!r}, which is no integer"
        ) from None
    limits = np.iinfo(_INTEGERS[column.datatype])
    return null if limits.min <= null <= limits.max else None
