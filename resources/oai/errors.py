"""Errors of the protocol (OAI-PMH 2.0, section 3.6)."""

from __future__ import annotations

from typing import Literal

Code = Literal[
    "badArgument",
    "badResumptionToken",
    "badVerb",
    "cannotDisseminateFormat",
    "idDoesNotExist",
    "noMetadataFormats",
    "noRecordsMatch",
]
"""``noSetHierarchy`` is missing: there is a set."""


class OaiError(Exception):
    """A request that has no answer; the message says why and what to do.

    Attributes
    ----------
    code
        What a harvester goes by.
    """

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


class UnavailableError(Exception):
    """The records cannot be read, or were never made; the message or the cause says why."""
