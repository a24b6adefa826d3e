"""Which parameters of a request belong to a job, and how they change (UWS 1.1, section 2.1.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

Pairs = tuple[tuple[str, str], ...]
"""Names in upper case, and values, in the order received."""

_CONTROLS = frozenset({"PHASE", "ACTION", "WAIT", "DESTRUCTION", "EXECUTIONDURATION"})
"""What steers the job and is no input of it."""

_SEVERAL = frozenset({"UPLOAD"})
"""Parameters of which a job may have several (DALI 1.1, section 3.4.5)."""

_UNWRITABLE = {code: None for code in range(32) if chr(code) not in "\t\n\r"}


def job_parameters(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Keep what a job is to be run with.

    Whether it makes sense is looked at when the job runs (TAP 1.1, section
    2.7); here it must only be text that the job's document can hold.

    Raises
    ------
    UsageError
        If a value holds characters that no XML document may.
    """
    kept = tuple((n.upper(), v) for n, v in pairs if n.upper() not in _CONTROLS)
    for name, value in kept:
        if any(_unfit(text) for text in (name, value)):
            raise UsageError(
                "A parameter holds control characters, or bytes that are no UTF-8 text."
            )
    return kept


def merged(old: Pairs, new: Pairs) -> Pairs:
    """Give a job further parameters: a value replaces one given before, uploads add up.

    An upload replaces an earlier one of the same table.
    """
    names = {name for name, _ in new} - _SEVERAL
    tables = {_table(value) for name, value in new if name in _SEVERAL}
    kept = (
        (name, value)
        for name, value in old
        if name not in names and not (name in _SEVERAL and _table(value) in tables)
    )
    return (*kept, *new)


def _table(upload: str) -> str:
    return upload.partition(",")[0].strip().lower()


def _unfit(text: str) -> bool:
    """Whether XML 1.0 cannot hold it (section 2.2), or it was not decoded."""
    return (
        text.translate(_UNWRITABLE) != text
        or any(mark in text for mark in "\ufffd\ufffe\uffff")
        or any("\ud800" <= character <= "\udfff" for character in text)
    )
