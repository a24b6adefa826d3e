"""Errors that reach a person at the command line."""

from __future__ import annotations


class OperationError(Exception):
    """Something an operator has to put right; the message says what to do."""
