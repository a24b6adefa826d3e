"""What an example query is: shown to people, given to clients, and run by a test."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueryExample:
    """A query with its explanation (TAP 1.1, section 2.6)."""

    name: str
    """Identifies it in the document, and so is a word: an XML ID."""
    title: str
    text: str
    """What it finds, in a sentence or two."""
    adql: str
