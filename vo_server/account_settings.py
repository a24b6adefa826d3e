"""Settings of mail, and of how people get accounts."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from vo_server.oidc_settings import OidcSettings


def _address(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", value):
        raise ValueError("must be an e-mail address such as vo@example.org")
    return value


class AccountSettings(OidcSettings):
    """What is mailed, and who may make accounts."""

    smtp_host: str | None = Field(
        default=None,
        description="SMTP server that links are mailed by; absent: nothing is mailed, and"
        " administrators hand links over themselves.",
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the way to it is encrypted."
    )
    smtp_user: str | None = Field(default=None, description="User to log in there as, if any.")
    smtp_password: SecretStr | None = Field(default=None, description="That user's password.")
    mail_from: Annotated[str, AfterValidator(_address)] | None = Field(
        default=None, description="Sender's address of mail; needed where there is an SMTP server."
    )
    self_registration: bool = Field(
        default=False,
        description="Whether everybody may make an account, by a link mailed to their address.",
    )

    @model_validator(mode="after")
    def _mail_agrees(self) -> AccountSettings:
        if self.smtp_host is not None and self.mail_from is None:
            raise ValueError("VO_SMTP_HOST needs VO_MAIL_FROM")
        if self.self_registration and self.smtp_host is None:
            raise ValueError("VO_SELF_REGISTRATION needs VO_SMTP_HOST: links are mailed")
        if self.smtp_user is not None and self.smtp_password is None:
            raise ValueError("VO_SMTP_USER needs VO_SMTP_PASSWORD")
        return self
