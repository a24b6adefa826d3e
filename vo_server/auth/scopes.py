"""What API tokens can be good for, and what each address asks of a token."""

from __future__ import annotations

from typing import Final

SCOPES: Final = {
    "query": "search: TAP with its jobs, SSA, the numbers on the front page",
    "data": "download products, and what is made from them",
    "account": "see and change my own account, make and revoke its tokens",
    "admin": "change accounts, groups and grants of others, where I may",
}
"""The scopes, with what the form to make a token says of each."""

CLIENT: Final = frozenset({"query", "data"})
"""Scopes of the token that a client gets by logging in."""

_PREFIXES: Final = (
    ("/assets", None),
    ("/login", None),
    ("/logout", None),
    ("/token", None),
    ("/account", "account"),
    ("/api/account", "account"),
    ("/api", "admin"),
    ("/admin", "admin"),
    ("/tap/assets", None),
    ("/tap/login", None),
    ("/tap/logout", None),
    ("/tap", "query"),
    ("/ssa", "query"),
)
"""Beginnings of paths; the first that fits decides."""


def scope_of(path: str) -> str | None:
    """Tell which scope an address asks of a token; None where any token will do.

    What is not listed asks for ``data``, so that a new way to light curves is
    never open to a token made for searching.
    """
    if path == "/":
        return "query"
    for prefix, scope in _PREFIXES:
        if path == prefix or path.startswith(f"{prefix}/"):
            return scope
    return "data"
