"""The STC-S phrases REGION takes (ADQL 2.1, section 4.2.16; TAP 1.0, section 6)."""

from __future__ import annotations

import math

FRAME_WORDS = frozenset(
    [
        "ICRS",
        "J2000",
        "FK5",
        "UNKNOWN",
        "UNKNOWNFRAME",
        "UNKNOWNREFPOS",
        "BARYCENTER",
        "HELIOCENTER",
        "GEOCENTER",
        "TOPOCENTER",
        "RELOCATABLE",
        "SPHERICAL2",
        "CARTESIAN2",
    ]
)
"""Words of a coordinate system that mean, or claim nothing but, ICRS."""

_SHAPES = {"POSITION": "POINT", "CIRCLE": "CIRCLE", "POLYGON": "POLYGON", "BOX": "BOX"}
_NUMBERS = {"POINT": 2, "CIRCLE": 3, "BOX": 4, "POLYGON": 0}
"""How many numbers each takes; 0 stands for pairs."""


def phrase(text: str) -> tuple[str, list[float]]:
    """Read one STC-S phrase.

    Returns
    -------
    tuple
        The ADQL function it stands for, and the function's numbers.

    Raises
    ------
    ValueError
        Saying what is wrong, for a message that begins with "REGION".
    """
    words = text.split()
    function = _SHAPES.get(words[0].upper()) if words else None
    if function is None:
        found = f", not {words[0][:20]!r}" if words else ""
        raise ValueError(
            "takes 'Position', 'Circle', 'Polygon' or 'Box', optional words such as ICRS, and"
            f" numbers in degrees{found}"
        )
    words = words[1:]
    while words and words[0].upper() in FRAME_WORDS:
        del words[0]
    if [word.lower() for word in words[-2:]] == ["unit", "deg"]:
        del words[-2:]
    numbers = [_number(word) for word in words]
    wanted = _NUMBERS[function]
    if len(words) != wanted if wanted else len(words) % 2 or len(words) < 6:  # noqa: PLR2004 (three pairs)
        form = f"{wanted} numbers" if wanted else "three or more pairs of numbers"
        raise ValueError(f"needs {form} for a {function}, not {len(words)}")
    return function, numbers


def _number(word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"cannot use {word[:20]!r}: coordinates are ICRS, in degrees") from None
    return number
