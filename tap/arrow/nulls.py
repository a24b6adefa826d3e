"""The integer that stands for null where a format has no other way to say it.

VOTable's VALUES null and FITS's TNULL name one value of the column's own
type. It is chosen among those that do not occur in the first rows; should a
later row hold it after all, it would be read as null, so that is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from schemas.declaration import Column


class NullValueError(ValueError):
    """A row holds the value that was to stand for null."""


def choose_null(array: pa.Array) -> int:
    """Choose a value that does not occur in a column of integers, or of arrays of them."""
    values = _integers(array)
    limits = np.iinfo(values.type.to_pandas_dtype())
    used = set(pc.unique(values).to_pylist())
    candidates = [limits.min, limits.max, *range(limits.min + 1, limits.min + len(used) + 2)]
    return next((c for c in candidates if c not in used), limits.min)


def check_null(array: pa.Array, null: int, column: Column) -> None:
    """See that no value of a column is the one that stands for null.

    Raises
    ------
    NullValueError
        If one is.
    """
    values = _integers(array)
    if pc.any(pc.equal(values, pa.scalar(null, values.type))).as_py():
        raise NullValueError(
            f"The column {column.name} holds {null}, which stands for null in this answer."
            " Ask for another format."
        )


def _integers(array: pa.Array) -> pa.Array:
    return array.flatten() if pa.types.is_list(array.type) else array
