"""What can be wrong with a request about accounts and grants; each message is for the caller."""

from __future__ import annotations


class AuthError(Exception):
    """Something about accounts or grants cannot be done; the message says what to do."""


class InvalidError(AuthError):
    """A value is malformed."""


class UnknownError(AuthError):
    """What is named does not exist."""


class ConflictError(AuthError):
    """What is asked for cannot be as things are."""


class TakenError(ConflictError):
    """What is to be made exists already."""
