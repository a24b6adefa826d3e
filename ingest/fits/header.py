"""Typed access to the primary header of a product."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from astropy.io import fits

from ingest.errors import ProductError

if TYPE_CHECKING:
    from collections.abc import Mapping

_T = TypeVar("_T")

_MISSING_TEXTS = frozenset({"", "NAN", "NULL"})
"""How real headers say that a value is not known."""


@dataclass(frozen=True, slots=True)
class Header:
    """The primary header of one file; every method raises `ProductError` naming the file."""

    file_name: str
    cards: Mapping[str, object]

    def text(self, keyword: str) -> str | None:
        """Read a text, or None when the keyword is absent or says that it is not known."""
        value = self._value(keyword)
        if value is None:
            return None
        if not str(value).isprintable():
            raise self._wrong(keyword, value, "printable characters")
        return str(value).strip()

    def number(self, keyword: str) -> float | None:
        """Read a number, or None when the keyword is absent, 'NAN' or not finite."""
        value = self._value(keyword)
        if value is None:
            return None
        try:
            number = float(str(value))
        except ValueError as error:
            raise self._wrong(keyword, value, "a number") from error
        return number if math.isfinite(number) else None

    def integer(self, keyword: str) -> int | None:
        """Read a whole number, or None as `number` does."""
        number = self.number(keyword)
        if number is None:
            return None
        if not number.is_integer():
            raise self._wrong(keyword, number, "a whole number")
        return int(number)

    def flag(self, keyword: str) -> bool:
        """Read a logical value; absent is false."""
        value = self._value(keyword)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self._wrong(keyword, value, "T or F")

    def required_text(self, keyword: str) -> str:
        """Read a text that must be there."""
        return self._required(keyword, self.text(keyword))

    def angle(self, keyword: str, low: float, high: float) -> float:
        """Read an angle in degrees that must be there and lie in a range."""
        number = self._required(keyword, self.number(keyword))
        if not low <= number <= high:
            raise self._wrong(keyword, number, f"degrees from {low:g} to {high:g}")
        return number

    def _required(self, keyword: str, value: _T | None) -> _T:
        if value is None:
            raise ProductError(f"{self.file_name}: the primary header has no {keyword}")
        return value

    def _value(self, keyword: str) -> object | None:
        value = self.cards.get(keyword)
        if isinstance(value, fits.card.Undefined):
            return None
        if isinstance(value, str) and value.strip().upper() in _MISSING_TEXTS:
            return None
        return value

    def _wrong(self, keyword: str, value: object, expected: str) -> ProductError:
        return ProductError(f"{self.file_name}: {keyword} is {value!r}; expected {expected}")
