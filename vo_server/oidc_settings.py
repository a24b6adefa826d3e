"""Settings of logging in by OpenID Connect."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from vo_server.auth.oidc.model import ProviderSettings

_THIS_HOST = {"localhost", "127.0.0.1", "::1"}


def _issuer(value: str) -> str:
    parts = urlsplit(value)
    if not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be a URL such as https://login.example.org/realms/astro")
    if parts.scheme != "https" and parts.hostname not in _THIS_HOST:
        raise ValueError("must begin with https: what the provider says is believed")
    return value


class OidcSettings(BaseSettings):
    """Who else may say who somebody is."""

    oidc_issuer: Annotated[str, AfterValidator(_issuer)] | None = Field(
        default=None,
        description="Provider of OpenID Connect that people may log in by: its issuer, exactly as"
        " it writes it.",
    )
    oidc_client_id: str | None = Field(
        default=None, description="What this server is called there."
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="Its secret there; absent for a public client."
    )
    oidc_label: str = Field(
        default="single sign-on", min_length=1, description="What people know the provider by."
    )
    oidc_scopes: str = Field(
        default="openid profile email", description="Scopes to ask for, openid among them."
    )
    oidc_name_claim: str = Field(
        default="preferred_username", description="Claim that new accounts are named after."
    )
    oidc_accounts: bool = Field(
        default=False,
        description="Whether somebody the provider knows gets an account at the first log-in;"
        " otherwise only accounts that were linked before can be logged in to.",
    )
    oidc_groups_claim: str | None = Field(
        default=None, description="Claim that lists the groups somebody is in there."
    )
    oidc_groups: dict[str, str] = Field(
        default={},
        description="The provider's groups and ours that they mean, as a JSON object; who is in"
        " these of ours is then the provider's to say.",
    )

    @property
    def oidc(self) -> ProviderSettings | None:
        """The provider, if there is one."""
        if self.oidc_issuer is None or self.oidc_client_id is None:
            return None
        secret = self.oidc_client_secret
        return ProviderSettings(
            issuer=self.oidc_issuer,
            client_id=self.oidc_client_id,
            client_secret=None if secret is None else secret.get_secret_value(),
            label=self.oidc_label,
            scopes=self.oidc_scopes,
            name_claim=self.oidc_name_claim,
            groups_claim=self.oidc_groups_claim,
            groups=self.oidc_groups,
            makes_accounts=self.oidc_accounts,
        )

    @model_validator(mode="after")
    def _provider_agrees(self) -> OidcSettings:
        if (self.oidc_issuer is None) != (self.oidc_client_id is None):
            raise ValueError("VO_OIDC_ISSUER and VO_OIDC_CLIENT_ID need each other")
        if "openid" not in self.oidc_scopes.split():
            raise ValueError("VO_OIDC_SCOPES must have openid in it")
        if self.oidc_groups and self.oidc_groups_claim is None:
            raise ValueError("VO_OIDC_GROUPS needs VO_OIDC_GROUPS_CLAIM")
        return self
