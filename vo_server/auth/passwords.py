"""Passwords: argon2id, and which ones are good enough."""

from __future__ import annotations

from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from vo_server.auth.errors import InvalidError

SHORTEST: Final = 12
"""Characters a password has at least (NIST SP 800-63B, section 3.1.1.2, asks for 8; no rules
of composition)."""

LONGEST: Final = 256

_HASHER: Final = PasswordHasher()
"""With the parameters of RFC 9106, section 4, second recommended option (64 MiB)."""


def hashed(password: str) -> str:
    """Hash a password for keeping."""
    return _HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Compare a password with a kept hash.

    Without one the same work is done, so that the time taken does not tell
    whether an account exists or has a password.
    """
    try:
        return _HASHER.verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def check_acceptable(password: str, name: str) -> None:
    """Refuse a password that is easily guessed.

    Raises
    ------
    InvalidError
        If it is too short or too long, or contains the account's name.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidError(f"a password has {SHORTEST} to {LONGEST} characters")
    if name and name.lower() in password.lower():
        raise InvalidError("a password must not contain the name of the account")
    if len(set(password)) < SHORTEST // 2:
        raise InvalidError("this password repeats the same few characters: choose another")


@cache
def _nobodys() -> str:
    return hashed("nobody has this password")
