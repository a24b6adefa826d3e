"""Random secrets and what is kept of them.

They have 256 bits, so that a plain SHA-256 of one cannot be reversed; unlike
passwords they need no slow hash.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

_TOKEN = re.compile(r"vo_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")


def new_secret() -> str:
    """Make a secret of 256 bits, 43 characters fit for URLs and cookies."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Give what is kept of a secret: its SHA-256."""
    return hashlib.sha256(secret.encode()).digest()


def is_same(kept: bytes, secret: str) -> bool:
    """Compare a secret with what is kept, in a time that does not depend on either."""
    return hmac.compare_digest(bytes(kept), digest(secret))


def new_token() -> tuple[str, str, str]:
    """Make an API token: its public number, its secret, and both as the user gets them."""
    number, secret = secrets.token_hex(8), new_secret()
    return number, secret, f"vo_{number}_{secret}"


def split_token(token: str) -> tuple[str, str] | None:
    """Take a token apart into number and secret; None where it is none of ours."""
    found = _TOKEN.fullmatch(token)
    return None if found is None else (found[1], found[2])
