"""Finds the declared functions by name, and tells which arguments a form takes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tap.adql.functions.catalogue import UDFS
from tap.adql.functions.standard import FUNCTIONS
from tap.adql.kinds import ANYTHING, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from schemas.functions import Function

_NUMBER = frozenset({Kind.INTEGER, Kind.REAL})

KINDS: Mapping[str, frozenset[Kind]] = {
    "SMALLINT": frozenset({Kind.INTEGER}),
    "INTEGER": frozenset({Kind.INTEGER}),
    "BIGINT": frozenset({Kind.INTEGER}),
    "REAL": _NUMBER,
    "DOUBLE PRECISION": _NUMBER,
    "NUMERIC": _NUMBER,
    "VARCHAR": frozenset({Kind.STRING}),
    "TIMESTAMP": frozenset({Kind.TIMESTAMP, Kind.STRING}),
    "POINT": frozenset({Kind.POINT}),
    "CIRCLE": frozenset({Kind.CIRCLE}),
    "POLYGON": frozenset({Kind.POLYGON}),
    "GEOMETRY": frozenset({Kind.POINT, Kind.CIRCLE, Kind.POLYGON}),
}
"""What may be passed for a parameter of each type; strings become timestamps."""


def accepts(function: Function, kinds: Sequence[Kind]) -> bool:
    """Tell whether arguments of these kinds may be passed."""
    return len(kinds) == len(function.parameters) and all(
        kind in KINDS[parameter.type] or kind in ANYTHING
        for kind, parameter in zip(kinds, function.parameters, strict=True)
    )


def by_name(functions: Iterable[Function]) -> Mapping[str, tuple[Function, ...]]:
    """Group the forms of each function under its name in upper case.

    Raises
    ------
    ValueError
        If a parameter has a type no argument can have.
    """
    found: dict[str, tuple[Function, ...]] = {}
    for function in functions:
        if unknown := {parameter.type for parameter in function.parameters} - KINDS.keys():
            message = f"{function.name} has a parameter of the unknown type {min(unknown)}"
            raise ValueError(message)
        name = function.name.upper()
        found[name] = (*found.get(name, ()), function)
    return found


def functions_for(
    udfs: Collection[Function] | None,
) -> Mapping[str, tuple[Function, ...]]:
    """Group the functions a query may call: the language's own and these, or `UDFS`."""
    return _grouped(UDFS if udfs is None else tuple(udfs))


@lru_cache(maxsize=16)
def _grouped(udfs: tuple[Function, ...]) -> Mapping[str, tuple[Function, ...]]:
    return by_name((*FUNCTIONS, *udfs))
