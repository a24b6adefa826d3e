"""A provider of OpenID Connect as it is configured, and what it says of somebody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """A provider, and what its word counts for."""

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    """None for a public client, which PKCE alone protects."""
    label: str
    """What the button to log in calls it."""
    scopes: str
    name_claim: str
    """Claim that accounts are named after."""
    groups_claim: str | None
    """Claim that lists somebody's groups at the provider, if they are to be used."""
    groups: Mapping[str, str]
    """The provider's groups -> ours. Who is in which of ours is then the provider's to say."""
    makes_accounts: bool
    """Whether somebody without an account gets one at their first log-in."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A log-in that was begun and waits for the provider's answer."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    """Of PKCE (RFC 7636, section 4.1)."""
    next: str
    """Path to go on to."""
    linking: bool
    """Whether an account that is logged in is to be linked."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as the provider describes them."""

    issuer: str
    subject: str
    name: str
    full_name: str
    email: str | None
    """Only where the provider has verified it."""
    groups: frozenset[str] | None
    """Groups at the provider; None where it does not say."""
