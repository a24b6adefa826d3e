"""Geometries as text (DALI 1.1, sections 3.3.5 to 3.3.7)."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from tap.adql.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_MOST = {Kind.POINT: 2, Kind.CIRCLE: 3, Kind.POLYGON: 200_000}
_LEAST = {Kind.POINT: 2, Kind.CIRCLE: 3, Kind.POLYGON: 6}
_TURN, _POLE, _HALF_TURN = 360.0, 90.0, 180.0


def dali_numbers(text: str, kind: Kind) -> Sequence[float] | None:
    """Read a point, circle or polygon; None if the text is none, or lies outside the sky."""
    words = text.split()
    if not _LEAST[kind] <= len(words) <= _MOST[kind]:
        return None
    if kind is Kind.POLYGON and len(words) % 2:
        return None
    if any(_NUMBER.fullmatch(word) is None for word in words):
        return None
    numbers = [float(word) for word in words]
    if kind is Kind.CIRCLE and not 0 <= numbers[2] <= _HALF_TURN:
        return None
    pairs = len(numbers) // 2
    limits = zip(numbers, [_TURN, _POLE] * pairs, strict=False)
    inside = all(math.isfinite(number) and abs(number) <= limit for number, limit in limits)
    return numbers if inside else None
