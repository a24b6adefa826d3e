"""Request parameters by the rules of DALI 1.1, section 3; shared by TAP and SSA."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tap.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable


class Parameters:
    """The parameters of one request, whose names ignore case (DALI 1.1, section 3.1).

    Parameters
    ----------
    pairs
        Names and values in the order received. Values are left as they are;
        unknown names are of no consequence.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name.upper(), []).append(value)

    def all(self, name: str) -> list[str]:
        """Give all values of a parameter, empty ones left out."""
        return [value for value in self._values.get(name.upper(), []) if value.strip()]

    def single(self, *names: str, same_allowed: bool = False) -> str | None:
        """Give the value of a parameter that may be given only once (section 3.2).

        Parameters
        ----------
        names
            The name and its synonyms.
        same_allowed
            Whether repeating the very same value is let pass.

        Returns
        -------
        str or None
            None where the parameter is missing or empty.

        Raises
        ------
        UsageError
            If there are several values.
        """
        values = [value for name in names for value in self.all(name)]
        if same_allowed:
            values = list(dict.fromkeys(values))
        if len(values) > 1:
            raise UsageError(
                f"{' or '.join(names)} is given {len(values)} times; give it only once."
            )
        if not values:
            return None
        if "\ufffd" in values[0]:
            raise UsageError(f"{names[0]} is not valid UTF-8 text.")
        return values[0]

    def required(self, name: str, hint: str) -> str:
        """Give the value of a single parameter that must be there.

        Raises
        ------
        UsageError
            If it is missing, empty or repeated; ``hint`` says what to give.
        """
        value = self.single(name)
        if value is None:
            raise UsageError(f"The parameter {name} is missing. {hint}")
        return value

    def maxrec(self, default: int, hard: int) -> int:
        """Give the largest number of rows to send (DALI 1.1, section 3.4.4).

        Parameters
        ----------
        default
            Without MAXREC.
        hard
            Never more than this, whatever MAXREC says.

        Raises
        ------
        UsageError
            If MAXREC is not a whole number from 0.
        """
        text = self.single("MAXREC")
        if text is None:
            return default
        if not re.fullmatch(r"\+?[0-9]{1,100}", text.strip()):
            raise UsageError(f"MAXREC is {shown(text)}; it must be a whole number, 0 or more.")
        return min(int(text), hard)


def shown(value: str, length: int = 60) -> str:
    """Quote a value of the caller's in a message, cut to a bearable length."""
    cut = value if len(value) <= length else value[: length - 1] + "…"
    return f"'{cut}'"
