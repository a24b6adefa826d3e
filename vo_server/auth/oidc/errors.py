"""What can go wrong with another authority's word."""

from __future__ import annotations

from vo_server.auth.errors import AuthError


class ProviderError(AuthError):
    """The provider refused, or what it says cannot be trusted; the message is for people."""


class ProviderAwayError(ProviderError):
    """The provider does not answer."""
