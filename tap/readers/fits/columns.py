"""Columns of a FITS binary table (FITS standard 4.0, section 7.3)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.declaration import Column
from tap.arrow.types import arrow_type, is_complex
from tap.readers.model import LONGEST_FIXED, ReadError
from tap.readers.unpacking import ELEMENTS, bits_of, listed, unpacked

if TYPE_CHECKING:
    from schemas.declaration import Datatype
    from tap.readers.fits.header import Header

    Numbers = np.ndarray[Any, Any]

_FORM = re.compile(r"(\d*)([LXBIJKAEDCMPQ])([LXBIJKAEDCM]?).*")
_SHAPE = re.compile(r"\(\s*\d+\s*(,\s*\d+\s*)*\)")
_DATATYPES: dict[str, Datatype] = {
    "L": "boolean", "X": "bit", "B": "unsignedByte", "I": "short", "J": "int", "K": "long",
    "A": "char", "E": "float", "D": "double", "C": "floatComplex", "M": "doubleComplex",
}  # fmt: skip
_SHIFTED: dict[tuple[str, float], Datatype] = {
    ("B", -128): "short", ("I", 32768): "int", ("J", 2**31): "long", ("K", 2**63): "long",
}  # fmt: skip
"""What integers of the other sign are kept as (section 5.3, table 11)."""
_DESCRIPTORS: dict[str, np.dtype[Any]] = {"P": np.dtype(">i4"), "Q": np.dtype(">i8")}


@dataclass(frozen=True, slots=True)
class FitsField:
    """A column, and how it is written.

    Attributes
    ----------
    stored
        Datatype of what is written; the column's own may be another where the
        values are scaled.
    count
        Elements in each row; None where they are in the heap.
    descriptor
        Type of the two numbers that say where in the heap.
    scale, zero
        What values are to be multiplied with, and what is to be added then.
    """

    column: Column
    stored: Datatype
    count: int | None
    descriptor: np.dtype[Any] | None
    null: int | None
    scale: float
    zero: float

    @property
    def width(self) -> int:
        """Bytes in each row of the table."""
        if self.descriptor is not None:
            return 2 * self.descriptor.itemsize
        return self.size(self.count or 0)

    def size(self, count: int) -> int:
        """Give the bytes of so many elements."""
        if self.stored == "bit":
            return (count + 7) // 8
        pairs = 2 if self.stored in ("floatComplex", "doubleComplex") else 1
        return count * pairs * ELEMENTS[self.stored].itemsize

    def read(self, raw: Numbers, counts: Numbers, first: int) -> pa.Array:
        """Read the values of some rows.

        Parameters
        ----------
        raw
            Their bytes, one behind the other.
        counts
            Elements of each row.
        first
            Number of the first row.
        """
        if self.stored == "bit":
            elements = bits_of(raw, counts)
        else:
            elements = raw.view(ELEMENTS[self.stored])
            counts = counts * (2 if is_complex(self.column) else 1)
        offsets = np.concatenate([[0], np.cumsum(counts)])
        if (self.scale, self.zero) != (1, 0):
            return listed(self._scaled(elements), offsets, self.column)
        made = unpacked(elements, offsets, self.column, self.null, first)
        if pa.types.is_string(made.type):
            # Blanks at the end mean nothing (section 7.3.3.1).
            made = pc.utf8_rtrim(made, " ")
            made = pc.if_else(pc.equal(made, ""), pa.scalar(None, pa.string()), made)
        return made

    def _scaled(self, elements: Numbers) -> pa.Array:
        mask = None if self.null is None else elements == self.null
        wanted = arrow_type(self.column)
        wanted = wanted.value_type if pa.types.is_list(wanted) else wanted
        if pa.types.is_integer(wanted):
            shift = int(self.zero)
            values: Numbers
            if shift > np.iinfo(np.int64).max:
                shift -= 2**64  # the highest bit is turned over, whatever it adds up to
                if (elements >= 0).any():
                    raise ReadError(f"column {self.column.name}: a number is beyond 64 bits")
                values = elements.astype(np.int64) ^ np.int64(shift)
            else:
                values = elements.astype(np.int64) + shift
        else:
            values = elements * self.scale + self.zero
        return pa.array(values, mask=mask).cast(wanted)


def fits_field(header: Header, number: int) -> FitsField:
    """Read what the header says about a column, counted from 1.

    Raises
    ------
    ReadError
        If that is no column.
    """

    def text(keyword: str) -> str | None:
        value = header.get(f"{keyword}{number}")
        return str(value).strip() or None if value is not None else None

    name = text("TTYPE") or f"col{number}"
    form = _FORM.fullmatch(text("TFORM") or "")
    if form is None:
        raise ReadError(f"column {name} has the TFORM {text('TFORM')!r}, which FITS does not know")
    count, code, inner = int(form[1] or 1), form[2], form[3]
    descriptor = _DESCRIPTORS.get(code)
    if descriptor is not None and (not inner or count > 1):
        raise ReadError(f"column {name} has the TFORM {text('TFORM')!r}, which FITS does not know")
    code = inner if descriptor is not None else code
    scale, zero = _real(header, f"TSCAL{number}", 1), _real(header, f"TZERO{number}", 0)
    if code in "AXL":
        scale, zero = 1, 0
    xtype = text("TXTYP")
    if xtype == "timestamp" and code != "A":
        xtype = None
    column = Column(
        name,
        _datatype(code, scale, zero),
        text("TCOMM") or "",
        arraysize="*" if descriptor is not None else _arraysize(count, text("TDIM")),
        xtype=xtype,
        unit=text("TUNIT"),
        ucd=text("TUCD"),
        utype=text("TUTYP"),
    )
    return FitsField(
        column, _DATATYPES[code], None if descriptor is not None else count, descriptor,
        _null(header, number, code), scale, zero,
    )  # fmt: skip


def _null(header: Header, number: int, code: str) -> int | None:
    null = header.get(f"TNULL{number}")
    if not isinstance(null, int) or code not in "BIJK":
        return None
    limits = np.iinfo(ELEMENTS[_DATATYPES[code]])
    return null if limits.min <= null <= limits.max else None


def _datatype(code: str, scale: float, zero: float) -> Datatype:
    if (scale, zero) == (1, 0) or code in "CM":
        return _DATATYPES[code]
    if scale == 1 and (code, zero) in _SHIFTED:
        return _SHIFTED[code, zero]
    return "double"


def _real(header: Header, keyword: str, default: float) -> float:
    value = header.get(keyword, default)
    if isinstance(value, str) or not math.isfinite(value):
        raise ReadError(f"the FITS keyword {keyword} is {value!r}, which is no number")
    return float(value)


def _arraysize(count: int, shape: str | None) -> str | None:
    if shape and _SHAPE.fullmatch(shape):
        axes = [int(axis) for axis in shape.strip("() ").split(",")]
        if math.prod(axes) == count and count and len(axes) > 1:
            size = "x".join(map(str, axes))
            return size + "*" if count > LONGEST_FIXED else size
    if count == 1:
        return None
    if not count:
        return "*"
    return f"{count}*" if count > LONGEST_FIXED else str(count)
