"""Remembers the last translations, within bounds of memory, for all threads."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection

    from schemas.declaration import Catalogue
    from schemas.functions import Function

    _Key = tuple[str, int, str, int | None, int]

MAX_ENTRIES = 1000
MAX_CHARACTERS = 8_000_000
"""Most characters of queries and SQL remembered together, a few times that in bytes."""

_LARGEST = MAX_CHARACTERS // 40
"""What is longer is not remembered: it would drive out all others."""


class _Sized(Protocol):
    @property
    def sql(self) -> str:
        """The translated text."""


T = TypeVar("T", bound=_Sized)


class TranslationCache(Generic[T]):
    """Translations by text, tables, back end, row limit and functions.

    Catalogues and functions are told apart by identity; an entry keeps its
    own alive, so that no other object can take their place.
    """

    def __init__(self) -> None:
        self._entries: OrderedDict[_Key, tuple[Catalogue, object, int, T]] = OrderedDict()
        self._characters = 0
        self._lock = Lock()

    def find(
        self,
        text: str,
        catalogue: Catalogue,
        backend: str,
        row_limit: int | None,
        udfs: Collection[Function] | None,
    ) -> T | None:
        """Give a translation made before, or None."""
        key = (text, id(catalogue), backend, row_limit, id(udfs))
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
        return entry[3]

    def keep(  # noqa: PLR0913, PLR0917 (what it is found by)
        self,
        made: T,
        text: str,
        catalogue: Catalogue,
        backend: str,
        row_limit: int | None,
        udfs: Collection[Function] | None,
    ) -> None:
        """Remember a translation, and forget the ones not used for longest."""
        size = len(text) + len(made.sql)
        if size > _LARGEST or not (udfs is None or isinstance(udfs, tuple | frozenset)):
            return
        key = (text, id(catalogue), backend, row_limit, id(udfs))
        with self._lock:
            old = self._entries.pop(key, None)
            self._characters += size - (old[2] if old else 0)
            self._entries[key] = (catalogue, udfs, size, made)
            while len(self._entries) > MAX_ENTRIES or self._characters > MAX_CHARACTERS:
                _, forgotten = self._entries.popitem(last=False)
                self._characters -= forgotten[2]

    def __len__(self) -> int:
        return len(self._entries)
