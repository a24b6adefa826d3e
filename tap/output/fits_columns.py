"""Columns of a FITS binary table (FITS standard 4.0, section 7.3).

Each is shown all its values first, and then knows its width and what stands
for null.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from typing_extensions import override

from tap.arrow.packing import Variable, ascii_only, packed
from tap.arrow.text import texts
from tap.arrow.types import fixed_length, is_complex, string_width

if TYPE_CHECKING:
    from schemas.declaration import Column
    from tap.output.fits_cards import Card

    Numbers = np.ndarray[Any, Any]

_CODES = {
    "boolean": "L", "unsignedByte": "B", "short": "I", "int": "J", "long": "K",
    "float": "E", "double": "D", "floatComplex": "C", "doubleComplex": "M", "bit": "X",
}  # fmt: skip
_SIZES = {"L": 1, "B": 1, "I": 2, "J": 4, "K": 8, "E": 4, "D": 8, "C": 8, "M": 16, "X": 1}
"""Bytes of an element; of bits, those of eight."""
_WIDER = {pa.uint8(): pa.int16(), pa.int16(): pa.int32(), pa.int32(): pa.int64()}
_INTEGER_CODES = {pa.uint8(): "B", pa.int16(): "I", pa.int32(): "J", pa.int64(): "K"}
_NO_TRUTH = {b"?": b"\0"}


class FitsColumn(ABC):
    """One column; ``see`` comes for all values before anything else."""

    start = 0
    """Where in the heap the next rows' elements begin."""

    def __init__(self, column: Column) -> None:
        self._column = column

    @abstractmethod
    def see(self, array: pa.Array) -> None:
        """Learn from some values what the header must say."""

    @property
    def null(self) -> int | None:
        """Value of TNULL."""
        return None

    @property
    def heap_bytes(self) -> int:
        """Bytes outside the table proper."""
        return 0

    @property
    @abstractmethod
    def form(self) -> str:
        """Value of TFORM."""

    @property
    def shape(self) -> str | None:
        """Value of TDIM, for arrays of several dimensions."""
        axes = (self._column.arraysize or "").split("x")
        return f"({','.join(axes)})" if len(axes) > 1 else None

    @abstractmethod
    def pack(self, array: pa.Array) -> Numbers:
        """Give what stands in the table's rows."""

    def heap(self, array: pa.Array) -> bytes:  # noqa: ARG002 # most have nothing there
        """Give what stands in the heap."""
        return b""

    def cards(self, number: int) -> list[Card]:
        """Describe the column; the last four keywords are STIL's, and others pass over them."""
        column = self._column
        known = {
            "TTYPE": column.name,
            "TFORM": self.form,
            "TDIM": self.shape,
            "TNULL": self.null,
            "TUNIT": column.unit,
            "TUCD": column.ucd,
            "TUTYP": column.utype,
            "TXTYP": column.xtype,
            "TCOMM": column.description,
        }
        return [
            (f"{key}{number}", value) for key, value in known.items() if value not in (None, "")
        ]


class _Text(FitsColumn):
    """Text and times; arrays of strings have as many as the longest of them."""

    def __init__(self, column: Column) -> None:
        super().__init__(column)
        self._width = 1

    def _written(self, array: pa.Array) -> pa.Array:
        return ascii_only(texts(array, self._column).fill_null(""))

    @override
    def see(self, array: pa.Array) -> None:
        self._width = max(self._width, pc.max(pc.binary_length(self._written(array))).as_py() or 0)

    @property
    @override
    def form(self) -> str:
        return f"{self._width}A"

    @property
    @override
    def shape(self) -> str | None:
        if "x" not in (self._column.arraysize or ""):
            return None
        width = string_width(self._column)
        return f"({width},{max(1, self._width // width)})"

    @override
    def pack(self, array: pa.Array) -> Numbers:
        values = self._written(array).cast(pa.binary()).to_numpy(zero_copy_only=False)
        fixed: Numbers = values.astype(f"S{self._width}")
        return fixed


class _Numbers(FitsColumn):
    """Numbers and truth values, scalar or in arrays of fixed length."""

    def __init__(self, column: Column) -> None:
        super().__init__(column)
        self._length = fixed_length(column.arraysize)
        self._type: pa.DataType | None = None
        self._has_null = False
        self._free: list[int] = []
        """Values at the ends of the range that do not occur."""

    @override
    def see(self, array: pa.Array) -> None:
        values = array.flatten() if pa.types.is_list(array.type) else array
        if not pa.types.is_integer(values.type):
            return
        if self._type is None:
            self._type = values.type
            self._free = _ends(values.type)
        self._has_null = self._has_null or bool(array.null_count or values.null_count)
        low, high = pc.min_max(values).as_py().values()
        if low is not None and any(low <= value <= high for value in self._free):
            used = pc.is_in(pa.array(self._free, values.type), value_set=values).to_pylist()
            self._free = [v for v, there in zip(self._free, used, strict=True) if not there]

    @property
    def _stored(self) -> pa.DataType | None:
        """Give the integer type: a wider one where no value is left for null."""
        if self._type is None or not self._has_null or self._free:
            return self._type
        if self._type not in _WIDER:
            raise ValueError(f"column {self._column.name} has no value left that could mean null")
        return _WIDER[self._type]

    @property
    @override
    def null(self) -> int | None:
        stored = self._stored
        if stored is None or not self._has_null:
            return None
        return self._free[0] if self._free else _ends(stored)[0]

    @property
    def _code(self) -> str:
        return _INTEGER_CODES[self._stored] if self._stored else _CODES[self._column.datatype]

    @property
    @override
    def form(self) -> str:
        return f"{self._length}{self._code}"

    def _packed(self, array: pa.Array) -> Numbers | Variable:
        stored = self._stored
        if stored is not None and stored != self._type:
            array = array.cast(pa.list_(stored) if pa.types.is_list(array.type) else stored)
        return packed(array, self._column, self.null)

    @override
    def pack(self, array: pa.Array) -> Numbers:
        made = self._packed(array)
        if isinstance(made, Variable):
            raise TypeError("an array of varying length belongs in the heap")
        return np.where(made == b"?", b"\0", made) if made.dtype.kind == "S" else made


def _ends(integers: pa.DataType) -> list[int]:
    """Give values that few columns have."""
    limits = np.iinfo(integers.to_pandas_dtype())
    return [*range(limits.min, limits.min + 8), *range(limits.max, limits.max - 8, -1)]


class _Arrays(_Numbers):
    """Arrays of varying length: their place in the heap, and there the elements."""

    def __init__(self, column: Column) -> None:
        super().__init__(column)
        self._longest = 0
        self._total = 0

    @override
    def see(self, array: pa.Array) -> None:
        super().see(array)
        counts = self._counts(array)
        self._longest = max(self._longest, int(counts.max(initial=0)))
        self._total += int(counts.sum())

    def _counts(self, array: pa.Array) -> Numbers:
        """Count the elements of each value, a complex one having two numbers."""
        numbers: Numbers = pc.fill_null(pc.list_value_length(array), 0).to_numpy().astype(np.int64)
        if is_complex(self._column):
            numbers //= 2
        return numbers

    @property
    def _size(self) -> int:
        return _SIZES[self._code]

    @property
    @override
    def heap_bytes(self) -> int:
        return self._total * self._size

    @property
    @override
    def form(self) -> str:
        return f"1Q{self._code}({self._longest})"

    @property
    @override
    def shape(self) -> str | None:
        return None  # a length that varies has no place in TDIM

    @override
    def pack(self, array: pa.Array) -> Numbers:
        counts = self._counts(array)
        sizes = counts * self._size
        ends = self.start + np.cumsum(sizes)
        descriptors = np.stack([counts, ends - sizes], axis=1)
        self.start = int(ends[-1]) if len(ends) else self.start
        return descriptors.astype(">i8")

    @override
    def heap(self, array: pa.Array) -> bytes:
        made = self._packed(array)
        if not isinstance(made, Variable):
            raise TypeError("an array of fixed length has no place in the heap")
        _, _, data = made.content.buffers()
        content: bytes = data.to_pybytes() if data is not None else b""
        return content.replace(b"?", b"\0") if self._code == "L" else content


def fits_column(column: Column) -> FitsColumn:
    """Choose how a column is written."""
    if column.datatype in ("char", "unicodeChar"):
        return _Text(column)
    if fixed_length(column.arraysize) is not None:
        return _Numbers(column)
    # Section 7.3.5 allows bits in the heap, but astropy refuses a table that has any.
    return _Arrays(replace(column, datatype="boolean") if column.datatype == "bit" else column)
